"""What went wrong and somebody must look at, until it is settled."""

from sqlalchemy import Column, Date, Index, Table, Uuid, text

from battery_registry.store.db import metadata
from battery_registry.store.types import Json, UtcTime, word

_IS_OPEN = text("closed_at IS NULL")

incident = Table(
    "incidents",
    metadata,
    # A battery, a manifest or an organisation; ``subject_kind`` says which.
    Column("subject_id", Uuid, primary_key=True),
    Column("incident_id", Uuid, primary_key=True),
    Column("subject_kind", word(16), nullable=False),
    Column("kind", word(32), nullable=False),
    # The city's day: one incident of a kind about a thing on a day.
    Column("opened_on", Date, nullable=False),
    Column("opened_at", UtcTime, nullable=False),
    Column("closed_at", UtcTime),
    # Who closed it; empty where the registry saw that it is settled.
    Column("closed_by", word(32)),
    Column("public_code", word(16)),
    Column("district_code", word(6)),
    Column("detail", Json, nullable=False),
    Column("closing", Json),
    Index(
        "uq_incidents_subject_id_kind_opened_on",
        "subject_id",
        "kind",
        "opened_on",
        unique=True,
    ),
    Index("ix_incidents_opened_at_incident_id", "opened_at", "incident_id"),
    Index("ix_incidents_incident_id", "incident_id"),
    Index(
        "ix_incidents_open",
        "opened_at",
        "incident_id",
        sqlite_where=_IS_OPEN,
        postgresql_where=_IS_OPEN,
    ),
)

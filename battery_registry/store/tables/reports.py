"""What residents tell: a found or dangerous battery, an entry that is wrong."""

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, Table, Uuid

from battery_registry.store.db import metadata
from battery_registry.store.types import UtcTime, word

resident_report = Table(
    "resident_reports",
    metadata,
    Column("report_id", Uuid, primary_key=True),
    Column("kind", word(16), nullable=False),
    # A report may be of a battery without a label, so it is no battery's row.
    Column("public_code", word(16)),
    Column("district_code", word(6), ForeignKey("districts.district_code")),
    # Both may name a person, so both are sealed, and both are forgotten.
    Column("note_encrypted", LargeBinary),
    Column("contact_encrypted", LargeBinary),
    Column("reported_at", UtcTime, nullable=False),
    Column("settled_at", UtcTime),
    Column("settled_by", word(32)),
    Index("ix_resident_reports_reported_at_report_id", "reported_at", "report_id"),
    Index("ix_resident_reports_public_code_reported_at", "public_code", "reported_at"),
)

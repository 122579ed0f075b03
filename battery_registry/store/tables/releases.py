"""What a rule set would say today, and by whom it was let go live."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Uuid

from battery_registry.store.db import metadata
from battery_registry.store.types import UtcTime, word

score_today = Table(
    "scores_today",
    metadata,
    # No foreign key: a million rows are written at once, of batteries just read.
    Column("battery_id", Uuid, primary_key=True),
    # The inspection behind the code in force; once another is, this is stale.
    Column("inspection_id", Uuid, nullable=False),
    Column("ruleset_id", word(32), nullable=False),
    Column("ruleset_sha256", word(64), nullable=False),
    Column("code", word(16), nullable=False),
    Column("score_tenths", Integer),
    Column("judged_at", UtcTime, nullable=False),
)

ruleset_release = Table(
    "ruleset_releases",
    metadata,
    # One row for each report that this registry has made.
    Column("report_sha256", word(64), primary_key=True),
    Column("ruleset_id", word(32), nullable=False),
    Column("ruleset_sha256", word(64), nullable=False),
    Column("packs", Integer, nullable=False),
    Column("green_to_red", Integer, nullable=False),
    Column("reported_at", UtcTime, nullable=False),
    Column("proposed_by", ForeignKey("people.person_id")),
    Column("proposed_at", UtcTime),
    Column("signed_by", ForeignKey("people.person_id")),
    Column("signed_at", UtcTime),
    Index("ix_ruleset_releases_ruleset_id", "ruleset_id"),
)

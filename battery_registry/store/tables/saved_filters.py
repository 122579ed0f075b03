"""What a person looks at again and again: filters of the red list, by name."""

from sqlalchemy import Column, ForeignKey, Table, UniqueConstraint, Uuid

from battery_registry.store.db import metadata
from battery_registry.store.types import UtcTime, word

saved_filter = Table(
    "saved_filters",
    metadata,
    Column("person_id", ForeignKey("people.person_id"), primary_key=True),
    Column("filter_id", Uuid, primary_key=True),
    Column("name", word(64), nullable=False),
    # As an address carries it: the same text that the page and the API read.
    Column("query", word(1024), nullable=False),
    Column("saved_at", UtcTime, nullable=False),
    UniqueConstraint("person_id", "name"),
)

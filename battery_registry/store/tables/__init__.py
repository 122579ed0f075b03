"""The schema, one module a subject."""

from battery_registry.store.db import metadata
from battery_registry.store.tables import (
    batteries,
    cases,
    inspections,
    models,
    parties,
    quality,
    releases,
)

__all__ = [
    "batteries",
    "cases",
    "inspections",
    "metadata",
    "models",
    "parties",
    "quality",
    "releases",
]

"""The schema, one module a subject."""

from battery_registry.store.db import metadata
from battery_registry.store.tables import (
    batteries,
    blobs,
    cases,
    imports,
    inspections,
    models,
    parties,
    quality,
    releases,
)

__all__ = [
    "batteries",
    "blobs",
    "cases",
    "imports",
    "inspections",
    "metadata",
    "models",
    "parties",
    "quality",
    "releases",
]

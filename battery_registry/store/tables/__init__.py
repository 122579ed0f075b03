"""The schema, one module a subject."""

from battery_registry.store.db import metadata
from battery_registry.store.tables import (
    appeals,
    batteries,
    blobs,
    capture,
    cases,
    declarations,
    hand_overs,
    imports,
    incidents,
    inspections,
    models,
    parties,
    quality,
    recalls,
    releases,
    resale,
)

__all__ = [
    "appeals",
    "batteries",
    "blobs",
    "capture",
    "cases",
    "declarations",
    "hand_overs",
    "imports",
    "incidents",
    "inspections",
    "metadata",
    "models",
    "parties",
    "quality",
    "recalls",
    "releases",
    "resale",
]

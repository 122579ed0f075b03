"""Words for the pieces of evidence that come with a step; their names are free."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from markupsafe import Markup

from battery_registry import context

_FRACTIONS: Final = (
    *("aluminium", "black_mass", "copper", "electrolyte", "loss", "other"),
    *("plastics", "steel"),
)
NAMED: Final[Mapping[str, str]] = MappingProxyType(
    {
        **{f"kg_{part}": f"packs.fraction.{part}" for part in _FRACTIONS},
        "certificate_number": "packs.field.certificate_number",
        "evidence_ref": "packs.field.evidence_ref",
        "note": "packs.field.note",
        "inspection_id": "evidence_of.inspection_id",
        "manifest_id": "evidence_of.manifest_id",
        "mass_kg": "evidence_of.mass_kg",
        "offer_id": "evidence_of.offer_id",
        "sscc": "evidence_of.sscc",
    }
)
"""Key of the words of each name that pages and services of ours give."""


def evidence_name(name: str) -> str:
    """Name a piece of evidence; one that is somebody's own is shown as it is."""
    if name in NAMED:
        return context.text(NAMED[name])
    return Markup("<code>{}</code>").format(name)

"""One scan of a label, as a page's form tells it."""

from collections.abc import Mapping
from uuid import UUID

from battery_registry.domain import code as codes
from battery_registry.services.acceptance import ToldScan
from battery_registry.wire import faults


def parse_scan(told: Mapping[str, str], *, made_id: UUID) -> ToldScan:
    """Read a scan from the fields of a form.

    Args:
        told: ``scan``, and maybe ``scan_id`` and ``mass_kg``.
        made_id: For a scan that brings no id of its own.

    Raises:
        RegistryError: What was scanned can be no code of ours.
        InvalidInputError: The id or the mass is wrong.
    """
    text = told.get("mass_kg", "").strip()
    return ToldScan(
        code=codes.parse(told.get("scan", ""), field="scan"),
        scan_id=_scan_id(told.get("scan_id", "")) or made_id,
        mass_kg=read_mass(text, field="mass_kg") if text else None,
    )


def read_mass(text: str, *, field: str) -> float:
    """Read a mass in kg as people type it; a comma may stand for the point.

    Raises:
        InvalidInputError: It is no number.
    """
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        raise faults.refuse({field: ["wire.not_number"]}) from None


def _scan_id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise faults.refuse({"scan_id": ["wire.not_uuid"]}) from None

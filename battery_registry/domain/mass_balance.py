"""What went in comes out: a battery is destroyed when its mass is accounted for.

The recycler names the mass of each fraction in the evidence of ``destroyed``:
``kg_steel``, ``kg_black_mass``, ``kg_loss`` and so on.
"""

from collections.abc import Mapping
from typing import ClassVar, Final

from battery_registry.domain import RegistryError

# No pack of an e-bike weighs more; one of a freight tricycle hardly does.
HEAVIEST_KG: Final = 200.0
_PREFIX: Final = "kg_"
# A scale at a gate reads to 10 g; a small pack's 5 % is not held against it.
SMALLEST_DIFFERENCE_KG: Final = 0.02


class MassUnbalancedError(RegistryError):
    """The fractions out do not add up to what came in."""

    code: ClassVar[str] = "custody_mass_unbalanced"


def weighed_kg(evidence: Mapping[str, object]) -> float | None:
    """Read what a battery weighs from evidence, in kg; None if it does not say."""
    told = evidence.get("mass_kg")
    if isinstance(told, bool) or not isinstance(told, int | float):
        return None
    return float(told) if 0 < told <= HEAVIEST_KG else None


def fractions(evidence: Mapping[str, object]) -> dict[str, float]:
    """Read the mass of each fraction from evidence, in kg, by its name."""
    return {
        name.removeprefix(_PREFIX): float(mass)
        for name, mass in evidence.items()
        # "kg_" alone names no fraction.
        if name.startswith(_PREFIX)
        and name.removeprefix(_PREFIX).strip("_")
        and isinstance(mass, int | float)
        and not isinstance(mass, bool)
    }


def is_near(there: float, *, before: float, tolerance_frac: float) -> bool:
    """Tell whether two masses are the same within the tolerance, both in kg."""
    allowed = max(before * tolerance_frac, SMALLEST_DIFFERENCE_KG)
    # Decimal masses are not exact in binary: the edge itself is within.
    return abs(there - before) <= allowed + 1e-9


def check(
    evidence: Mapping[str, object], *, mass_in_kg: float, tolerance_frac: float
) -> None:
    """Refuse a destruction whose fractions are not the battery.

    Args:
        evidence: The destruction's evidence.
        mass_in_kg: What the battery weighed at the recycler's gate, kg, > 0.
        tolerance_frac: How far the sum may differ, as a part of it.

    Raises:
        MassUnbalancedError: The sum differs more, or a fraction is below 0.
    """
    out = fractions(evidence)
    total = round(sum(out.values()), 6)
    is_balanced = is_near(total, before=mass_in_kg, tolerance_frac=tolerance_frac)
    if not is_balanced or min(out.values(), default=0.0) < 0:
        raise MassUnbalancedError(
            field="evidence",
            extra={
                "in_kg": mass_in_kg,
                "out_kg": total,
                "tolerance_frac": tolerance_frac,
            },
            in_kg=f"{mass_in_kg:g}",
            out_kg=f"{total:g}",
        )

"""Battery passports and linksets against the schemas of those who wrote them."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import jsonschema

from battery_registry.conformance.suite import Failure, Suite, read_json
from battery_registry.domain import passport
from battery_registry.domain.passport import Aspect, Tier
from battery_registry.domain.passport_facts import Facts

_FOLDER: Final = "batterypass-data-model"
_SCHEMAS: Final[Mapping[Aspect, str]] = {
    Aspect.GENERAL: "1.2.0__GeneralProductInformation-schema.json",
    Aspect.PERFORMANCE: "1.2.1__PerformanceAndDurability-schema.json",
    Aspect.CIRCULARITY: "1.2.0__Circularity-schema.json",
    Aspect.LABELING: "1.2.0__Labeling-schema.json",
}

# Everything that a registered battery can be known by.
EXAMPLE: Final = Facts(
    code="0123456789abcdef",
    page="https://registry.example/b/0123-4567-89ab-cdef",
    unit_kind="pack",
    maker="Volta",
    second_life=False,
    case_state=None,
    tested_at=datetime(2026, 11, 23, 2, 0, tzinfo=UTC),
    production_date=date(2024, 5, 1),
    first_use_date=date(2024, 6, 1),
    rated_capacity_ah=20.0,
    rated_energy_wh=960.0,
    nominal_voltage_v=48.0,
    minimum_voltage_v=39.0,
    maximum_voltage_v=54.6,
    safe_life_years=5.0,
    cycle_limit=800,
    remaining_capacity_ah=17.0,
    capacity_fade_pct=15.0,
    full_cycles=310,
    soc_pct=98.0,
    self_discharge_pct_per_month=2.5,
    defects=("drop_marks",),
)


def run(folder: Path) -> tuple[Suite, ...]:
    """Hold both passports of a fully known battery against each aspect's schema.

    A case is one property that a schema demands; one that is not told fails,
    and so does one that is not as its schema has it.

    Args:
        folder: The folder of all vectors.
    """
    return tuple(
        _suite(read_json(folder / _FOLDER / name), aspect, tier)
        for tier in Tier
        for aspect, name in _SCHEMAS.items()
    )


def _suite(schema: Mapping[str, Any], aspect: Aspect, tier: Tier) -> Suite:
    told = passport.write(EXAMPLE, tier=tier)
    wrong = faults(schema, told.aspects[aspect])
    withheld = set(told.withheld[aspect])
    failures = tuple(
        Failure(case=place, detail="withheld" if place in withheld else why)
        for place, why in sorted(wrong.items())
    )
    demanded = set(wrong) | set(_told(told.aspects[aspect]))
    return Suite(
        id=f"battery-pass/{aspect}/{tier}",
        title=f"Battery Pass 1.2 {aspect}, {tier.replace('_', ' ')} tier",
        cases=len(demanded),
        failures=failures,
    )


def faults(schema: Mapping[str, Any], value: object) -> dict[str, str]:
    """Find what a schema has against a value: JSON pointer and reason.

    A property that is demanded and missing is named by its own pointer.
    """
    found = {}
    for error in jsonschema.Draft4Validator(schema).iter_errors(value):
        place = "".join(f"/{part}" for part in error.absolute_path)
        if error.validator == "required":
            # Draft 4 says one missing property at a time, by its words alone.
            place, why = f"{place}/{error.message.split(chr(39))[1]}", "not told"
        else:
            why = error.message
        found[place] = why
    return found


def _told(value: Mapping[str, Any], parent: str = "") -> Iterable[str]:
    """Pointers of what is told; what only holds others is not counted."""
    for name, inner in value.items():
        if isinstance(inner, dict) and name.startswith("battery"):
            yield from _told(inner, f"{parent}/{name}")
        else:
            yield f"{parent}/{name}"

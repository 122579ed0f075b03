"""Battery passports against the schemas of the Battery Pass data model."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import jsonschema

from battery_registry.conformance.suite import Failure, Suite, read_json
from battery_registry.domain import passport
from battery_registry.domain.passport import Passport, pointers
from battery_registry.domain.passport_attributes import GROUPS, Aspect, Tier
from battery_registry.domain.passport_facts import Facts

FOLDER: Final = "batterypass-data-model"
SCHEMAS: Final[Mapping[Aspect, str]] = {
    Aspect.GENERAL: "1.2.0__GeneralProductInformation-schema.json",
    Aspect.PERFORMANCE: "1.2.1__PerformanceAndDurability-schema.json",
    Aspect.CIRCULARITY: "1.2.0__Circularity-schema.json",
    Aspect.LABELING: "1.2.0__Labeling-schema.json",
}
_FORMATS: Final = ("uri", "date-time")

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

    Once for what is told, attribute by attribute, each by its own part of the
    schema; and once for what an aspect's schema demands, where an attribute that
    is not told fails.

    Args:
        folder: The folder of all vectors.
    """
    schemas = read_schemas(folder)
    told = {tier: passport.write(EXAMPLE, tier=tier) for tier in Tier}
    return (
        *(_told_suite(schemas, told[tier]) for tier in Tier),
        *(
            _demanded_suite(schemas[aspect], told[tier], aspect)
            for tier in Tier
            for aspect in Aspect
        ),
    )


def read_schemas(folder: Path) -> Mapping[Aspect, Any]:
    """Read each aspect's schema.

    Args:
        folder: The folder of all vectors.

    Raises:
        VectorsMissingError: A file is missing or cannot be read.
    """
    return {
        aspect: read_json(folder / FOLDER / name) for aspect, name in SCHEMAS.items()
    }


def whole_faults(schema: Mapping[str, Any], told: Mapping[str, Any]) -> list[str]:
    """Say what a whole aspect's schema has against it."""
    checker = jsonschema.FormatChecker(_FORMATS)
    validator = jsonschema.Draft4Validator(schema, format_checker=checker)
    return [error.message for error in validator.iter_errors(told)]


def _told_suite(schemas: Mapping[Aspect, Any], told: Passport) -> Suite:
    failures, cases = [], 0
    for aspect, schema in schemas.items():
        for pointer, value in pointers(told.aspects[aspect]):
            cases += 1
            faults = attribute_faults(schema, pointer, value)
            if faults:
                failures.append(Failure(case=f"{aspect}{pointer}", detail=faults[0]))
    return Suite(
        id=f"battery-pass/told/{told.tier}",
        title=f"Battery Pass 1.2, what a passport tells ({_spelled(told.tier)} tier)",
        cases=cases,
        failures=tuple(failures),
    )


def _demanded_suite(schema: Mapping[str, Any], told: Passport, aspect: Aspect) -> Suite:
    there = {pointer for pointer, _ in pointers(told.aspects[aspect])}
    asked = tuple(demanded(schema))
    withheld = told.withheld[aspect]
    return Suite(
        id=f"battery-pass/{aspect}/{told.tier}",
        title=f"Battery Pass 1.2, all that {aspect} demands "
        f"({_spelled(told.tier)} tier)",
        cases=len(asked),
        failures=tuple(
            Failure(
                case=pointer,
                detail="withheld" if pointer.startswith(withheld) else "not told",
            )
            for pointer in asked
            if pointer not in there
        ),
    )


def _spelled(tier: Tier) -> str:
    return tier.replace("_", " ")


def demanded(schema: Mapping[str, Any]) -> Iterator[str]:
    """List what an aspect's schema demands, as JSON pointers; groups are opened."""
    for name in schema["required"]:
        if f"/{name}" in GROUPS:
            inner = _resolved(schema, schema["properties"][name])
            yield from (f"/{name}/{each}" for each in inner["required"])
        else:
            yield f"/{name}"


def attribute_faults(
    schema: Mapping[str, Any], pointer: str, value: object
) -> list[str]:
    """Say what an attribute's own part of the schema has against its value."""
    part: Mapping[str, Any] = schema
    for name in pointer.split("/")[1:]:
        properties = _resolved(schema, part)["properties"]
        if name not in properties:
            return [f"{name} is no attribute"]
        part = properties[name]
    # With the schema's other definitions, which the part refers to.
    own = {"components": schema["components"], "allOf": [part]}
    checker = jsonschema.FormatChecker(_FORMATS)
    validator = jsonschema.Draft4Validator(own, format_checker=checker)
    return [error.message for error in validator.iter_errors(value)]


def _resolved(schema: Mapping[str, Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow references and single ``allOf``s to the definition itself."""
    while "properties" not in part:
        if "$ref" in part:
            found: Any = schema
            for name in part["$ref"].split("/")[1:]:
                found = found[name]
            part = found
        else:
            (part,) = part["allOf"]
    return part

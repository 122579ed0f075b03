"""Passports for which makers declared all they can, whole, against the schemas.

What is declared is taken from the sample payloads of the Battery Pass data model.
They are made at random: numbers such as 1E38 and addresses of no web page, which
no maker could declare here, are put right first, and nothing else is.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from battery_registry.conformance.battery_pass import (
    EXAMPLE,
    FOLDER,
    demanded,
    read_schemas,
    whole_faults,
)
from battery_registry.conformance.suite import Failure, Suite, read_json
from battery_registry.domain import passport
from battery_registry.domain.passport import Declared, Passport, own_pointers, pointers
from battery_registry.domain.passport_attributes import Aspect, Tier
from battery_registry.wire.declarations import check_content

_PAYLOADS: Final[Mapping[Aspect, str]] = {
    Aspect.GENERAL: "1.2.0__GeneralProductInformation-payload.json",
    Aspect.PERFORMANCE: "1.2.1__PerformanceAndDurability.json",
    Aspect.CIRCULARITY: "1.2.0__Circularity.json",
    Aspect.LABELING: "1.2.0__Labeling-payload.json",
}
_LARGEST_SANE: Final = 1_000.0
_SANE_NUMBER: Final = 12.5
_PAGE: Final = "https://maker.example/passport/document.pdf"
# Optional in the model, leads to a person, and so is not taken.
_NOT_TAKEN: Final = frozenset({"emailAddress"})


def run(folder: Path) -> tuple[Suite, ...]:
    """Hold each aspect of a passport, with all declared, against its whole schema.

    Args:
        folder: The folder of all vectors.
    """
    schemas, declared = read_schemas(folder), _declared(read_content(folder))
    told = {
        tier: passport.write(EXAMPLE, tier=tier, declared=declared) for tier in Tier
    }
    return tuple(
        _suite(schemas[aspect], told[tier], aspect, name)
        for tier, name in (
            (Tier.LEGITIMATE_INTEREST, "declared"),
            (Tier.PUBLIC, "declared/public"),
        )
        for aspect in Aspect
    )


def read_content(folder: Path) -> Mapping[Aspect, dict[str, Any]]:
    """Read the sample payloads, put right where they are not sane.

    Args:
        folder: The folder of all vectors.

    Raises:
        VectorsMissingError: A file is missing or cannot be read.
    """
    return {
        aspect: _sane(read_json(folder / FOLDER / name))
        for aspect, name in _PAYLOADS.items()
    }


def part_of(
    content: Mapping[str, Any], *, aspect: Aspect, is_own: bool
) -> dict[str, Any]:
    """Take what is one battery's own from an aspect, or what is its model's."""
    own = own_pointers(aspect)
    part: dict[str, Any] = {}
    for pointer, value in pointers(content):
        if (pointer in own) is is_own:
            *parents, name = pointer.split("/")[1:]
            place = part
            for each in parents:
                place = place.setdefault(each, {})
            place[name] = value
    return part


def _declared(contents: Mapping[Aspect, Mapping[str, Any]]) -> Declared:
    """Declare them as a request would, and say what that makes of a battery."""
    return {
        aspect: {
            pointer: value
            for is_own in (False, True)
            for pointer, value in pointers(
                check_content(
                    part_of(content, aspect=aspect, is_own=is_own),
                    aspect=aspect,
                    is_own=is_own,
                )
            )
        }
        for aspect, content in contents.items()
    }


def _suite(
    schema: Mapping[str, Any], told: Passport, aspect: Aspect, name: str
) -> Suite:
    there = {pointer for pointer, _ in pointers(told.aspects[aspect])}
    asked = tuple(demanded(schema))
    failures = [
        Failure(case=pointer, detail="not told")
        for pointer in asked
        if pointer not in there
    ]
    faults = whole_faults(schema, told.aspects[aspect])
    if faults or not told.is_complete(aspect):
        failures.append(Failure(case="whole", detail=_first(faults)))
    return Suite(
        id=f"battery-pass/{aspect}/{name}",
        title=f"Battery Pass 1.2, {aspect} as a whole once its maker declared it "
        f"({told.tier.replace('_', ' ')} tier)",
        cases=len(asked) + 1,
        failures=tuple(failures),
    )


def _first(faults: Iterable[str]) -> str:
    return next(iter(faults), "not complete by our own list")


def _sane(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: _sane(each) for name, each in value.items() if name not in _NOT_TAKEN
        }
    if isinstance(value, list):
        return [_sane(each) for each in value]
    if isinstance(value, str):
        return _PAGE if value.startswith(("ftp://", "telnet://")) else value
    return value if abs(value) <= _LARGEST_SANE else _SANE_NUMBER

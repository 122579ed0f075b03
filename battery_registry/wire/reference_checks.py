"""A check of an instrument by a known reference, as JSON."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from marshmallow import Schema, ValidationError

from battery_registry.scoring.quality.drift import Quantity
from battery_registry.services.reference_checks import ToldCheck
from battery_registry.wire import faults
from battery_registry.wire.fields import (
    Choice,
    Id,
    Moment,
    Number,
    Text,
    between,
    check_says_something,
    sized,
)
from battery_registry.wire.moments import check_measured_at

PLAUSIBLE: Final[Mapping[Quantity, tuple[float, float]]] = {
    Quantity.CAPACITY_AH: (0.1, 500.0),
    Quantity.RESISTANCE_MOHM: (0.01, 10_000.0),
    Quantity.VOLTAGE_V: (0.5, 150.0),
}
"""What a reference may be worth: from a cell or a shunt to the largest pack."""
READING_OF_REFERENCE: Final = (0.5, 2.0)
"""A reading beyond these shares is of something else, or in another unit."""

_LEAST = min(low for low, _ in PLAUSIBLE.values())
_MOST = max(high for _, high in PLAUSIBLE.values())


class ReferenceCheckSchema(Schema):
    """What an instrument read of a reference whose value is known."""

    error_messages = {  # noqa: RUF012 - marshmallow's own convention
        "unknown": "wire.unknown",
        "type": "wire.not_object",
    }

    check_id = Id(
        required=True, metadata={"description": "Made once; the same one is one check."}
    )
    instrument_id = Text(
        required=True,
        validate=sized(2, 32),
        metadata={"description": "The instrument's code at its station."},
    )
    quantity = Choice(Quantity, required=True)
    reference_name = Text(
        required=True,
        validate=[sized(2, 64), check_says_something],
        metadata={"description": "Which pack or shunt, as its certificate calls it."},
    )
    reference_value = Number(
        required=True,
        validate=between(_LEAST, _MOST),
        metadata={"description": "What the certificate says, in the quantity's unit."},
    )
    reading = Number(
        required=True,
        validate=between(
            _LEAST * READING_OF_REFERENCE[0], _MOST * READING_OF_REFERENCE[1]
        ),
        metadata={"description": "From half to twice the reference's value."},
    )
    checked_at = Moment(required=True)


def parse_check(raw: object, *, now: datetime) -> ToldCheck:
    """Read a check from parsed JSON.

    Args:
        raw: The parsed JSON.
        now: The time of the request; a check cannot lie in the future.

    Raises:
        InvalidInputError: Fields are missing or wrong; each is named.
    """
    if not isinstance(raw, Mapping):
        raise faults.refuse({"_schema": ["wire.not_object"]})
    try:
        loaded: dict[str, Any] = ReferenceCheckSchema().load(dict(raw))
        check_measured_at("checked_at", loaded["checked_at"], now=now)
        _check_values(loaded)
    except ValidationError as error:
        raise faults.refuse(error.messages) from None
    loaded["checked_at"] = loaded["checked_at"].astimezone(UTC)
    return ToldCheck(**loaded)


def _check_values(loaded: Mapping[str, Any]) -> None:
    low, high = PLAUSIBLE[loaded["quantity"]]
    value = loaded["reference_value"]
    _check_between("reference_value", value, low, high)
    least, most = READING_OF_REFERENCE
    _check_between("reading", loaded["reading"], least * value, most * value)


def _check_between(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise ValidationError({name: [f"wire.out_of_range|{low:g}|{high:g}"]})

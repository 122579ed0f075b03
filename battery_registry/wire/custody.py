"""A hand-over as JSON, and how it becomes a ``ToldHandOver``."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields

from battery_registry.domain.custody import State
from battery_registry.services.custody import ToldHandOver
from battery_registry.wire import faults
from battery_registry.wire.fields import Choice, Id, Moment, Text, sized, spelled
from battery_registry.wire.moments import EARLIEST_TEST

_MOST_EVIDENCE = 20
_LARGEST_NUMBER = 2**53 - 1
PARTY = spelled(r"^[a-z0-9][a-z0-9-]{0,31}$", flags=re.ASCII)


class Evidence(fields.Dict):
    """Pieces of evidence by name: texts, numbers, or true and false."""

    default_error_messages = {  # noqa: RUF012 - marshmallow reads it so
        "null": "wire.null",
        "invalid": "wire.not_object",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> Any:
        if not isinstance(value, Mapping):
            raise self.make_error("invalid")
        if len(value) > _MOST_EVIDENCE:
            raise ValidationError(f"wire.length|0|{_MOST_EVIDENCE}")
        wrong = {name: f for name, piece in value.items() if (f := _fault(name, piece))}
        if wrong:
            raise ValidationError(wrong)
        return dict(value)


_NAME = Text(validate=spelled(r"^[a-z][a-z0-9_]{0,39}$", flags=re.ASCII))
_WORDS = Text(validate=sized(0, 500))


def _fault(name: str, piece: object) -> list[str] | None:
    try:
        _NAME.deserialize(name)
        if isinstance(piece, str):
            _WORDS.deserialize(piece)
        elif isinstance(piece, int | float):
            _check_number(piece)
        else:
            return ["wire.not_text"]
    except ValidationError as error:
        return [str(message) for message in error.messages]
    return None


def _check_number(piece: float) -> None:
    # Beyond these a number is not the same in every program that reads it; NaN
    # lies nowhere.
    if not abs(piece) <= _LARGEST_NUMBER:
        limits = f"-{_LARGEST_NUMBER}|{_LARGEST_NUMBER}"
        raise ValidationError(f"wire.out_of_range|{limits}")


class HandOverSchema(Schema):
    """A step of a red case, told by the organisation that signs it."""

    error_messages = {  # noqa: RUF012 - marshmallow's own convention
        "unknown": "wire.unknown",
        "type": "wire.not_object",
    }

    event_id = Id(
        required=True, metadata={"description": "Made once; the same one is one event."}
    )
    to_state = Choice(State, required=True)
    occurred_at = Moment(required=True)
    giver = Text(
        required=True,
        validate=PARTY,
        metadata={"description": "`resident`, or an organisation's code."},
    )
    receiver = Text(
        required=True,
        validate=PARTY,
        metadata={"description": "`resident`, or an organisation's code."},
    )
    evidence = Evidence(
        load_default=dict,
        metadata={
            "description": "What proves it, without personal data. `received` needs"
            " `mass_kg`, `mismatch` needs `note`, `destroyed` needs"
            " `certificate_number` and the mass of each fraction, `kg_steel` and so"
            " on.",
            "maxProperties": _MOST_EVIDENCE,
            "additionalProperties": {"type": ["string", "number", "boolean"]},
        },
    )


def parse_hand_over(raw: object) -> ToldHandOver:
    """Read a hand-over from parsed JSON.

    Raises:
        InvalidInputError: Fields are missing or wrong; each is named.
    """
    return ToldHandOver(**load(HandOverSchema(), raw))


def load(schema: Schema, raw: object) -> dict[str, Any]:
    """Read what is told of a hand-over by its schema; times become UTC.

    Raises:
        InvalidInputError: Fields are missing or wrong; each is named.
    """
    if not isinstance(raw, Mapping):
        raise faults.refuse({"_schema": ["wire.not_object"]})
    try:
        loaded: dict[str, Any] = schema.load(dict(raw))
        if "occurred_at" in loaded:
            _check_time(loaded["occurred_at"])
    except ValidationError as error:
        raise faults.refuse(error.messages) from None
    try:
        if "occurred_at" in loaded:
            loaded["occurred_at"] = loaded["occurred_at"].astimezone(UTC)
    except OverflowError:
        raise faults.refuse({"occurred_at": ["wire.not_moment"]}) from None
    return loaded


def _check_time(occurred_at: datetime) -> None:
    # Later limits are the case's own; this one keeps out what no clock says.
    if occurred_at < EARLIEST_TEST:
        limits = f"{EARLIEST_TEST.isoformat()}|…"
        raise ValidationError({"occurred_at": [f"wire.out_of_range|{limits}"]})

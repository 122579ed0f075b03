"""Retests, appeals and decisions as JSON."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError

from battery_registry.domain import code as codes
from battery_registry.domain.code import PublicCode
from battery_registry.wire import faults
from battery_registry.wire.fields import Flag, Text, check_says_something, sized

_LONGEST = 2_000
_CODE = sized(16, 200)


class BodySchema(Schema):
    """A body; a field that it does not know is refused."""

    error_messages = {  # noqa: RUF012 - marshmallow's own convention
        "unknown": "wire.unknown",
        "type": "wire.not_object",
    }


class RetestRequestSchema(BodySchema):
    """Which battery is to be tested again."""

    code = Text(
        required=True,
        validate=_CODE,
        metadata={"description": "Public code as on a label."},
    )


class AppealRequestSchema(BodySchema):
    """An appeal against a red."""

    code = Text(
        required=True,
        validate=_CODE,
        metadata={"description": "Public code as on a label."},
    )
    grounds = Text(
        required=True,
        validate=[sized(3, _LONGEST), check_says_something],
        metadata={"description": "Why the red is wrong; without personal data."},
    )


class DecisionSchema(BodySchema):
    """What is decided of an appeal."""

    upheld = Flag(
        required=True, metadata={"description": "True: the red was wrong and ends."}
    )
    note = Text(
        required=True,
        validate=[sized(3, _LONGEST), check_says_something],
        metadata={"description": "Why; without personal data."},
    )


def load(schema: Schema, raw: object) -> dict[str, Any]:
    """Read a body from parsed JSON.

    Raises:
        InvalidInputError: Fields are missing or wrong; each is named.
    """
    if not isinstance(raw, Mapping):
        raise faults.refuse({"_schema": ["wire.not_object"]})
    try:
        loaded: dict[str, Any] = schema.load(dict(raw))
    except ValidationError as error:
        raise faults.refuse(error.messages) from None
    return loaded


def parse_retest(raw: object) -> PublicCode:
    """Read which battery is to be tested again.

    Raises:
        InvalidInputError: Fields are missing or wrong; each is named.
        CodeError: The code cannot be one.
    """
    return codes.parse(load(RetestRequestSchema(), raw)["code"])


def parse_appeal(raw: object) -> tuple[PublicCode, str]:
    """Read an appeal: the battery and the grounds.

    Raises:
        InvalidInputError: Fields are missing or wrong; each is named.
        CodeError: The code cannot be one.
    """
    loaded = load(AppealRequestSchema(), raw)
    return codes.parse(loaded["code"]), loaded["grounds"]


def parse_decision(raw: object) -> tuple[bool, str]:
    """Read a decision: whether the appeal is upheld, and why.

    Raises:
        InvalidInputError: Fields are missing or wrong; each is named.
    """
    loaded = load(DecisionSchema(), raw)
    return loaded["upheld"], loaded["note"]

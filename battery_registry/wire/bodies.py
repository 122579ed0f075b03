"""Bodies of requests: one way from parsed JSON to loaded values."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError

from battery_registry.wire import faults


class BodySchema(Schema):
    """A body; a member that it does not know is refused."""

    error_messages = {  # noqa: RUF012 - marshmallow's own convention
        "unknown": "wire.unknown",
        "type": "wire.not_object",
    }


def load(schema: Schema, raw: object) -> dict[str, Any]:
    """Read a body.

    Raises:
        InvalidInputError: Members are missing or wrong; each is named.
    """
    if not isinstance(raw, Mapping):
        raise faults.refuse({"_schema": ["wire.not_object"]})
    try:
        loaded: dict[str, Any] = schema.load(dict(raw))
    except ValidationError as error:
        raise faults.refuse(error.messages) from None
    return loaded

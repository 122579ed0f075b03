"""Fields of declared attributes, and objects made of them.

A number that no battery has, an address that is no web page and a member that
the model does not know are refused where they come in: what is declared is
exported as it is, and has to be valid by the model's own schemas.
"""

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from marshmallow import Schema, fields

from battery_registry.wire.bodies import BodySchema
from battery_registry.wire.fields import (
    Listed,
    Moment,
    Number,
    Text,
    between,
    sized,
    spelled,
    worded,
)

_LONGEST_LIST: Final = 50
_LANGUAGE: Final = "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$"
_STAMP: Final = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII
)


class Page(Text):
    """The address of a web page or document: ``https`` or ``http``."""

    default_error_messages = {  # noqa: RUF012 - marshmallow's own convention
        "not_uri": "wire.not_uri",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        text = super()._deserialize(value, attr, data, **kw)
        try:
            parts = urlsplit(text)
        except ValueError:
            raise self.make_error("not_uri") from None
        is_whole = parts.scheme in {"http", "https"} and bool(parts.hostname)
        if not is_whole or not text.isascii() or any(sign in text for sign in ' <>"\\'):
            raise self.make_error("not_uri")
        return text


class Stamp(Moment):
    """A time with its seconds and its offset, as the model's pattern wants it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> Any:
        if isinstance(value, str) and _STAMP.fullmatch(value) is None:
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **kw)


def page(*, required: bool = False) -> Page:
    """Take the address of a document."""
    return Page(required=required, validate=sized(8, 500))


def words(longest: int = 200, *, required: bool = False) -> Text:
    """Take a text that says something."""
    return Text(required=required, validate=worded(1, longest))


def number(low: float, high: float, *, required: bool = False) -> Number:
    """Take a number within what a battery can have."""
    return Number(required=required, validate=between(low, high))


def amount(*, required: bool = False) -> Number:
    """Take a number that is not negative."""
    return number(0, 1_000_000, required=required)


def per_cent(*, required: bool = False) -> Number:
    """Take a share, 0 to 100 per cent."""
    return number(0, 100, required=required)


def change(*, required: bool = False) -> Number:
    """Take a change in per cent; it may be for the better."""
    return number(-1_000, 1_000, required=required)


def listed(inner: fields.Field[Any], *, required: bool = False) -> Listed:
    """Take a list."""
    return Listed(inner, required=required, validate=sized(0, _LONGEST_LIST))


def nested(
    members: Mapping[str, fields.Field[Any]] | None = None,
    *,
    required: bool = False,
    **more: fields.Field[Any],
) -> "Whole":
    """Take an object that has all of its required members and no other."""
    made = BodySchema.from_dict({**(members or {}), **more})
    return Whole(made, required=required)


def dated(name: str, value: Number) -> "Whole":
    """Take a value, a required one, with the time it is of."""
    return nested({name: value}, lastUpdate=Stamp(required=True))


class Whole(fields.Nested):
    """An object within an object."""

    default_error_messages = {  # noqa: RUF012 - marshmallow's own convention
        "required": "wire.required",
        "null": "wire.null",
        "type": "wire.not_object",
    }

    def __init__(self, schema: type[Schema], **kwargs: Any) -> None:
        """Take the object's schema."""
        super().__init__(schema, **kwargs)


class Translated(fields.Dict):
    """One text in several languages, by their tags."""

    default_error_messages = {  # noqa: RUF012 - marshmallow's own convention
        "required": "wire.required",
        "null": "wire.null",
        "invalid": "wire.not_object",
    }

    def __init__(self, **kwargs: Any) -> None:
        """Take texts by language."""
        super().__init__(
            keys=Text(validate=spelled(_LANGUAGE)),
            values=words(500),
            validate=sized(1, 30),
            **kwargs,
        )

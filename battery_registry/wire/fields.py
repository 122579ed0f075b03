"""Field types that refuse what a database or an honest reader cannot take.

Every message is a fault (``wire.faults``), never a sentence.
"""

import re
import unicodedata
from enum import Enum
from typing import Any

from marshmallow import ValidationError, fields, validate

# Controls, formats (bidi overrides and zero-width signs among them), lone
# surrogates, private and unassigned signs, separators of lines and paragraphs.
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
# A browser leaves seconds of 0 out.
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?", re.ASCII
)
_FIRST_YEAR, _LAST_YEAR = 1970, 2199
_ANY = {
    "required": "wire.required",
    "null": "wire.null",
    "validator_failed": "wire.bad",
}


class Text(fields.String):
    """Text without anything that is there but cannot be seen.

    No control, bidi or zero-width characters, and no lone surrogates.
    """

    default_error_messages = {  # noqa: RUF012 - marshmallow reads it so
        **_ANY,
        "invalid": "wire.not_text",
        "invalid_utf8": "wire.not_text",
        "unprintable": "wire.unprintable",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kw)
        if not text.isprintable() and any(map(_is_unprintable, text)):
            raise self.make_error("unprintable")
        return text


class Number(fields.Float):
    """A finite JSON number; text and booleans are not numbers."""

    default_error_messages = {  # noqa: RUF012 - marshmallow reads it so
        **_ANY,
        "invalid": "wire.not_number",
        "special": "wire.not_number",
        "too_large": "wire.not_number",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.make_error("invalid")
        number: float = super()._deserialize(value, attr, data, **kw)
        return number


class Whole(fields.Integer):
    """A whole JSON number; ``5.0`` is one, as JSON Schema says."""

    default_error_messages = {  # noqa: RUF012 - marshmallow reads it so
        **_ANY,
        "invalid": "wire.not_whole",
        "too_large": "wire.not_whole",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> int:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or value != value // 1:
            raise self.make_error("invalid")
        return int(value)


class Flag(fields.Boolean):
    """JSON's true or false and nothing that merely looks like one."""

    default_error_messages = {  # noqa: RUF012 - marshmallow reads it so
        **_ANY,
        "invalid": "wire.not_flag",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Moment(fields.AwareDateTime):
    """An RFC 3339 time with its offset; seconds of 0 may be left out."""

    default_error_messages = {  # noqa: RUF012 - marshmallow reads it so
        **_ANY,
        "invalid": "wire.not_moment",
        "invalid_awareness": "wire.no_offset",
        "format": "wire.not_moment",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> Any:
        if not isinstance(value, str) or not is_moment(value):
            raise self.make_error("invalid")
        try:
            moment = super()._deserialize(value.upper(), attr, data, **kw)
        except OverflowError as error:
            raise self.make_error("invalid") from error
        # At the ends of the calendar another zone's date does not exist.
        if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
            raise self.make_error("invalid")
        return moment


class Day(fields.Date):
    """A calendar date, ``2026-11-23``."""

    default_error_messages = {  # noqa: RUF012 - marshmallow reads it so
        **_ANY,
        "invalid": "wire.not_date",
        "format": "wire.not_date",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> Any:
        # Python's own reader also takes weeks, and dates without hyphens.
        if not isinstance(value, str) or not is_day(value):
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **kw)


class Id(fields.UUID):
    """A UUID."""

    default_error_messages = {  # noqa: RUF012 - marshmallow reads it so
        **_ANY,
        "invalid_uuid": "wire.not_uuid",
    }


class Choice(fields.Enum[Any]):
    """One of a closed list of words."""

    default_error_messages = {  # noqa: RUF012 - marshmallow reads it so
        **_ANY,
        "unknown": "wire.one_of|{choices}",
    }

    def __init__(self, enum: type[Enum], **kwargs: Any) -> None:
        """Take the enumeration; its values are the words."""
        super().__init__(enum, by_value=Text, **kwargs)


class Listed(fields.List[Any]):
    """A list."""

    default_error_messages = {  # noqa: RUF012 - marshmallow reads it so
        **_ANY,
        "invalid": "wire.not_list",
    }


def between(low: float, high: float) -> validate.Range:
    """Limit a number; both ends are allowed."""
    return validate.Range(min=low, max=high, error="wire.out_of_range|{min}|{max}")


def sized(low: int, high: int) -> validate.Length:
    """Limit the length of a text or a list."""
    return validate.Length(min=low, max=high, error="wire.length|{min}|{max}")


def worded(low: int, high: int) -> validate.And:
    """Limit the length of a text that has to say something."""
    return validate.And(sized(low, high), check_says_something)


def spelled(pattern: str, *, flags: int = 0) -> validate.Regexp:
    """Limit how a text is spelled."""
    return validate.Regexp(pattern, flags=flags, error="wire.pattern|{regex}")


def has_letter_or_digit(text: str) -> bool:
    """Whether a text says anything at all."""
    return any(sign.isalnum() for sign in text)


def check_says_something(text: str) -> None:
    """Refuse a text of blanks and punctuation only.

    Raises:
        ValidationError: There is no letter and no digit in it.
    """
    if not has_letter_or_digit(text):
        raise ValidationError("wire.bad")


def is_day(text: str) -> bool:
    """Whether a text is spelled like ``2026-11-23``; there may be no such day."""
    return _DAY.fullmatch(text) is not None


def is_moment(text: str) -> bool:
    """Whether a text is spelled like an RFC 3339 time, with or without offset."""
    return _MOMENT.fullmatch(text.upper()) is not None


def _is_unprintable(sign: str) -> bool:
    return unicodedata.category(sign) in _UNPRINTABLE

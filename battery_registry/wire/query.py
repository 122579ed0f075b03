"""Query strings: read strictly, with an empty value for one not given."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol

from marshmallow import Schema, ValidationError, fields

from battery_registry.domain import RegistryError
from battery_registry.domain.city_time import CITY_ZONE
from battery_registry.wire import faults
from battery_registry.wire.fields import Text, is_day, is_moment

_LONGEST_NUMBER = 9


class RepeatedParameterError(RegistryError):
    """A parameter is given twice, and only one of them can be meant."""

    code = "parameter_repeated"


class Arguments(Protocol):
    """A query string's parameters, each with every value it was given."""

    def lists(self) -> Any:
        """List each name with its values."""


class QuerySchema(Schema):
    """Parameters of an address; one that it does not know is refused."""

    error_messages = {  # noqa: RUF012 - marshmallow's own convention
        "unknown": "wire.unknown",
        "type": "wire.not_object",
    }


def load(schema: Schema, arguments: Arguments) -> dict[str, Any]:
    """Read the parameters of an address.

    Raises:
        RepeatedParameterError: One is given twice.
        InvalidInputError: One is unknown or wrong; each is named.
    """
    given = _once(arguments.lists())
    try:
        loaded: dict[str, Any] = schema.load(given)
    except ValidationError as error:
        raise faults.refuse(error.messages) from None
    return loaded


def _once(pairs: Any) -> Mapping[str, str]:
    given: dict[str, str] = {}
    for name, values in pairs:
        if len(values) > 1:
            raise RepeatedParameterError(field=name)
        if values[0]:
            given[name] = values[0]
    return given


class WholeText(fields.Integer):
    """A whole number in digits."""

    default_error_messages = {"invalid": "wire.not_whole"}  # noqa: RUF012 - as above

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> int:
        is_plain = value.isascii() and value.isdigit() and len(value) < _LONGEST_NUMBER
        if not is_plain:
            raise self.make_error("invalid")
        return int(value)


class FlagText(fields.Boolean):
    """``true`` or ``false``."""

    default_error_messages = {"invalid": "wire.not_flag"}  # noqa: RUF012 - as above

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> bool:
        if value not in {"true", "false"}:
            raise self.make_error("invalid")
        return bool(value == "true")


class PeriodEnd(Text):
    """One end of a period: a moment with its offset, or a day of the city.

    Args:
        is_last: The day counts in: the period ends with it, not before it.
    """

    default_error_messages = {"bad": "wire.not_moment"}  # noqa: RUF012 - as above

    def __init__(self, *, is_last: bool = False, **kwargs: Any) -> None:
        """Remember which end it is."""
        super().__init__(**kwargs)
        self._is_last = is_last

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kw)
        try:
            return self._read(text)
        except (ValueError, OverflowError):
            raise self.make_error("bad") from None

    def _read(self, text: str) -> datetime:
        if is_day(text):
            day = date.fromisoformat(text) + timedelta(days=int(self._is_last))
            return datetime.combine(day, time(), CITY_ZONE).astimezone(UTC)
        # A plus that nobody escaped arrives as a blank.
        spelled = text.replace(" ", "+").upper()
        moment = datetime.fromisoformat(spelled)
        if not is_moment(spelled) or moment.tzinfo is None:
            raise ValueError(text)
        return moment.astimezone(UTC)


class Words(Text):
    """Words of a closed list, joined by commas, each once."""

    default_error_messages = {"unknown": "wire.one_of|{choices}"}  # noqa: RUF012 - as above

    def __init__(self, choices: Sequence[str], **kwargs: Any) -> None:
        """Remember the list."""
        one = f"({'|'.join(choices)})"
        super().__init__(
            metadata={
                "pattern": f"^{one}(,{one})*$",
                **kwargs.pop("metadata", {}),
            },
            **kwargs,
        )
        self._choices = tuple(choices)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> Any:
        words = super()._deserialize(value, attr, data, **kw).split(",")
        if any(word not in self._choices for word in words):
            raise self.make_error("unknown", choices=", ".join(self._choices))
        return tuple(dict.fromkeys(words))

"""Many kept inspections as one table, for the score of whole tables.

The same readings as ``scoring.stored.measurement_of`` gives of each, decoded
straight into columns: making a million measurements one by one would take
minutes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from enum import StrEnum
from typing import Any, get_type_hints

import msgspec
import numpy as np
import numpy.typing as npt
import pandas as pd

from battery_registry.domain import identifiers
from battery_registry.domain.submission import CodeScheme
from battery_registry.scoring.inputs import WORDS, plain
from battery_registry.scoring.measurement import Measurement

Column = Any

_TYPES = {
    name: plain(hint)
    for name, hint in get_type_hints(Measurement).items()
    if name != "tested_at"  # it is a column of its own
}
_IDENTITY = ("maker", "model", "pack_code", "pack_code_scheme")


def _decoded(kind: type) -> Any:
    """What JSON is read as; whole numbers become floats, words stay text."""
    if issubclass(kind, StrEnum):
        return str | None
    if kind is date:
        return str | None  # a day's text is read faster than the day
    return (float if kind is int else kind) | None


_BODY = msgspec.defstruct(
    "Body",
    [
        *((name, _decoded(kind), None) for name, kind in _TYPES.items()),
        *((name, str | None, None) for name in _IDENTITY),
    ],
    gc=False,  # they hold no containers, and there are millions
)
_DECODER = msgspec.json.Decoder(_BODY)
_NAMES = tuple(_BODY.__struct_fields__)
_FIELDS = tuple(field.name for field in fields(Measurement) if field.name in _TYPES)


def readings(bodies: Sequence[str]) -> dict[str, Sequence[Any]]:
    """Decode bodies: by name of a field, what each of them says, or None.

    ``second_life`` is set where the maker's own code says so, as at intake.

    Raises:
        msgspec.ValidationError: One of them is no inspection.
    """
    decode, flat = _DECODER.decode, msgspec.structs.astuple
    columns = zip(*[flat(decode(body)) for body in bodies], strict=True)
    read: dict[str, Sequence[Any]] = dict(zip(_NAMES, columns, strict=True))
    read["second_life"] = _second_lives(read)
    return read


def _second_lives(read: Mapping[str, Sequence[Any]]) -> Sequence[Any]:
    schemes = read["pack_code_scheme"]
    if CodeScheme.GBT45565.value not in schemes:
        return read["second_life"]
    told = zip(read["second_life"], schemes, read["pack_code"], strict=True)
    return [said or says_second_life(scheme, code) for said, scheme, code in told]


def says_second_life(scheme: str | None, pack_code: str | None) -> bool:
    """Whether a maker's code itself says that the battery was reused."""
    if scheme != CodeScheme.GBT45565.value or pack_code is None:
        return False
    return identifiers.parse(CodeScheme.GBT45565, pack_code).second_life


def frame_of(read: Mapping[str, Sequence[Any]], **known: Column) -> pd.DataFrame:
    """Make the table that ``score_frame`` takes.

    Args:
        read: As ``readings`` gives it.
        known: Further columns, ready made.
    """
    size = len(read["unit_kind"])
    columns: dict[str, Any] = {}
    for name in _FIELDS:
        values = read[name]
        # Most of the optional readings are never taken.
        if values[0] is not None or values.count(None) < size:
            columns[name] = _column(name, values)
    return pd.DataFrame({**columns, **known})


def _column(name: str, values: Sequence[Any]) -> Column:
    kind = _TYPES[name]
    return (_words if issubclass(kind, StrEnum) else _MAKERS[kind])(name, values)


def _words(name: str, values: Sequence[Any]) -> Column:
    words = WORDS[name]
    places: dict[str | None, int] = {word: at for at, word in enumerate(words)}
    places[None] = -1
    return categorical(words, list(map(places.__getitem__, values)))


def categorical(words: Sequence[str], places: Sequence[int]) -> Column:
    """A column of words from their places among all of them."""
    return pd.Categorical.from_codes(
        np.array(places, np.int8), dtype=pd.CategoricalDtype([*words])
    )


def _flags(_name: str, values: Sequence[Any]) -> Column:
    found = numbers(values)
    unread = np.isnan(found)
    return pd.arrays.BooleanArray(found == 1, unread) if unread.any() else found == 1


def numbers(values: Sequence[Any]) -> npt.NDArray[np.float64]:
    """A column of numbers, NaN for None."""
    return np.array(values, np.float64)


def _days(_name: str, values: Sequence[Any]) -> Column:
    days = np.array([one or "NaT" for one in values], "datetime64[D]")
    return days.astype("datetime64[s]")


_MAKERS: Mapping[type, Callable[[str, Sequence[Any]], Column]] = {
    float: lambda _, values: numbers(values),
    int: lambda _, values: numbers(values),
    bool: _flags,
    date: _days,
}

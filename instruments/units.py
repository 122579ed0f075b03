"""Units of instrument files, converted at the reader's door.

Inside there is one system only: s, V, A, Ah, ohm, degrees Celsius. A token that
is not in the table is an error, never a guess.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


class UnitError(ValueError):
    """A unit token that is not known."""


class Quantity(StrEnum):
    """What a unit measures."""

    TIME = "time"
    VOLTAGE = "voltage"
    CURRENT = "current"
    CHARGE = "charge"
    ENERGY = "energy"
    POWER = "power"
    RESISTANCE = "resistance"
    TEMPERATURE = "temperature"


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """A unit and what turns its numbers into the inner system: factor, then offset."""

    quantity: Quantity
    factor: float
    offset: float = 0.0


_BASE: dict[str, tuple[Quantity, float]] = {
    "s": (Quantity.TIME, 1.0),
    "V": (Quantity.VOLTAGE, 1.0),
    "A": (Quantity.CURRENT, 1.0),
    "Ah": (Quantity.CHARGE, 1.0),
    "As": (Quantity.CHARGE, 1.0 / 3600.0),
    "Wh": (Quantity.ENERGY, 1.0),
    "W": (Quantity.POWER, 1.0),
    "Ohm": (Quantity.RESISTANCE, 1.0),
}
_PREFIX = {"": 1.0, "k": 1e3, "m": 1e-3, "u": 1e-6, "µ": 1e-6, "μ": 1e-6, "n": 1e-9}
_TABLE = {
    prefix + base: Unit(quantity=quantity, factor=factor * scale)
    for base, (quantity, factor) in _BASE.items()
    for prefix, scale in _PREFIX.items()
} | {
    "min": Unit(quantity=Quantity.TIME, factor=60.0),
    "h": Unit(quantity=Quantity.TIME, factor=3600.0),
    "d": Unit(quantity=Quantity.TIME, factor=86400.0),
    "°C": Unit(quantity=Quantity.TEMPERATURE, factor=1.0),
    "℃": Unit(quantity=Quantity.TEMPERATURE, factor=1.0),
    "degC": Unit(quantity=Quantity.TEMPERATURE, factor=1.0),
    "K": Unit(quantity=Quantity.TEMPERATURE, factor=1.0, offset=-273.15),
    "°F": Unit(quantity=Quantity.TEMPERATURE, factor=5 / 9, offset=-160 / 9),
    "℉": Unit(quantity=Quantity.TEMPERATURE, factor=5 / 9, offset=-160 / 9),
}
for _symbol in ("Ω", "Ω", "ohm"):
    _TABLE |= {
        prefix + _symbol: Unit(quantity=Quantity.RESISTANCE, factor=scale)
        for prefix, scale in _PREFIX.items()
    }


def get_unit(token: str) -> Unit:
    """The unit a token names.

    Args:
        token: As written in a header, e.g. ``"mAh"``; the case counts.

    Raises:
        UnitError: The token is not in the table.
    """
    unit = _TABLE.get(token.strip())
    if unit is None:
        raise UnitError(f"unknown unit {token.strip()!r}")
    return unit


# spelled out, or in a case of its own; what could be two units is not here
_SPELLED = {
    Quantity.TIME: {
        **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "秒"), 1.0),
        **dict.fromkeys(("min", "minute", "minutes", "mins", "分", "分钟"), 60.0),
        **dict.fromkeys(("h", "hour", "hours", "hr", "hrs", "小时", "时"), 3600.0),
        **dict.fromkeys(("day", "days", "天"), 86400.0),
        **dict.fromkeys(("ms", "msec", "millisecond", "milliseconds", "毫秒"), 1e-3),
    },
    Quantity.VOLTAGE: {
        **dict.fromkeys(("v", "volt", "volts", "伏", "伏特"), 1.0),
        **dict.fromkeys(("mv", "millivolt", "millivolts", "mvolt", "mvolts"), 1e-3),
        "毫伏": 1e-3,
    },
    Quantity.CURRENT: {
        **dict.fromkeys(("a", "amp", "amps", "ampere", "amperes", "安", "安培"), 1.0),
        **dict.fromkeys(("ma", "milliamp", "milliamps", "milliampere", "毫安"), 1e-3),
        **dict.fromkeys(("mamp", "mamps"), 1e-3),
        **dict.fromkeys(("ua", "uamp", "uamps", "microampere", "微安"), 1e-6),
    },
    Quantity.CHARGE: {
        **dict.fromkeys(("ah", "amp-hr", "amphr", "amp-hours", "ampere_hour"), 1.0),
        **dict.fromkeys(("mah", "mamp-hr", "mamphr", "毫安时"), 1e-3),
        **dict.fromkeys(("uah", "uamp-hr"), 1e-6),
        **dict.fromkeys(("安时", "安培小时"), 1.0),
    },
    Quantity.TEMPERATURE: dict.fromkeys(
        (
            "c",
            "celsius",
            "degc",
            "deg c",
            "deg.c",
            "dc.",
            "degreec",
            "摄氏度",
            "\u02dac",
            "\u00bac",
        ),
        1.0,
    ),
    Quantity.RESISTANCE: dict.fromkeys(("ohm", "ohms"), 1.0)
    | dict.fromkeys(("mohm", "mohms", "milliohm"), 1e-3),
    Quantity.ENERGY: {"wh": 1.0, "mwh": 1e-3},
    Quantity.POWER: {"w": 1.0, "mw": 1e-3, "watt": 1.0},
}


# mA.h, A·h, mA*h: one unit times another
_BETWEEN = re.compile(r"(?<=[AaWw])[.·⋅*•](?=[Hh]$)")


def find_spelled_unit(token: str, quantity: Quantity) -> Unit | None:
    """The unit a header's token names, in the looser spelling of vendors.

    ``Sec``, ``ampere``, ``mA.h`` and ``C`` are known here. A capital ``M`` is
    never taken for milli.

    Args:
        token: As written in the header.
        quantity: What the column measures; the unit must be one of it.
    """
    token = _BETWEEN.sub("", token.strip())
    unit = _TABLE.get(token)
    if unit is None and not re.match("M[AVaOoΩ]", token):
        factor = _SPELLED.get(quantity, {}).get(token.casefold())
        unit = None if factor is None else Unit(quantity=quantity, factor=factor)
    return unit if unit is not None and unit.quantity is quantity else None

"""How fine each instrument's readings are, and which digits they end in."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    case,
    cast,
    func,
    select,
)
from sqlalchemy.orm import Session

from battery_registry.queries.quality.period import Period
from battery_registry.scoring.measurement import CapacityMethod
from battery_registry.scoring.quality import digits
from battery_registry.scoring.quality.digits import LastDigits
from battery_registry.scoring.quality.drift import Quantity
from battery_registry.store.tables.inspections import inspection

MOST_DECIMALS: Final = 3
_SCALES = tuple(10**decimals for decimals in range(MOST_DECIMALS + 1))
# An instrument tells so many decimals when nearly all its readings fit in them.
_NEARLY_ALL = 0.99
# A thousandth of a step: binary fractions are no decimal ones.
_TOLERANCE = 1e-3
_DIGITS = 10

COLUMNS: Final[Mapping[Quantity, ColumnElement[Any]]] = {
    Quantity.CAPACITY_AH: case(
        (
            inspection.c.capacity_method == CapacityMethod.FULL_DISCHARGE.value,
            inspection.c.discharge_capacity_ah,
        )
    ),
    Quantity.RESISTANCE_MOHM: inspection.c.internal_resistance_mohm,
}
"""The readings whose digits are looked at; a capacity only where it was tested."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fineness:
    """How fine one instrument tells one quantity.

    Args:
        n: How many readings.
        decimals: 0 to 3, after the point.
        is_spread: The readings differ enough for even last digits.
    """

    n: int
    decimals: int
    is_spread: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Digits:
    """The last digits of one quantity at a station.

    Args:
        fineness: By instrument.
        last: What the digits of the instruments with enough spread say.
    """

    fineness: Mapping[UUID, Fineness]
    last: LastDigits


def find(
    session: Session, *, station_id: UUID, period: Period, quantity: Quantity
) -> Digits:
    """Find how fine a station's readings are and judge their last digits."""
    value = COLUMNS[quantity]
    mine = (
        inspection.c.station_id == station_id,
        period.holds(),
        inspection.c.calibration_valid,
        value.is_not(None),
    )
    fineness = {
        row[0]: _fineness(row[1:])
        for row in session.execute(_spreads(value).where(*mine))
    }
    wide = {key: one.decimals for key, one in fineness.items() if one.is_spread}
    counts = [0] * _DIGITS
    if wide:
        digit, of_wide = _last_digit(value, wide)
        rows = session.execute(
            select(digit, func.count()).where(*mine).where(of_wide).group_by(digit)
        )
        for last, n in rows:
            counts[last] = n
    return Digits(fineness=fineness, last=digits.judge(counts))


def _spreads(value: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """By instrument: how many, mean, mean square, how many fit in each decimals."""
    fitting = [
        func.sum(
            case(
                (func.abs(value * scale - func.round(value * scale)) < _TOLERANCE, 1),
                else_=0,
            )
        )
        for scale in _SCALES
    ]
    return select(
        inspection.c.instrument_id,
        func.count(),
        func.avg(value),
        func.avg(value * value),
        *fitting,
    ).group_by(inspection.c.instrument_id)


def _fineness(row: tuple[Any, ...]) -> Fineness:
    n, mean, mean_square, *fitting = row
    decimals = next(
        (d for d, fit in enumerate(fitting) if fit >= _NEARLY_ALL * n), MOST_DECIMALS
    )
    deviation = sqrt(max(0.0, mean_square - mean * mean))
    return Fineness(
        n=n,
        decimals=decimals,
        is_spread=deviation * _SCALES[decimals] >= digits.LEAST_SPREAD_STEPS,
    )


def _last_digit(
    value: ColumnElement[Any], decimals: Mapping[UUID, int]
) -> tuple[ColumnElement[int], ColumnElement[bool]]:
    """The last digit a reading was told with, and whether it is one of these."""
    instrument = inspection.c.instrument_id
    scale = case(*((instrument == key, _SCALES[d]) for key, d in decimals.items()))
    last = cast(func.round(value * scale), BigInteger) % _DIGITS
    return last.label("digit"), instrument.in_(decimals)

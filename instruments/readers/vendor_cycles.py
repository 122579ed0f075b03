"""The vendor's own capacities per cycle, as a sheet beside the records holds them."""

import math
from collections.abc import Sequence
from typing import Any

from instruments.readers.titles import Title, key
from instruments.recording import VendorCycle
from instruments.units import Quantity, find_spelled_unit

_CYCLE = ("Cycle", "ToTal of Cycle", "Cycle Index", "循环", "循环号", "循环序号")
_CHARGE = (
    *("CapC", "Capacity of charge", "Chg. Cap.", "Charge Capacity", "Cap_Chg"),
    "充电容量",
)
_DISCHARGE = (
    *("CapD", "Capacity of discharge", "DChg. Cap.", "Discharge Capacity"),
    *("Cap_DChg", "放电容量"),
)


def find_cycles(
    titles: Sequence[Title], rows: Sequence[Sequence[Any]]
) -> tuple[VendorCycle, ...]:
    """The cycles of a sheet; nothing when it is no sheet of cycles.

    A column without a known unit of charge is no capacity.
    """
    cycle = _find(titles, _CYCLE)
    charge, discharge = _find(titles, _CHARGE), _find(titles, _DISCHARGE)
    if cycle is None or charge is None or discharge is None:
        return ()
    factors = [_factor(titles[index]) for index in (charge, discharge)]
    found = []
    for row in rows:
        values = [_number(row, index) for index in (cycle, charge, discharge)]
        if not all(math.isfinite(value) for value in (*values, *factors)):
            continue
        found.append(
            VendorCycle(
                cycle=int(values[0]),
                charge_ah=values[1] * factors[0],
                discharge_ah=values[2] * factors[1],
            )
        )
    return tuple(found)


def _find(titles: Sequence[Title], words: tuple[str, ...]) -> int | None:
    wanted = {key(word) for word in words}
    for index, title in enumerate(titles):
        if wanted & set(title.names):
            return index
    return None


def _factor(title: Title) -> float:
    unit = find_spelled_unit(title.unit or "", Quantity.CHARGE)
    return math.nan if unit is None else unit.factor


def _number(row: Sequence[Any], index: int) -> float:
    try:
        return float(row[index])
    except (IndexError, TypeError, ValueError):
        return math.nan

"""Which readings of two inspections may be compared, and which one stands."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from battery_registry.scoring.measurement import InstrumentClass
from battery_registry.scoring.trend import TrendRules

CAPACITY = "capacity_retention_frac"
RESISTANCE = "internal_resistance_mohm"

Reading = tuple[datetime, Mapping[str, Any]]
_GRADES = tuple(InstrumentClass)  # the best one first
_OF_CAPACITY = frozenset({CAPACITY, "capacity_fade_pct"})
_OF_RESISTANCE = frozenset({RESISTANCE, "resistance_ratio"})


def comparable(
    one: Mapping[str, Any], other: Mapping[str, Any], *, name: str, rules: TrendRules
) -> bool:
    """Whether an input's readings in two inspections may be compared.

    Capacities: same method, class of temperature and rated capacity.
    Resistances: same method and length of pulse, temperature within 3 K, state
    of charge within 10 points where both are known. All others always.
    """
    if name in _OF_CAPACITY:
        return _capacity_terms(one, rules) == _capacity_terms(other, rules)
    if name in _OF_RESISTANCE:
        return (
            one["resistance_method"] == other["resistance_method"]
            and one["pulse_seconds"] == other["pulse_seconds"]
            and _near(one, other, "ambient_temp_c", rules.resistance_temperature_k)
            and _near(one, other, "soc_pct", rules.resistance_soc_pct)
        )
    return True


def _capacity_terms(values: Mapping[str, Any], rules: TrendRules) -> tuple[Any, ...]:
    return (
        values["capacity_method"],
        values["label_rated_capacity_ah"],
        bisect_right(rules.temperature_edges_c, values["ambient_temp_c"]),
    )


def _near(
    one: Mapping[str, Any], other: Mapping[str, Any], name: str, within: float
) -> bool:
    left, right = one[name], other[name]
    return left is None or right is None or abs(left - right) <= within


def recent(readings: Sequence[Reading], rules: TrendRules) -> list[Reading]:
    """The last reading and those within the repeat window before it."""
    since = readings[-1][0] - timedelta(days=rules.repeat_window_days)
    return [one for one in readings if one[0] >= since]


def settles(
    last: Mapping[str, Any], before: Mapping[str, Any], *, name: str, rules: TrendRules
) -> bool:
    """Whether a reading replaces one before it, better or worse."""
    is_better = _GRADES.index(last["instrument_class"]) < _GRADES.index(
        before["instrument_class"]
    )
    return is_better and comparable(before, last, name=name, rules=rules)

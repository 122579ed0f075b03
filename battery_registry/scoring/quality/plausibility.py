"""Readings that can hardly be true: told and counted, never mended, never refused.

The rules are rows of ``plausibility.json``: a quantity, the limits between which
it is believed, and what is said to the inspector. A quantity is None where the
inspection does not hold what it needs, and then its rule is silent.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from math import ceil, floor
from typing import Any, Final

from battery_registry.scoring.measurement import (
    CapacityMethod,
    Chemistry,
    MaxVoltageMethod,
    Measurement,
    UnitKind,
)
from battery_registry.scoring.sentences import Text

MOST_C_RATE: Final = 5.0
"""No e-bike battery is emptied faster; judgement, where its label names no limit."""

# Nominal volts of a cell, by which the label's voltage tells how many there are.
_NOMINAL_V: Final[Mapping[Chemistry, tuple[float, float]]] = {
    Chemistry.LFP: (3.2, 3.3),
    Chemistry.TERNARY: (3.6, 3.8),
    Chemistry.LMO: (3.6, 3.8),
    Chemistry.LCO: (3.6, 3.8),
    Chemistry.OTHER_LI: (3.2, 3.8),
    Chemistry.UNKNOWN_LI: (3.2, 3.8),
}
_SECONDS_PER_HOUR = 3600


class Severity(StrEnum):
    """How much is wrong."""

    DOUBTFUL = "doubtful"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One row of the table.

    Args:
        id: Stable, told to machines.
        severity: How much is wrong where it fires.
        quantity: What is looked at, a name of ``QUANTITIES``.
        low: The least that is believed, None for no limit.
        high: The most that is believed, None for no limit.
        text: What is said to the inspector.
    """

    id: str
    severity: Severity
    quantity: str
    low: float | None
    high: float | None
    text: Text

    def fires(self, value: float) -> bool:
        """Whether a value is not believed; the limits themselves are."""
        return (self.low is not None and value < self.low) or (
            self.high is not None and value > self.high
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """A reading that is hard to believe, with the value the rule looked at."""

    rule: Rule
    value: float


def find(
    measurement: Measurement, *, new_resistance_mohm: float | None = None
) -> tuple[Finding, ...]:
    """Find what is hard to believe of a measurement, in the table's order.

    Args:
        measurement: What was read.
        new_resistance_mohm: What a new pack of its model reads by the same
            method, None where nobody knows.
    """
    found = []
    for rule, quantity in _TABLE:
        value = quantity(measurement, new_resistance_mohm)
        if value is not None and rule.fires(value):
            found.append(Finding(rule=rule, value=value))
    return tuple(found)


def with_doubts(
    verdict: Mapping[str, Any], findings: tuple[Finding, ...]
) -> dict[str, Any]:
    """Add findings to a verdict as it goes over the wire.

    Their ids are among its notes too. The code stays what it is.

    Args:
        verdict: As ``scoring.record`` spells it.
        findings: As ``find`` found them.
    """
    return {
        **verdict,
        "notes": [*verdict["notes"], *(one.rule.id for one in findings)],
        "findings": _spelled(findings),
    }


def _spelled(findings: tuple[Finding, ...]) -> list[dict[str, Any]]:
    """Findings with the sentence in both languages."""
    return [
        {
            "id": one.rule.id,
            "severity": one.rule.severity.value,
            "value": round(one.value, 4),
            "low": one.rule.low,
            "high": one.rule.high,
            "text": {"zh": one.rule.text.zh, "en": one.rule.text.en},
        }
        for one in findings
    ]


def _ratio(part: float | None, whole: float | None) -> float | None:
    return part / whole if part is not None and whole else None


def _capacity_of_rated(one: Measurement, _new: float | None) -> float | None:
    return _ratio(one.discharge_capacity_ah, one.label_rated_capacity_ah)


def _resistance_of_new(one: Measurement, new: float | None) -> float | None:
    return _ratio(one.internal_resistance_mohm, new)


def _cells(one: Measurement) -> tuple[int, int] | None:
    """The fewest and the most cells in series that it can have."""
    if one.unit_kind is UnitKind.CELL:
        return 1, 1
    if one.chemistry not in _NOMINAL_V:
        return None
    if one.cell_count_series is not None:
        return one.cell_count_series, one.cell_count_series
    if one.label_nominal_voltage_v is None:
        return None
    least_v, most_v = _NOMINAL_V[one.chemistry]
    nominal_v = one.label_nominal_voltage_v
    return max(1, floor(nominal_v / most_v)), ceil(nominal_v / least_v)


def _rest_v_of_fewest_cells(one: Measurement, _new: float | None) -> float | None:
    cells = _cells(one)
    return None if cells is None else one.ocv_v / cells[0]


def _rest_v_of_most_cells(one: Measurement, _new: float | None) -> float | None:
    cells = _cells(one)
    return None if cells is None else one.ocv_v / cells[1]


def _energy_of_label_product(one: Measurement, _new: float | None) -> float | None:
    volts, rated_ah = one.label_nominal_voltage_v, one.label_rated_capacity_ah
    if volts is None or rated_ah is None:
        return None
    return _ratio(one.label_rated_energy_wh, volts * rated_ah)


def _time_of_least_time(one: Measurement, _new: float | None) -> float | None:
    """Seconds of the test by the seconds that the capacity takes at the least."""
    rated_ah, limit_a = one.label_rated_capacity_ah, one.label_max_discharge_current_a
    if one.capacity_method is not CapacityMethod.FULL_DISCHARGE:
        return None
    most_a = limit_a or (rated_ah * MOST_C_RATE if rated_ah else None)
    least_h = _ratio(one.discharge_capacity_ah, most_a)
    return _ratio(one.test_duration_s / _SECONDS_PER_HOUR, least_h)


def _capacity_test_temp_c(one: Measurement, _new: float | None) -> float | None:
    is_test = one.capacity_method is CapacityMethod.FULL_DISCHARGE
    return one.ambient_temp_c if is_test else None


def _days_made_to_used(one: Measurement, _new: float | None) -> float | None:
    if one.production_date is None or one.first_use_date is None:
        return None
    return float((one.first_use_date - one.production_date).days)


def _full_of_rest_voltage(one: Measurement, _new: float | None) -> float | None:
    if one.max_output_voltage_method is not MaxVoltageMethod.OCV_FULL:
        return None
    return _ratio(one.max_output_voltage_v, one.ocv_v)


def _cells_of_rest(one: Measurement, cell_v: float | None) -> float | None:
    if cell_v is None or one.cell_count_series is None:
        return None
    return _ratio(cell_v * one.cell_count_series, one.ocv_v)


def _lowest_cells_of_rest_voltage(one: Measurement, _new: float | None) -> float | None:
    return _cells_of_rest(one, one.cell_voltage_min_v)


def _highest_cells_of_rest_voltage(
    one: Measurement, _new: float | None
) -> float | None:
    return _cells_of_rest(one, one.cell_voltage_max_v)


Quantity = Callable[[Measurement, float | None], float | None]
QUANTITIES: Final[Mapping[str, Quantity]] = {
    "capacity_of_rated": _capacity_of_rated,
    "resistance_of_new": _resistance_of_new,
    "rest_v_of_fewest_cells": _rest_v_of_fewest_cells,
    "rest_v_of_most_cells": _rest_v_of_most_cells,
    "energy_of_label_product": _energy_of_label_product,
    "time_of_least_time": _time_of_least_time,
    "capacity_test_temp_c": _capacity_test_temp_c,
    "days_made_to_used": _days_made_to_used,
    "full_of_rest_voltage": _full_of_rest_voltage,
    "lowest_cells_of_rest_voltage": _lowest_cells_of_rest_voltage,
    "highest_cells_of_rest_voltage": _highest_cells_of_rest_voltage,
}
"""What a rule can look at."""


def _read() -> tuple[Rule, ...]:
    table = files("battery_registry.scoring.quality").joinpath("plausibility.json")
    return tuple(
        Rule(
            id=row["id"],
            severity=Severity(row["severity"]),
            quantity=row["quantity"],
            low=row["low"],
            high=row["high"],
            text=Text(zh=row["zh"], en=row["en"]),
        )
        for row in json.loads(table.read_text(encoding="utf-8"))
    )


RULES: Final = _read()
"""The table, in its order."""
BY_ID: Final[Mapping[str, Rule]] = {rule.id: rule for rule in RULES}
_TABLE: Final = tuple((rule, QUANTITIES[rule.quantity]) for rule in RULES)

"""What the fields of an inspection say together, and where they contradict.

Each check takes the fields as they were read and gives the faults it finds,
by field.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from battery_registry.domain.city_time import city_date
from battery_registry.domain.submission import CodeScheme
from battery_registry.scoring.measurement import CapacityMethod
from battery_registry.wire.fields import has_letter_or_digit
from battery_registry.wire.ranges import BY_UNIT

EARLIEST_DATE = date(2005, 1, 1)

Faults = dict[str, list[str]]


def _volts_of_the_unit(data: Mapping[str, Any]) -> Faults:
    wrong = {}
    for name, limits in BY_UNIT.items():
        low, high = limits[data["unit_kind"]]
        value = data.get(name)
        if value is not None and not low <= value <= high:
            wrong[name] = [f"wire.out_of_range|{low}|{high}"]
    return wrong


def _pairs(data: Mapping[str, Any]) -> Faults:
    wrong = {}
    for value, method in _GO_TOGETHER:
        if data.get(value) is not None and data.get(method) is None:
            wrong[method] = [f"wire.needed_with|{value}"]
    has_capacity = data.get("discharge_capacity_ah") is not None
    if has_capacity is (data["capacity_method"] is CapacityMethod.NONE):
        wrong["capacity_method"] = ["wire.needed_with|discharge_capacity_ah"]
    has_code = data.get("pack_code") is not None
    if has_code is (data["pack_code_scheme"] is CodeScheme.NONE):
        wrong["pack_code_scheme"] = ["wire.needed_with|pack_code"]
    if data.get("prior_codes") and not has_code:
        wrong["prior_codes"] = ["wire.needed_with|pack_code"]
    is_makers = data["pack_code_scheme"] is CodeScheme.MAKER
    if is_makers and not has_letter_or_digit(data.get("maker") or ""):
        # Serial numbers of two makers may be equal; they are two batteries.
        wrong["maker"] = ["wire.needed_with|pack_code"]
    return wrong


def _order(data: Mapping[str, Any]) -> Faults:
    wrong = {}
    for low, high in _IN_ORDER:
        left, right = data.get(low), data.get(high)
        if left is not None and right is not None and left > right:
            wrong[low] = [f"wire.not_above|{high}"]
    return wrong


def _dates(data: Mapping[str, Any]) -> Faults:
    tested_on = city_date(data["tested_at"])
    return {
        name: [f"wire.out_of_range|{EARLIEST_DATE}|{tested_on}"]
        for name in ("production_date", "first_use_date")
        if data.get(name) and not EARLIEST_DATE <= data[name] <= tested_on
    }


_GO_TOGETHER = (
    ("internal_resistance_mohm", "resistance_method"),
    ("max_output_voltage_v", "max_output_voltage_method"),
)
_IN_ORDER = (
    ("cell_voltage_min_v", "cell_voltage_max_v"),
    ("label_cutoff_voltage_v", "label_nominal_voltage_v"),
    ("label_nominal_voltage_v", "label_charge_limit_voltage_v"),
)


def find_contradictions(data: Mapping[str, Any]) -> Faults:
    """Find every contradiction, by the field that must be mended."""
    wrong: Faults = {}
    for check in (_volts_of_the_unit, _pairs, _order, _dates):
        wrong.update(check(data))
    return wrong

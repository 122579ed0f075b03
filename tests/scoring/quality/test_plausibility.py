from datetime import date
from typing import Any

import pytest

from battery_registry.scoring.measurement import (
    CapacityMethod,
    Chemistry,
    MaxVoltageMethod,
    UnitKind,
)
from battery_registry.scoring.quality import plausibility
from battery_registry.scoring.quality.plausibility import (
    BY_ID,
    QUANTITIES,
    RULES,
    with_doubts,
)
from tests.scoring.builders import make_measurement

PLAUSIBLE = {"test_duration_s": 7200.0}
CELLS = {"cell_count_series": 13, "cell_voltage_min_v": 4.16, "cell_voltage_max_v": 4.2}


def find(new_resistance_mohm: float | None = None, **changes: Any) -> list[str]:
    measured = make_measurement(**{**PLAUSIBLE, **changes})
    return [
        finding.rule.id
        for finding in plausibility.find(
            measured, new_resistance_mohm=new_resistance_mohm
        )
    ]


def test_a_healthy_pack_is_believed() -> None:
    assert find() == []
    assert find(new_resistance_mohm=110.0, label_rated_energy_wh=960.0, **CELLS) == []


# Rule, field, a value beyond the limit, the limit itself, what else is told.
LIMITS: tuple[tuple[str, str, Any, Any, dict[str, Any]], ...] = (
    ("CAPACITY-HIGH", "discharge_capacity_ah", 23.01, 23.0, {}),
    ("RESISTANCE-LOW", "internal_resistance_mohm", 71.9, 72.0, {}),
    # 12 to 14 cells of 3.6 to 3.8 V make 48 V.
    ("VOLTAGE-LOW", "ocv_v", 23.9, 24.0, {}),
    ("VOLTAGE-HIGH", "ocv_v", 59.6, 59.5, {"max_output_voltage_v": 60.0}),
    (
        "VOLTAGE-HIGH",
        "ocv_v",
        *(55.3, 55.2),
        {"cell_count_series": 13, "max_output_voltage_v": 55.3},
    ),
    ("ENERGY-LABEL", "label_rated_energy_wh", 815.9, 816.0, {}),
    ("ENERGY-LABEL", "label_rated_energy_wh", 1104.1, 1104.0, {}),
    # 19 Ah at 30 A take 2,280 s; at five times the rated 20 Ah they take 684 s.
    (
        "TEST-SHORT",
        "test_duration_s",
        2234,
        2235,
        {"label_max_discharge_current_a": 30},
    ),
    ("TEST-SHORT", "test_duration_s", 670.0, 671.0, {}),
    ("CAPACITY-TEMPERATURE", "ambient_temp_c", 9.9, 10.0, {}),
    ("CAPACITY-TEMPERATURE", "ambient_temp_c", 35.1, 35.0, {}),
    ("USED-BEFORE-MADE", "first_use_date", date(2024, 5, 31), date(2024, 6, 1), {}),
    ("MAXIMUM-BELOW-REST", "max_output_voltage_v", 53.1, 53.2, {}),
    ("CELLS-ABOVE-PACK", "cell_voltage_min_v", 4.26, 4.25, CELLS),
    ("CELLS-BELOW-PACK", "cell_voltage_max_v", 4.08, 4.09, CELLS),
)


@pytest.mark.parametrize(("expected", "name", "beyond", "limit", "told"), LIMITS)
def test_each_rule_speaks_beyond_its_limit_and_not_at_it(
    expected: str, name: str, beyond: Any, limit: Any, told: dict[str, Any]
) -> None:
    assert find(120.0, **{**told, name: beyond}) == [expected]
    assert find(120.0, **{**told, name: limit}) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"label_rated_capacity_ah": None, "discharge_capacity_ah": 99.0},
        {"discharge_capacity_ah": None, "capacity_method": CapacityMethod.NONE},
        {"capacity_method": CapacityMethod.BMS, "test_duration_s": 10.0},
        {"capacity_method": CapacityMethod.BMS, "ambient_temp_c": 5.0},
        {"label_nominal_voltage_v": None, "ocv_v": 3.0},
        {"chemistry": Chemistry.LEAD_ACID, "ocv_v": 3.0},
        {
            "label_nominal_voltage_v": None,
            "label_rated_energy_wh": 1.0,
        },
        {
            "max_output_voltage_method": MaxVoltageMethod.LABEL_LIMIT,
            "max_output_voltage_v": 50.0,
        },
        {"cell_voltage_min_v": 4.9},
        {"cell_count_series": 13},
        {"ocv_v": 0.0, "chemistry": Chemistry.SODIUM_ION, **CELLS},
        {"production_date": None, "first_use_date": date(2020, 1, 1)},
    ],
)
def test_a_rule_is_silent_where_it_cannot_know(changes: dict[str, Any]) -> None:
    assert find(**changes) == []


def test_one_cell_is_one_cell() -> None:
    cell: dict[str, Any] = {
        "unit_kind": UnitKind.CELL,
        "label_nominal_voltage_v": 3.6,
        "max_output_voltage_v": 4.3,
    }
    assert find(ocv_v=4.2, **cell) == []
    assert find(ocv_v=4.3, **cell) == ["VOLTAGE-HIGH"]


def test_findings_are_told_and_change_nothing_else() -> None:
    verdict = {"code": "green", "notes": ["P2"], "score": 3.0}
    found = plausibility.find(make_measurement(discharge_capacity_ah=24.0))
    told = with_doubts(verdict, found)
    assert {name: told[name] for name in ("code", "score")} == {
        "code": "green",
        "score": 3.0,
    }
    assert told["notes"] == ["P2", "CAPACITY-HIGH", "TEST-SHORT"]
    assert verdict["notes"] == ["P2"]
    first = told["findings"][0]
    assert (first["severity"], first["value"], first["low"], first["high"]) == (
        "doubtful",
        1.2,
        None,
        1.15,
    )
    assert first["text"]["en"] == BY_ID["CAPACITY-HIGH"].text.en


def test_the_table_is_sound() -> None:
    assert len(BY_ID) == len(RULES) > 10
    assert {rule.quantity for rule in RULES} == QUANTITIES.keys()
    for rule in RULES:
        assert rule.low is not None or rule.high is not None
        assert rule.text.zh.endswith("。")
        assert rule.text.en.endswith(".")

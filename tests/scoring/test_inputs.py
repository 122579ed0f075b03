"""Inputs that follow from a measurement."""

from datetime import UTC, date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_registry.scoring.inputs import (
    DERIVED,
    INPUTS,
    VERDICT,
    WORDS,
    InputKind,
    age_years,
    derive,
)
from tests.scoring.builders import make_circumstances, make_measurement


@pytest.mark.parametrize(
    ("made_on", "on", "age"),
    [
        (date(2021, 6, 1), date(2026, 6, 1), 5.0),
        (date(2021, 6, 1), date(2026, 5, 31), 4 + 364 / 365),
        (date(2021, 6, 1), date(2026, 6, 2), 5 + 1 / 365),
        (date(2023, 6, 1), date(2024, 5, 31), 365 / 366),
        (date(2026, 6, 1), date(2026, 6, 1), 0.0),
        (date(2024, 2, 29), date(2025, 2, 28), 1.0),
        (date(2024, 2, 29), date(2025, 2, 27), 364 / 365),
        (date(2024, 2, 29), date(2028, 2, 29), 4.0),
    ],
)
def test_age(made_on: date, on: date, age: float) -> None:
    assert age_years(made_on, on) == age


@given(
    made_on=st.dates(date(2005, 1, 1), date(2026, 1, 1)),
    days=st.integers(0, 9000),
)
def test_a_day_later_is_older(made_on: date, days: int) -> None:
    day = date.fromordinal(made_on.toordinal() + days)
    later = date.fromordinal(day.toordinal() + 1)
    assert 0 <= age_years(made_on, day) < age_years(made_on, later)


def test_every_named_input_is_there_with_its_kind() -> None:
    values = derive(make_measurement(), make_circumstances(), zone=UTC)
    assert INPUTS.keys() - VERDICT.keys() == values.keys() - {"tested_at"}
    of_kind = {
        InputKind.FLAG: bool,
        InputKind.NUMBER: float,
        InputKind.DATE: date,
        InputKind.WORD: str,
    }
    for name, value in values.items():
        if value is not None and name != "tested_at":
            assert isinstance(value, of_kind[INPUTS[name]]), name
    assert {name for name, kind in INPUTS.items() if kind is InputKind.WORD} == set(
        WORDS
    )


@pytest.mark.parametrize(
    ("rated", "discharged", "method", "fade", "retention"),
    [
        (20.0, 15.0, "full_discharge", 25.0, 0.75),
        (20.0, 21.0, "bms", -5.0, 1.05),
        (20.0, 15.0, "partial_estimate", None, None),
        (20.0, 15.0, "none", None, None),
        (20.0, None, "full_discharge", None, None),
        (None, 15.0, "full_discharge", None, None),
        (20.0, 0.0, "full_discharge", 100.0, 0.0),
    ],
)
def test_fade_only_when_it_was_measured(
    rated: float | None,
    discharged: float | None,
    method: str,
    fade: float | None,
    retention: float | None,
) -> None:
    measurement = make_measurement(
        label_rated_capacity_ah=rated,
        discharge_capacity_ah=discharged,
        capacity_method=method,
    )
    values = derive(measurement, make_circumstances(), zone=UTC)
    assert values["capacity_fade_pct"] == pytest.approx(fade)
    assert values["capacity_retention_frac"] == pytest.approx(retention)


def test_what_the_label_lacks() -> None:
    bare = make_measurement(
        label_nominal_voltage_v=None, label_rated_capacity_ah=None, production_date=None
    )
    values = derive(bare, make_circumstances(training_valid=False), zone=UTC)
    names = [name for name in DERIVED if values[name] is False]
    assert names == [
        "label_nominal_voltage_present",
        "label_rated_capacity_present",
        "inspector_training_valid",
    ]
    assert values["age_years"] is None

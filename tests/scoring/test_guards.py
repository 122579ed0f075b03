"""Guard bands: they widen yellow and never touch red."""

import pytest

from battery_registry.scoring import load, score_one
from battery_registry.scoring.measurement import InstrumentClass
from tests.scoring.builders import judge, make_circumstances, make_measurement

CN = load("cn-2024")
# relative u, highest resistance that is surely not above 500 mΩ
LIMITS = [
    (InstrumentClass.STATION, "dc_pulse", 462.0),
    (InstrumentClass.STATION, "other", 429.0),
    (InstrumentClass.QUICK, "dc_pulse", 429.0),
    (InstrumentClass.QUICK, "other", 376.0),
    (InstrumentClass.REFERENCE, "dc_pulse", 484.0),
]


@pytest.mark.parametrize(("grade", "method", "limit"), LIMITS)
def test_the_band_is_as_wide_as_the_uncertainty(
    grade: InstrumentClass, method: str, limit: float
) -> None:
    def code(mohm: float) -> str:
        return score_one(
            make_measurement(internal_resistance_mohm=mohm, resistance_method=method),
            make_circumstances(instrument_class=grade),
            CN,
        ).code

    assert [code(limit), code(limit + 1), code(500.0)] == ["green", "yellow", "yellow"]
    assert code(500.1) == "red"  # simple acceptance on the reading


@pytest.mark.parametrize(
    ("grade", "retention"),
    [
        (InstrumentClass.REFERENCE, 0.516),
        (InstrumentClass.STATION, 0.533),
        (InstrumentClass.QUICK, 0.549),
    ],
)
def test_the_band_of_the_fade(grade: InstrumentClass, retention: float) -> None:
    def guards(left: float) -> list[str]:
        found = score_one(
            make_measurement(label_rated_capacity_ah=100.0, discharge_capacity_ah=left),
            make_circumstances(instrument_class=grade),
            CN,
        )
        return [guard.guard_id for guard in found.guards]

    assert guards(retention * 100 + 0.1) == []
    assert guards(retention * 100 - 0.1) == ["GUARD-T3"]
    assert guards(49.0) == []  # the rule itself speaks


def test_a_guard_says_what_it_read() -> None:
    (guard,) = judge(internal_resistance_mohm=480.0).guards
    assert (guard.rule_id, guard.clause, guard.threshold) == ("T1", "3(1)", 500)
    assert (guard.reading, guard.u) == (480.0, 24.0)
    assert guard.limit == pytest.approx(500 / (1 + 1.645 * 0.05))


def test_no_guard_where_its_rule_is_none() -> None:
    assert judge(internal_resistance_mohm=480.0, chemistry="nimh").guards == ()
    assert judge(internal_resistance_mohm=None).guards == ()

"""What earlier inspections do to the verdict on the present one."""

from datetime import UTC, date, datetime, timedelta
from math import sqrt
from typing import Any

import pytest

from battery_registry.scoring import load, score_one
from battery_registry.scoring.background import Background
from battery_registry.scoring.evaluation import Evaluation
from battery_registry.scoring.history import Past, look_back
from battery_registry.scoring.measurement import InstrumentClass, ResistanceMethod
from battery_registry.scoring.reference import UNKNOWN_MODEL, ModelReference
from tests.scoring.builders import make_circumstances, make_measurement

CN = load("cn-2024")
NOW = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
MONTH = timedelta(days=30.4375)
U = 0.02  # of a full discharge with a station's instrument


def past(days_ago: float, **changes: Any) -> Past:
    grade = changes.pop("instrument_class", InstrumentClass.STATION)
    at = NOW - timedelta(days=days_ago)
    return Past(
        measurement=make_measurement(tested_at=at, **changes),
        circumstances=make_circumstances(instrument_class=grade),
    )


def known(
    *before: Past, reference: ModelReference = UNKNOWN_MODEL, **changes: Any
) -> Background:
    return look_back(
        make_measurement(tested_at=NOW, **changes),
        make_circumstances(),
        past=before,
        reference=reference,
        ruleset=CN,
    )


def verdict(*before: Past, **changes: Any) -> Evaluation:
    return score_one(
        make_measurement(tested_at=NOW, **changes),
        make_circumstances(),
        CN,
        known(*before, **changes),
    )


def test_without_a_past_nothing_stands() -> None:
    assert known() == Background()
    assert known(past(-1, discharge_capacity_ah=9.0)) == Background()  # made later


def test_a_better_repeat_does_not_replace_a_worse_reading() -> None:
    found = verdict(past(3, discharge_capacity_ah=16.0), discharge_capacity_ah=18.0)
    capacity = found.contributions[0]
    assert (capacity.reading, capacity.from_before) == (0.8, True)
    assert (found.code, found.score_tenths) == ("yellow", 380)
    assert found.capacity_fade_pct == pytest.approx(10)  # told as it was read


@pytest.mark.parametrize(
    "earlier",
    [
        past(31, discharge_capacity_ah=16.0),
        past(3, discharge_capacity_ah=16.0, instrument_class=InstrumentClass.QUICK),
        past(3, temperature_rise_k=18.0, instrument_class=InstrumentClass.QUICK),
    ],
    ids=["long ago", "settled by a better instrument", "settled, terms or none"],
)
def test_what_is_over_or_settled_does_not_stand(earlier: Past) -> None:
    found = known(earlier, discharge_capacity_ah=18.0, temperature_rise_k=3.0)
    assert found.standing == {}


@pytest.mark.parametrize(
    "earlier",
    [
        past(3, discharge_capacity_ah=16.0, capacity_method="bms"),
        past(3, discharge_capacity_ah=16.0, ambient_temp_c=12.0),
        past(3, discharge_capacity_ah=8.0, label_rated_capacity_ah=10.0),
        past(3, discharge_capacity_ah=16.0, instrument_class=InstrumentClass.REFERENCE),
        past(0, discharge_capacity_ah=16.0),
    ],
    ids=["method", "cold", "label", "worse instrument", "same moment"],
)
def test_other_terms_take_no_worse_reading_away(earlier: Past) -> None:
    standing = known(earlier, discharge_capacity_ah=18.0).standing
    assert standing["capacity_retention_frac"] == 0.8


def test_a_better_repeat_does_not_flatten_the_trend() -> None:
    before = [past(103, discharge_capacity_ah=19.0)]
    worse = past(3, discharge_capacity_ah=16.0)
    falling = known(*before, discharge_capacity_ah=16.0).trend
    again = known(*before, worse, discharge_capacity_ah=19.0).trend
    assert falling is not None
    assert again is not None
    assert again.significant
    assert again.slope_pct_per_month < falling.slope_pct_per_month  # in less time
    other = known(*before, worse, discharge_capacity_ah=19.0, capacity_method="bms")
    assert other.trend == again
    assert other.months_to_red is not None


def test_a_worse_repeat_counts_itself() -> None:
    found = verdict(past(3, discharge_capacity_ah=18.0), discharge_capacity_ah=16.0)
    assert (found.contributions[0].from_before, found.score_tenths) == (False, 380)


def test_a_resistance_near_its_limit_is_not_tested_away() -> None:
    worse = {"internal_resistance_mohm": 480.0}
    assert verdict(past(3, **worse)).guards[0].guard_id == "GUARD-T1"
    assert verdict(past(3, **worse)).code == "yellow"
    others: list[dict[str, Any]] = [
        {"resistance_method": "ac_1khz"},
        {"pulse_seconds": 10.0},
        {"ambient_temp_c": 25.5},
        {"soc_pct": 50.0},
    ]
    for other in others:
        assert verdict(past(3, **worse, **other), soc_pct=61.0).code == "yellow"
    quick = InstrumentClass.QUICK
    assert verdict(past(3, **worse, instrument_class=quick)).guards == ()
    warm = past(3, **worse, instrument_class=quick, ambient_temp_c=25.5)
    assert verdict(warm).guards != ()  # better, but under other terms


def test_a_reading_left_out_counts_as_it_was_last() -> None:
    without = {"discharge_capacity_ah": None, "capacity_method": "none"}
    before = [
        past(300, discharge_capacity_ah=19.0),
        past(200, discharge_capacity_ah=15.0, water_marks=True),
        past(190, discharge_capacity_ah=16.0),
    ]
    found = verdict(*before, **without)
    assert found.contributions[0].reading == 0.75  # the worse of two repeats
    assert found.code == "yellow"
    marks = next(p for p in found.contributions if p.factor == "water_marks")
    assert (marks.reading, marks.points_tenths, marks.from_before) == (1.0, 150, True)
    assert verdict(*before, water_marks=False).contributions[7].points_tenths == 0


def test_a_trend_needs_a_loss_beyond_the_uncertainty() -> None:
    limit = 1.96 * sqrt(2) * U * 20  # Ah
    at = 12 * MONTH / timedelta(days=1)
    less = verdict(past(at), discharge_capacity_ah=19.0 - limit + 0.001)
    assert less.trend is not None
    assert not less.trend.significant
    assert less.contributions[2].reading is None
    more = verdict(past(at), discharge_capacity_ah=19.0 - limit - 0.001)
    assert more.trend is not None
    assert more.trend.significant
    lost = limit / 20 / 12 * 100
    assert more.contributions[2].reading == pytest.approx(lost, rel=0.01)
    assert more.score_tenths == sum(p.points_tenths for p in more.contributions)


def test_a_gain_takes_no_points_and_raises_a_flag() -> None:
    limit = 3 * sqrt(2) * U * 20
    before = past(365, discharge_capacity_ah=15.0)
    more = verdict(before, discharge_capacity_ah=15.0 + limit + 0.001)
    assert more.flags == ("IDENTITY",)
    assert more.notes[-1] == "IDENTITY"
    assert more.contributions[2].points_tenths == 0
    alone = verdict(discharge_capacity_ah=15.0 + limit + 0.001)
    assert (more.code, more.score_tenths) == (alone.code, alone.score_tenths)
    less = verdict(before, discharge_capacity_ah=15.0 + limit - 0.001)
    assert less.flags == ()
    none = verdict(before, discharge_capacity_ah=None, capacity_method="none")
    assert none.flags == ()


def test_a_jump_of_the_resistance_is_flagged() -> None:
    assert verdict(past(90), internal_resistance_mohm=157.0).flags == ("R-JUMP",)
    assert verdict(past(90), internal_resistance_mohm=155.0).flags == ()
    assert verdict(past(90), internal_resistance_mohm=None).flags == ()


def test_what_was_never_read_has_neither_trend_nor_flags() -> None:
    unread: dict[str, Any] = {"discharge_capacity_ah": None, "capacity_method": "none"}
    found = known(past(90, **unread), **unread)
    assert (found.trend, found.months_to_red, found.flags) == (None, None, ())


def test_a_mere_repeat_has_no_trend() -> None:
    found = known(past(3, discharge_capacity_ah=15.0), discharge_capacity_ah=14.0)
    assert (found.trend, found.months_to_red) == (None, None)


def test_use_is_counted_over_life_and_since_the_first_inspection() -> None:
    assert known(cycle_count=48).efc_per_month == pytest.approx(2, rel=0.01)
    busy = known(past(61, cycle_count=20), cycle_count=48)
    assert busy.efc_per_month == pytest.approx(14, rel=0.01)
    assert known(past(20, cycle_count=20)).efc_per_month == pytest.approx(0.85, 0.02)
    assert known(cycle_count=48, production_date=None).efc_per_month is None
    new = known(cycle_count=48, production_date=date(2026, 6, 1))
    assert new.efc_per_month is None


def test_the_model_is_known_by_its_own_method() -> None:
    reference = ModelReference(
        resistance_mohm={ResistanceMethod.DC_PULSE: 60.0}, capacity_ah=25.0
    )
    background = known(reference=reference)
    found = score_one(make_measurement(), make_circumstances(), CN, background)
    assert found.contributions[0].reading == 19.0 / 25.0
    assert found.capacity_fade_pct == pytest.approx(5)  # against the label
    ratio = found.contributions[1]
    assert (ratio.reading, ratio.points_tenths) == (2.0, 80)
    assert ratio.u == pytest.approx(0.1)
    other = known(reference=reference, resistance_method="ac_1khz")
    assert other.new_resistance_mohm is None
    poor = known(reference=ModelReference(capacity_ah=10.0))
    found = score_one(make_measurement(), make_circumstances(), CN, poor)
    assert found.contributions[0].reading == 0.95  # the label promised more


def test_the_next_inspection_follows_use_and_trend() -> None:
    assert verdict().next_due == date(2027, 6, 1)
    # 25 cycles a month: a fifth of 600 cycles is 4.8 months
    often = verdict(cycle_count=600)
    assert often.next_due is not None
    assert (often.next_due - date(2026, 6, 1)).days == 145
    assert verdict(cycle_count=600, maker_cycle_limit=1500).next_due == date(2027, 6, 1)
    falling = [past(365, discharge_capacity_ah=19.0)]
    fast = verdict(*falling, discharge_capacity_ah=14.0)
    slow = verdict(discharge_capacity_ah=14.0)
    assert fast.next_due is not None
    assert slow.next_due is not None
    assert date(2026, 6, 15) <= fast.next_due < slow.next_due
    # one better reading after the fall does not lengthen the interval
    again = [*falling, past(100, discharge_capacity_ah=14.0)]
    better = verdict(*again, discharge_capacity_ah=16.0)
    assert better.next_due is not None
    assert better.next_due < date(2026, 12, 1)


def test_everything_that_was_judged_is_hashed() -> None:
    alone = verdict().input_sha256
    assert verdict(past(400)).input_sha256 != alone
    quick = make_circumstances(instrument_class=InstrumentClass.QUICK)
    assert score_one(make_measurement(tested_at=NOW), quick, CN).input_sha256 != alone

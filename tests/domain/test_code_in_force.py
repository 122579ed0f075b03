from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_registry.domain.code_in_force import Decision, InForce, decide
from battery_registry.scoring.evaluation import Code

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
EARLIER = NOON - timedelta(days=1)
LATER = NOON + timedelta(days=1)

codes = st.sampled_from(Code)


def decided(
    current: Code | None,
    new: Code,
    *,
    tested_at: datetime = LATER,
    case_open: bool = False,
    destroyed: bool = False,
    must_isolate: bool = False,
) -> Decision:
    return decide(
        None if current is None else InForce(code=current, tested_at=NOON),
        new_code=new,
        new_tested_at=tested_at,
        case_open=case_open,
        destroyed=destroyed,
        must_isolate=must_isolate,
    )


@pytest.mark.parametrize(
    ("tested_at", "code"), [(LATER, Code.VOID), (EARLIER, Code.GREEN)]
)
def test_a_battery_too_hot_to_test_is_green_no_longer(
    tested_at: datetime, code: Code
) -> None:
    decision = decided(Code.GREEN, Code.VOID, tested_at=tested_at, must_isolate=True)
    assert decision.in_force.code is code


@pytest.mark.parametrize(("hours_late", "code"), [(24, Code.YELLOW), (25, Code.GREEN)])
def test_a_late_yellow_stands_against_its_better_repeat(
    hours_late: int, code: Code
) -> None:
    decision = decide(
        InForce(code=Code.GREEN, tested_at=NOON),
        new_code=Code.YELLOW,
        new_tested_at=NOON - timedelta(hours=hours_late),
        case_open=False,
        repeat_window=timedelta(hours=24),
    )
    assert decision.in_force.code is code
    assert decision.adopted is (code is Code.YELLOW)


@pytest.mark.parametrize("new", Code)
def test_the_first_evaluation_gives_the_code(new: Code) -> None:
    decision = decided(None, new)
    assert decision.in_force == InForce(code=new, tested_at=LATER)
    assert decision.adopted
    assert decision.changed
    assert decision.opens_case is (new is Code.RED)


@pytest.mark.parametrize(
    ("current", "new", "tested_at", "code"),
    [
        (Code.GREEN, Code.YELLOW, LATER, Code.YELLOW),
        (Code.GREEN, Code.INCOMPLETE, LATER, Code.INCOMPLETE),
        (Code.YELLOW, Code.GREEN, EARLIER, Code.YELLOW),
        (Code.YELLOW, Code.GREEN, NOON, Code.YELLOW),
        (Code.GREEN, Code.VOID, LATER, Code.GREEN),
        (Code.VOID, Code.GREEN, LATER, Code.GREEN),
        (Code.VOID, Code.GREEN, EARLIER, Code.GREEN),
        (Code.GREEN, Code.RED, LATER, Code.RED),
        (Code.GREEN, Code.RED, EARLIER, Code.RED),
        (Code.VOID, Code.RED, EARLIER, Code.RED),
        (Code.RED, Code.GREEN, LATER, Code.GREEN),
        (Code.RED, Code.GREEN, EARLIER, Code.RED),
        (Code.GREEN, Code.YELLOW, NOON, Code.YELLOW),
        (Code.GREEN, Code.YELLOW, EARLIER, Code.GREEN),
        (Code.YELLOW, Code.NOT_COVERED, LATER, Code.YELLOW),
        (Code.INCOMPLETE, Code.NOT_COVERED, LATER, Code.NOT_COVERED),
    ],
)
def test_the_code_without_an_open_case(
    current: Code, new: Code, tested_at: datetime, code: Code
) -> None:
    decision = decided(current, new, tested_at=tested_at)
    assert decision.in_force.code is code
    assert decision.changed is (code is not current)
    assert decision.opens_case is (new is Code.RED)


def test_the_same_code_by_a_later_test_is_adopted_but_not_a_change() -> None:
    decision = decided(Code.GREEN, Code.GREEN)
    assert decision.in_force.tested_at == LATER
    assert decision.adopted
    assert not decision.changed


def test_a_later_void_replaces_a_void() -> None:
    assert decided(Code.VOID, Code.VOID).in_force.tested_at == LATER
    assert not decided(Code.VOID, Code.VOID, tested_at=EARLIER).adopted


@given(current=st.none() | codes, new=codes, is_late=st.booleans())
def test_an_open_case_keeps_red_and_opens_no_second(
    current: Code | None, new: Code, is_late: bool
) -> None:
    tested_at = EARLIER if is_late else LATER
    decision = decided(current, new, tested_at=tested_at, case_open=True)
    assert decision.in_force.code is Code.RED
    assert not decision.opens_case
    assert decision.changed is (current is not Code.RED)
    assert not decision.adopted or new is Code.RED


def test_under_an_open_case_only_a_later_red_is_pointed_at() -> None:
    assert decided(Code.RED, Code.RED, case_open=True).adopted
    assert not decided(Code.RED, Code.RED, tested_at=EARLIER, case_open=True).adopted
    assert not decided(Code.RED, Code.GREEN, case_open=True).adopted


@given(current=codes, new=codes)
def test_nothing_changes_the_code_of_a_destroyed_battery(
    current: Code, new: Code
) -> None:
    decision = decided(current, new, destroyed=True)
    assert decision.in_force == InForce(code=current, tested_at=NOON)
    assert not decision.adopted
    assert not decision.changed
    assert not decision.opens_case


def test_a_destroyed_battery_without_a_code_gets_its_first() -> None:
    assert decided(None, Code.GREEN, destroyed=True).adopted


def test_a_clock_nobody_kept_right_makes_worse_by_arrival_and_better_by_date() -> None:
    long_ago, arrived_at = NOON - timedelta(days=400), LATER
    green = InForce(code=Code.GREEN, tested_at=NOON)
    worse = decide(
        green,
        new_code=Code.YELLOW,
        new_tested_at=long_ago,
        case_open=False,
        arrived_at=arrived_at,
    )
    assert worse.in_force == InForce(code=Code.YELLOW, tested_at=arrived_at)
    better = decide(
        worse.in_force,
        new_code=Code.GREEN,
        new_tested_at=long_ago,
        case_open=False,
        arrived_at=arrived_at + timedelta(days=1),
    )
    assert not better.adopted

"""An independent retest differs in everything from every red."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from battery_registry.domain import retests
from battery_registry.domain.retests import (
    Attempt,
    Finding,
    Retest,
    RetestState,
    greens_needed,
    judge,
    state_after,
)
from battery_registry.scoring.evaluation import Code
from tests.builders import NOW


def make_tested(number: int, **changes: object) -> retests.Tested:
    told = {
        "station_id": UUID(int=number),
        "instrument_id": UUID(int=100 + number),
        "inspector_id": UUID(int=200 + number),
        "tested_at": NOW + timedelta(hours=number),
    }
    return retests.Tested(**{**told, **changes})  # type: ignore[arg-type]  # plain values


RETEST = Retest(
    retest_id=UUID(int=1),
    battery_id=UUID(int=2),
    case_id=UUID(int=3),
    greens_needed=1,
    opened_at=NOW + timedelta(minutes=150),
    due_at=NOW + timedelta(days=15),
    reds=(make_tested(1), make_tested(2)),
)


def attempt(
    tested: retests.Tested, code: Code = Code.GREEN, *, valid: bool = True
) -> Attempt:
    return Attempt(tested=tested, code=code, is_valid=valid)


def test_another_place_instrument_and_person_count() -> None:
    assert judge(attempt(make_tested(3)), RETEST) is Finding.COUNTS
    assert state_after(Finding.COUNTS, RETEST) is RetestState.PASSED


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize(
    ("name", "finding"),
    [
        ("station_id", Finding.SAME_STATION),
        ("instrument_id", Finding.SAME_INSTRUMENT),
        ("inspector_id", Finding.SAME_INSPECTOR),
    ],
)
def test_one_thing_in_common_with_any_red_is_enough(
    number: int, name: str, finding: Finding
) -> None:
    shared = {name: getattr(make_tested(number), name)}
    assert judge(attempt(make_tested(3, **shared)), RETEST) is finding


def test_time_code_and_fitness_count_too() -> None:
    green = make_tested(3)
    early = replace(green, tested_at=NOW + timedelta(hours=2))
    late = replace(green, tested_at=RETEST.due_at + timedelta(seconds=1))
    assert judge(attempt(early), RETEST) is Finding.NOT_LATER
    unasked = replace(green, tested_at=RETEST.opened_at - timedelta(seconds=1))
    assert judge(attempt(unasked), RETEST) is Finding.BEFORE_OPENED
    at_once = replace(green, tested_at=RETEST.opened_at)
    assert judge(attempt(at_once), RETEST) is Finding.COUNTS
    assert judge(attempt(late), RETEST) is Finding.TOO_LATE
    in_time = replace(green, tested_at=RETEST.due_at)
    assert judge(attempt(in_time), RETEST) is Finding.COUNTS
    assert judge(attempt(green, valid=False), RETEST) is Finding.NOT_VALID
    for code in set(Code) - {Code.GREEN, Code.RED}:
        assert judge(attempt(green, code), RETEST) is Finding.NOT_GREEN
    assert judge(attempt(make_tested(1), Code.RED), RETEST) is Finding.RED
    assert state_after(Finding.RED, RETEST) is RetestState.FAILED


def test_two_greens_are_two_tests() -> None:
    first = make_tested(3, recording_sha256="ab" * 32)
    twice = replace(RETEST, greens_needed=2)
    assert state_after(Finding.COUNTS, twice) is RetestState.OPEN
    half = replace(twice, greens=(first,))
    again = replace(first, tested_at=first.tested_at + timedelta(hours=1))
    assert judge(attempt(first), half) is Finding.SAME_TEST
    assert judge(attempt(again), half) is Finding.SAME_TEST
    alike = replace(again, recording_sha256="cd" * 32)
    assert judge(attempt(alike), half) is Finding.SAME_STATION
    for name, finding in (
        ("station_id", Finding.SAME_STATION),
        ("instrument_id", Finding.SAME_INSTRUMENT),
        ("inspector_id", Finding.SAME_INSPECTOR),
    ):
        shared = make_tested(4, **{name: getattr(first, name)})
        assert judge(attempt(shared), half) is finding
    assert judge(attempt(make_tested(4)), half) is Finding.COUNTS
    assert state_after(Finding.COUNTS, half) is RetestState.PASSED
    assert state_after(Finding.SAME_TEST, half) is RetestState.OPEN


def test_appearance_needs_two() -> None:
    assert greens_needed(["internal_resistance_mohm"]) == 1
    assert greens_needed(["internal_resistance_mohm", "leakage"]) == 2


@pytest.mark.parametrize("state", RetestState)
def test_only_a_passed_retest_clears(state: RetestState) -> None:
    trial = retests.Trial(
        retest=RETEST,
        inspection_id=UUID(int=9),
        tested=make_tested(3),
        finding=Finding.COUNTS,
        state=state,
    )
    assert trial.clears is (state is RetestState.PASSED)

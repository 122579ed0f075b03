"""What must not happen to a battery any more, or cannot have happened."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from battery_registry.domain import Kind, afterlife
from battery_registry.domain.afterlife import (
    TOO_FAST,
    BatteryDestroyedError,
    End,
    changed_maker_data,
    end_of,
    is_too_fast,
)
from battery_registry.domain.custody_edges import State

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
HERE = afterlife.Tested(district_code="110102", at=NOW)


@pytest.mark.parametrize(
    ("destroyed", "case_state", "replaced", "end"),
    [
        (False, None, False, None),
        (False, State.FLAGGED, False, None),
        (False, State.CLEARED, False, None),
        (False, None, True, End.DECOMMISSIONED),
        (False, State.MISSING, False, End.MISSING),
        (False, State.MISSING, True, End.MISSING),
        (True, State.DESTROYED, False, End.DESTROYED),
        (True, State.MISSING, True, End.DESTROYED),
    ],
)
def test_the_gravest_end_is_told(
    *, destroyed: bool, case_state: State | None, replaced: bool, end: End | None
) -> None:
    found = end_of(destroyed=destroyed, case_state=case_state, replaced=replaced)
    assert found is end


@pytest.mark.parametrize(
    ("district", "later", "answer"),
    [
        ("110108", timedelta(0), True),
        ("110108", TOO_FAST - timedelta(microseconds=1), True),
        ("110108", TOO_FAST, False),
        ("110102", timedelta(0), False),
    ],
)
def test_nothing_is_in_two_districts_within_half_an_hour(
    district: str, later: timedelta, *, answer: bool
) -> None:
    there = afterlife.Tested(district_code=district, at=NOW + later)
    assert is_too_fast(HERE, there) is answer
    assert is_too_fast(there, HERE) is answer


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ({"maker": "Volta"}, {"maker": "Volta"}, ()),
        ({"maker": "Volta"}, {"maker": " VOL TA"}, ()),
        ({"maker": "Volta"}, {"maker": "Amper"}, ("maker",)),
        ({"maker": "Volta"}, {"maker": None}, ()),
        ({"maker": "Volta"}, {}, ()),
        ({"maker": None}, {"maker": "Amper"}, ()),
        ({"series": 13, "model": "a"}, {"series": 16, "model": "b"}, None),
        ({"series": 13}, {"series": 13}, ()),
    ],
)
def test_only_what_both_say_can_contradict(
    before: Mapping[str, object],
    after: Mapping[str, object],
    changed: tuple[str, ...] | None,
) -> None:
    wanted = tuple(before) if changed is None else changed
    assert changed_maker_data(before, after) == wanted


def test_a_destroyed_battery_is_gone() -> None:
    refusal = BatteryDestroyedError()
    assert (refusal.code, refusal.kind) == ("battery_destroyed", Kind.GONE)

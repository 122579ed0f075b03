"""When a retest ends a red: other hands, other instrument, other place, green.

An inspection is held against every red one of the case, not the first alone:
who confirmed the red is no more independent of it than who gave it. Where two
greens are needed, the second is independent of the first as well.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final
from uuid import UUID

from battery_registry.domain import Kind, RegistryError
from battery_registry.scoring.evaluation import Code

APPEARANCE: Final = frozenset(
    {
        "burn_marks",
        "deformation",
        "housing_broken_exposed",
        "leakage",
        "mount_mismatch",
        "port_damaged",
    }
)
"""What an inspector sees: two pairs of eyes must see it otherwise."""
GREENS_NEEDED: Final = 1
GREENS_NEEDED_BY_APPEARANCE: Final = 2


class RetestState(StrEnum):
    """Where a retest stands; ``lapsed`` is one that came to nothing in time."""

    OPEN = "open"
    PASSED = "passed"
    FAILED = "failed"
    LAPSED = "lapsed"


class Finding(StrEnum):
    """Whether an inspection counts for a retest, or why not."""

    COUNTS = "counts"
    RED = "red"
    NOT_GREEN = "not_green"
    NOT_VALID = "not_valid"
    NOT_LATER = "not_later"
    BEFORE_OPENED = "before_opened"
    TOO_LATE = "too_late"
    SAME_STATION = "same_station"
    SAME_INSTRUMENT = "same_instrument"
    SAME_INSPECTOR = "same_inspector"
    SAME_TEST = "same_test"
    NOT_AT_HAND = "not_at_hand"


class RetestOpenError(RegistryError):
    """A retest of this battery is open already."""

    code: ClassVar[str] = "retest_open"
    kind: ClassVar[Kind] = Kind.CONFLICT


@dataclass(frozen=True, kw_only=True, slots=True)
class Tested:
    """Who tested, with what, where and when.

    Args:
        station_id: The station.
        instrument_id: The instrument.
        inspector_id: The person.
        tested_at: When, aware.
        recording_sha256: The raw recording, if one was named.
    """

    station_id: UUID
    instrument_id: UUID
    inspector_id: UUID
    tested_at: datetime
    recording_sha256: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """An inspection of a battery whose retest is open.

    Args:
        tested: Who, with what, where and when.
        code: What it was judged.
        is_valid: The instrument was calibrated, the inspector trained, the
            clock kept right, and no reading is impossible or doubtful.
    """

    tested: Tested
    code: Code
    is_valid: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Retest:
    """An open retest.

    Args:
        retest_id: Its id.
        battery_id: The battery's.
        case_id: The case that it may end.
        greens_needed: How many inspections must count.
        opened_at: Tested earlier does not count; aware.
        due_at: Tested later than this does not count; aware.
        reds: Every red inspection of the case.
        greens: Those that have counted so far.
    """

    retest_id: UUID
    battery_id: UUID
    case_id: UUID
    greens_needed: int
    opened_at: datetime
    due_at: datetime
    reds: tuple[Tested, ...]
    greens: tuple[Tested, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """What an inspection is worth to the open retest of its battery.

    Args:
        retest: The retest before it.
        inspection_id: The inspection.
        tested: Who tested, with what, where and when.
        finding: Whether it counts, or why not.
        state: Where the retest stands after it.
    """

    retest: Retest
    inspection_id: UUID
    tested: Tested
    finding: Finding
    state: RetestState

    @property
    def clears(self) -> bool:
        """Whether the red ends with it."""
        return self.state is RetestState.PASSED


def greens_needed(inputs_of_red_rules: Iterable[str]) -> int:
    """Tell how many greens a red needs against it.

    Args:
        inputs_of_red_rules: What the red rules of the first red inspection read.
    """
    by_appearance = not APPEARANCE.isdisjoint(inputs_of_red_rules)
    return GREENS_NEEDED_BY_APPEARANCE if by_appearance else GREENS_NEEDED


def judge(attempt: Attempt, retest: Retest) -> Finding:
    """Tell whether an inspection counts, or the first reason why not."""
    if attempt.code is Code.RED:
        return Finding.RED
    if not_independent := find_dependence(attempt.tested, retest):
        return not_independent
    if not attempt.is_valid:
        return Finding.NOT_VALID
    return Finding.COUNTS if attempt.code is Code.GREEN else Finding.NOT_GREEN


def find_dependence(tested: Tested, retest: Retest) -> Finding | None:
    """Find why a test cannot stand against the reds; None when it can.

    Such a test is judged by itself: a reading that is doubted cannot be held
    against the one that is to settle the doubt.
    """
    return _in_time(tested, retest) or _dependent(tested, retest)


def state_after(finding: Finding, retest: Retest) -> RetestState:
    """Tell where a retest stands after an inspection with this finding."""
    if finding is Finding.RED:
        return RetestState.FAILED
    counted = len(retest.greens) + (finding is Finding.COUNTS)
    return RetestState.PASSED if counted >= retest.greens_needed else RetestState.OPEN


def _in_time(tested: Tested, retest: Retest) -> Finding | None:
    if any(tested.tested_at <= red.tested_at for red in retest.reds):
        return Finding.NOT_LATER
    # Else a green of before, kept back till it is wanted, would be chosen.
    if tested.tested_at < retest.opened_at:
        return Finding.BEFORE_OPENED
    return Finding.TOO_LATE if tested.tested_at > retest.due_at else None


def _dependent(tested: Tested, retest: Retest) -> Finding | None:
    others = (*retest.reds, *retest.greens)
    same = {
        Finding.SAME_TEST: _is_copy(tested, others),
        Finding.SAME_STATION: any(tested.station_id == o.station_id for o in others),
        Finding.SAME_INSTRUMENT: any(
            tested.instrument_id == o.instrument_id for o in others
        ),
        Finding.SAME_INSPECTOR: any(
            tested.inspector_id == o.inspector_id for o in others
        ),
    }
    return next((finding for finding, applies in same.items() if applies), None)


def _is_copy(tested: Tested, others: Iterable[Tested]) -> bool:
    """One test handed in twice is one test, whatever its id."""
    return any(
        tested.tested_at == other.tested_at
        or (
            tested.recording_sha256 is not None
            and tested.recording_sha256 == other.recording_sha256
        )
        for other in others
    )

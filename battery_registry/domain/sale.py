"""May this battery be sold? One answer, with every reason for it.

Refusing is the default: only what is known to be good is clear, and ``unknown``
is never to be read as yes.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Final

from battery_registry.domain.custody_edges import State, is_open
from battery_registry.scoring.evaluation import Code


class Answer(StrEnum):
    """What a buyer is told."""

    CLEAR = "clear"
    CLEAR_WITH_NOTICE = "clear_with_notice"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


GRAVITY: Final = (
    Answer.CLEAR,
    Answer.CLEAR_WITH_NOTICE,
    Answer.UNKNOWN,
    Answer.BLOCKED,
)
"""From the answer that allows most to the one that allows least."""


class Reason(StrEnum):
    """Why; stable, since marketplaces store and act on them."""

    NO_SUCH_CODE = "no_such_code"
    NO_SUCH_SERIAL = "no_such_serial"
    SIMILAR_SERIAL = "similar_serial"
    LABEL_UNBOUND = "label_unbound"
    DESTROYED = "destroyed"
    CASE_OPEN = "case_open"
    CODE_RED = "code_red"
    RECALLED = "recalled"
    LOST_REPORTED = "lost_reported"
    NOT_COVERED = "not_covered"
    NOT_INSPECTED = "not_inspected"
    CODE_VOID = "code_void"
    CODE_INCOMPLETE = "code_incomplete"
    READING_MISSING = "reading_missing"
    GUARD_BAND = "guard_band"
    CODE_STALE = "code_stale"
    YELLOW_BY_SCORE = "yellow_by_score"


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """What is known about a battery that bears on its sale.

    Args:
        code: The code in force, None when it was never inspected.
        next_due: Until when (that day included) the code is fresh; None when
            no date is known, which is never fresh.
        covered: The guideline covers this kind of battery.
        red_floor: A red verdict stands that nothing has lifted, whatever the
            latest reading says.
        case_state: State of its latest red case, None without one.
        recalled: The maker or an authority recalls it.
        lost_reported: Reported lost or stolen.
        destroyed: Its destruction was proven.
        missing_readings: Mandatory readings that the code rests without.
        guard_rules: Ids of guard bands a reading lies in: repeat the test.
    """

    code: Code | None
    next_due: date | None
    covered: bool = True
    red_floor: bool = False
    case_state: State | None = None
    recalled: bool = False
    lost_reported: bool = False
    destroyed: bool = False
    missing_readings: tuple[str, ...] = ()
    guard_rules: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class SaleAnswer:
    """The answer and all its reasons, the gravest first; none when clear."""

    answer: Answer
    reasons: tuple[Reason, ...]


NO_SUCH_CODE: Final = SaleAnswer(answer=Answer.UNKNOWN, reasons=(Reason.NO_SUCH_CODE,))
NO_SUCH_SERIAL: Final = SaleAnswer(
    answer=Answer.UNKNOWN, reasons=(Reason.NO_SUCH_SERIAL,)
)
SIMILAR_SERIAL: Final = SaleAnswer(
    answer=Answer.UNKNOWN, reasons=(Reason.NO_SUCH_SERIAL, Reason.SIMILAR_SERIAL)
)
LABEL_UNBOUND: Final = SaleAnswer(
    answer=Answer.UNKNOWN, reasons=(Reason.LABEL_UNBOUND,)
)


# Of a thousand batteries that are asked for at once most stand alike.
@lru_cache(maxsize=4096)
def answer_for_sale(standing: Standing, *, on: date) -> SaleAnswer:
    """Answer for a battery on a day.

    ``NO_SUCH_CODE`` and ``LABEL_UNBOUND`` are the answers where there is no
    battery to ask about.

    Args:
        standing: What is known about it.
        on: The day of the question, in the registry's own zone.
    """
    reasons = _blocking(standing, on)
    if reasons:
        return SaleAnswer(answer=Answer.BLOCKED, reasons=reasons)
    if standing.code is Code.YELLOW:
        return SaleAnswer(
            answer=Answer.CLEAR_WITH_NOTICE, reasons=(Reason.YELLOW_BY_SCORE,)
        )
    return SaleAnswer(answer=Answer.CLEAR, reasons=())


def _blocking(standing: Standing, on: date) -> tuple[Reason, ...]:
    code, state = standing.code, standing.case_state
    has_colour = code in {Code.GREEN, Code.YELLOW}
    is_fresh = standing.next_due is not None and on <= standing.next_due
    holds = {
        Reason.DESTROYED: standing.destroyed or state is State.DESTROYED,
        Reason.CASE_OPEN: state is not None and is_open(state),
        Reason.CODE_RED: code is Code.RED or standing.red_floor,
        Reason.RECALLED: standing.recalled,
        Reason.LOST_REPORTED: standing.lost_reported,
        Reason.NOT_COVERED: code is Code.NOT_COVERED or not standing.covered,
        Reason.NOT_INSPECTED: code is None,
        Reason.CODE_VOID: code is Code.VOID,
        Reason.CODE_INCOMPLETE: code is Code.INCOMPLETE,
        Reason.READING_MISSING: bool(standing.missing_readings),
        Reason.GUARD_BAND: bool(standing.guard_rules),
        Reason.CODE_STALE: has_colour and not is_fresh,
    }
    return tuple(reason for reason, applies in holds.items() if applies)

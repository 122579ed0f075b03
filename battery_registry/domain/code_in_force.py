"""Which code a battery has after one more evaluation.

Evaluations arrive late and out of order, since stations work offline. Red is
the exception to every rule of order: it is never too late for a red.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from battery_registry.scoring.evaluation import Code

_COLOURS = frozenset({Code.GREEN, Code.YELLOW, Code.RED})


@dataclass(frozen=True, kw_only=True, slots=True)
class InForce:
    """The code a battery has, and the time of the test that gave it."""

    code: Code
    tested_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """What follows from an evaluation.

    Args:
        in_force: The code from now on.
        adopted: The new evaluation is the one in force.
        changed: The code is another than before (also when it is the first).
        opens_case: A red case must be opened.
    """

    in_force: InForce
    adopted: bool
    changed: bool
    opens_case: bool


def decide(
    current: InForce | None,
    *,
    new_code: Code,
    new_tested_at: datetime,
    case_open: bool,
    destroyed: bool = False,
    must_isolate: bool = False,
    repeat_window: timedelta = timedelta(0),
    arrived_at: datetime | None = None,
) -> Decision:
    """Decide the code in force after a new evaluation.

    An open case keeps red. A red counts however late it arrives. A void
    changes nothing where a code is in force, and gives way to any code. A
    battery that had a colour does not lose it by being called one that is not
    covered. A yellow counts against a green that was tested no more than the
    repeat window later: a better repeat replaces no worse reading, in whatever
    order they arrive. For the rest, and for a battery too hot to be tested, the
    latest test wins; of two at one time, the one that came first.

    Args:
        current: The code in force, None before the first evaluation.
        new_code: What the new evaluation says.
        new_tested_at: When that test was made, aware.
        case_open: The battery has an open red case.
        destroyed: Its destruction was proven: nothing changes its code any
            more, and whoever meets it has met an incident.
        must_isolate: The new evaluation is void because the battery was too
            dangerous to go on testing. No colour before it is true any more.
        repeat_window: A test within this time of another repeats it.
        arrived_at: When a test arrived that is dated by a clock nobody kept
            right, None for a clock that was. Such a test makes a code worse by
            its arrival, and better only by its own date.
    """
    if destroyed and current is not None:
        return _kept(current)
    if arrived_at is not None and _is_worse(current, new_code):
        new_tested_at = arrived_at
    new = InForce(code=new_code, tested_at=new_tested_at)
    if case_open:
        return _under_open_case(current, new)
    if current is None or _counts(
        current, new, must_isolate=must_isolate, repeat_window=repeat_window
    ):
        return Decision(
            in_force=new,
            adopted=True,
            changed=current is None or current.code is not new.code,
            opens_case=new.code is Code.RED,
        )
    return _kept(current)


def _is_worse(current: InForce | None, new_code: Code) -> bool:
    was_green = current is not None and current.code is Code.GREEN
    return new_code is Code.RED or (was_green and new_code is Code.YELLOW)


def _under_open_case(current: InForce | None, new: InForce) -> Decision:
    """Keep red; a later red test only becomes the one that is pointed at."""
    if current is not None and current.code is Code.RED:
        if new.code is not Code.RED or new.tested_at <= current.tested_at:
            return _kept(current)
        return Decision(in_force=new, adopted=True, changed=False, opens_case=False)
    red = InForce(code=Code.RED, tested_at=new.tested_at)
    return Decision(
        in_force=red,
        adopted=new.code is Code.RED,
        changed=True,
        opens_case=False,
    )


def _counts(
    current: InForce, new: InForce, *, must_isolate: bool, repeat_window: timedelta
) -> bool:
    if new.code is Code.RED:
        return True
    if new.code is Code.NOT_COVERED and current.code in _COLOURS:
        return False
    if current.code is Code.GREEN and new.code is Code.YELLOW:
        return new.tested_at >= current.tested_at - repeat_window
    is_void_now = new.code is Code.VOID and current.code is not Code.VOID
    if is_void_now and not must_isolate:
        return False
    if current.code is Code.VOID and new.code is not Code.VOID:
        return True
    return new.tested_at > current.tested_at


def _kept(current: InForce) -> Decision:
    return Decision(in_force=current, adopted=False, changed=False, opens_case=False)

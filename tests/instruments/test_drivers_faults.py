"""Each driver against its simulator, on a pty and on TCP, with each fault.

The right value or a named error, never a wrong value.
"""

import pytest

from instruments.drivers.interface import DriverError
from instruments.drivers.playing import Fault, Faults
from tests.instruments.played_instruments import (
    ENDPOINTS,
    PLAYED,
    TIMEOUT_S,
    measure_played,
)

# what may be said of a fault that does not pass
_NAMED = {
    Fault.SILENT: {"no_answer"},
    Fault.LATE: {"no_answer"},
    Fault.TRUNCATED: {"broken_frame"},
    Fault.BAD_CHECKSUM: {"broken_frame", "unstable"},
    Fault.UNPLUGGED: {"unplugged"},
}
_LATE_S = 1.5 * TIMEOUT_S
everything = pytest.mark.parametrize("name", PLAYED)
both_ways = pytest.mark.parametrize("endpoint", ENDPOINTS)


def measure_or_name(
    name: str, endpoint: str, faults: Faults, *, timeout_s: float = TIMEOUT_S
) -> str:
    """The code of the error, or that the value is right."""
    try:
        found = measure_played(name, endpoint, faults, timeout_s=timeout_s)
    except DriverError as error:
        return error.code
    PLAYED[name].check(found)
    return "right"


@everything
@both_ways
@pytest.mark.parametrize("fault", [Fault.NONE, Fault.TWO_FRAMES])
def test_the_right_value_is_measured(name: str, endpoint: str, fault: Fault) -> None:
    found = measure_played(name, endpoint, Faults(kind=fault), timeout_s=10.0)

    PLAYED[name].check(found)
    assert found.driver == name


@everything
@both_ways
@pytest.mark.parametrize("fault", _NAMED)
def test_a_fault_that_stays_is_named(name: str, endpoint: str, fault: Fault) -> None:
    outcome = measure_or_name(name, endpoint, Faults(kind=fault, late_s=_LATE_S))

    # an answer that comes late may still be the right one
    # and on a busy machine every fault may end the wait
    allowed = _NAMED[fault] | {"no_answer"}
    allowed |= {"right"} if fault is Fault.LATE else set()
    assert outcome in allowed


@everything
@both_ways
@pytest.mark.parametrize("fault", [f for f in _NAMED if f is not Fault.UNPLUGGED])
@pytest.mark.parametrize("after", [0, 2])
def test_a_fault_that_passes_does_no_harm(
    name: str, endpoint: str, fault: Fault, after: int
) -> None:
    faults = Faults(kind=fault, times=1, after=after, late_s=6 * TIMEOUT_S)

    # longer than a busy machine takes for an answer
    outcome = measure_or_name(name, endpoint, faults, timeout_s=4 * TIMEOUT_S)

    # Modbus is never asked again: its answers do not name their question
    allowed = {"no_answer", "broken_frame"} if name == "modbus" else set()
    assert outcome in {"right"} | allowed


@everything
@both_ways
@pytest.mark.parametrize("after", [1, 2, 3])
def test_a_plug_pulled_midway_is_named(name: str, endpoint: str, after: int) -> None:
    faults = Faults(kind=Fault.UNPLUGGED, after=after)

    # it may be pulled after the last frame that counts
    assert measure_or_name(name, endpoint, faults) in {
        "unplugged",
        "no_answer",
        "right",
    }


@pytest.mark.parametrize("times_late", [1.2, 2.0, 2.6, 3.4])
@pytest.mark.parametrize("name", ["modbus", "hioki", "daly"])
@pytest.mark.parametrize("times", [1, 3, 0])
def test_no_answer_is_taken_for_that_to_another_question(
    name: str, times_late: float, times: int
) -> None:
    faults = Faults(kind=Fault.LATE, times=times, late_s=times_late * TIMEOUT_S)

    outcome = measure_or_name(name, "tcp", faults)

    assert outcome in {"right", "no_answer", "broken_frame"}

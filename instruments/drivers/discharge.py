"""Rules of a discharge under watch: what may start, what must stop.

Nothing here touches a wire; the driver asks after every report.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from instruments.codecs.zketech import EbcFrame, EbcMode, EbcState
from instruments.drivers.interface import DriverError

_HIGHEST_A, _HIGHEST_V, _LOWEST_V = 20.0, 100.0, 1.0
_LONGEST_MIN = 24 * 60
_LOWEST_C, _HIGHEST_LIMIT_C = 0.0, 60.0
# one step of the tester and its noise
_SLACK_V = 0.3
_SLACK_A = 0.5
# the tester has switched on by then
_GRACE_S = 10.0


@dataclass(frozen=True, kw_only=True, slots=True)
class DischargePlan:
    """What an operator confirms before a discharge.

    Args:
        current_a: Discharge current, 0.1 to 20.
        cutoff_v: Where the tester ends it; the pack's own limit, 1 to 100.
        full_v: Highest voltage the pack may show at the start.
        hottest_c: Above this the watch stops it, up to 60.
        limit_min: Longest run, 1 to 1440.
        confirmed: The operator has confirmed these limits for this pack.
        attended: The operator watches the temperature, as nothing measures it.
    """

    current_a: float
    cutoff_v: float
    full_v: float
    hottest_c: float = 50.0
    limit_min: int = 300
    confirmed: bool = False
    attended: bool = False

    def __post_init__(self) -> None:
        """Refuse limits that protect nothing.

        Raises:
            DriverError: ``unsafe`` or ``unconfirmed``.
        """
        if not self.confirmed:
            message = "A discharge starts only after its limits are confirmed."
            raise DriverError("unconfirmed", message, "Give --confirm.")
        lawful = (
            0.1 <= self.current_a <= _HIGHEST_A
            and _LOWEST_V <= self.cutoff_v < self.full_v <= _HIGHEST_V
            and _LOWEST_C < self.hottest_c <= _HIGHEST_LIMIT_C
            and 1 <= self.limit_min <= _LONGEST_MIN
        )
        if not lawful:
            message = (
                "The limits must be: 0.1 to 20 A, cut-off from 1 V and below the "
                "full voltage of at most 100 V, up to 60 °C, 1 to 1440 minutes."
            )
            raise DriverError("unsafe", message)


@dataclass(frozen=True, kw_only=True, slots=True)
class DischargeEnd:
    """A discharge that ended by the tester's cut-off.

    Args:
        capacity_ah: By the tester's counter.
        voltage_v: Of the last report under load.
        duration_s: From the start command.
        hottest_c: Highest temperature seen, None if none was measured.
    """

    capacity_ah: float
    voltage_v: float
    duration_s: float
    hottest_c: float | None


@dataclass(kw_only=True, slots=True)
class Watch:
    """Looks at every report of one discharge.

    Args:
        plan: The limits.
        clock: Seconds, only forward.
    """

    plan: DischargePlan
    clock: Callable[[], float]
    _started_s: float | None = field(default=None, init=False)
    _was_active: bool = field(default=False, init=False)
    _last_v: float = field(default=0.0, init=False)
    _hottest_c: float | None = field(default=None, init=False)

    def check_before(self, frame: EbcFrame, temperature_c: float | None) -> None:
        """Whether a discharge may start now.

        Raises:
            DriverError: ``unsafe``.
        """
        if frame.state is EbcState.ACTIVE:
            raise DriverError("unsafe", "The tester is at work already.")
        low, high = self.plan.cutoff_v, self.plan.full_v + _SLACK_V
        if not low < frame.voltage_v <= high:
            message = f"The pack shows {frame.voltage_v} V, not {low} to {high} V."
            raise DriverError("unsafe", message, "Is it the right pack?")
        if temperature_c is None and not self.plan.attended:
            message = "Nothing measures the pack's temperature."
            hint = "Give a battery management system's port, or stay beside it."
            raise DriverError("unsafe", message, hint)
        self._check_temperature(temperature_c, "unsafe")

    def see(self, frame: EbcFrame, temperature_c: float | None) -> DischargeEnd | None:
        """Judge one report; the end if the tester has ended by itself.

        Raises:
            DriverError: ``stopped``.
        """
        now_s = self.clock()
        if self._started_s is None:
            self._started_s = now_s
        ran_s = now_s - self._started_s
        self._check_temperature(temperature_c, "stopped")
        if ran_s > self.plan.limit_min * 60:
            raise _stopped(f"it has run {self.plan.limit_min} minutes")
        if frame.state is EbcState.ACTIVE:
            self._check_active(frame)
            return None
        if self._was_active:
            return self._end(frame, ran_s)
        if ran_s > _GRACE_S:
            raise _stopped("the tester does not start")
        return None

    def _check_active(self, frame: EbcFrame) -> None:
        self._was_active = True
        self._last_v = frame.voltage_v
        if frame.mode is not EbcMode.DISCHARGE_CURRENT:
            raise _stopped("the tester does something else")
        if frame.voltage_v < self.plan.cutoff_v - _SLACK_V:
            raise _stopped(f"the pack shows {frame.voltage_v} V, below its cut-off")
        if frame.current_a > self.plan.current_a + _SLACK_A:
            raise _stopped(f"the tester draws {frame.current_a} A")

    def _end(self, frame: EbcFrame, ran_s: float) -> DischargeEnd:
        if frame.state is not EbcState.ENDED:
            raise _stopped("the tester was stopped by hand or lost its pack")
        return DischargeEnd(
            capacity_ah=frame.capacity_ah,
            voltage_v=self._last_v,
            duration_s=ran_s,
            hottest_c=self._hottest_c,
        )

    def _check_temperature(self, temperature_c: float | None, code: str) -> None:
        if temperature_c is None:
            if self._hottest_c is not None:
                raise _stopped("the temperature is lost")
            return
        self._hottest_c = max(self._hottest_c or temperature_c, temperature_c)
        # "not" also catches a value that is no number
        if not _LOWEST_C <= temperature_c <= self.plan.hottest_c:
            limits = f"{_LOWEST_C:.0f} to {self.plan.hottest_c:.0f} °C"
            message = f"The pack has {temperature_c} °C, not {limits}."
            raise DriverError(code, message)


def _stopped(reason: str) -> DriverError:
    return DriverError(
        "stopped",
        f"The discharge was stopped: {reason}.",
        "Look at tester and pack before going on.",
    )

"""Driver of the ZKETECH EBC testers: reports, and a discharge under watch.

Without a discharge it only connects and listens. Starting one takes a plan that
was confirmed, and a watch that stops it when the link is lost, when the pack is
too hot or too low, or when it has run too long.
"""

import time
from collections.abc import Callable, Iterator
from typing import ClassVar

from instruments.codecs.frame import find_frames
from instruments.codecs.zketech import (
    EBC_B20H,
    END,
    REPORT_LENGTH,
    START,
    EbcFrame,
    EbcState,
    FrameError,
    decode,
)
from instruments.codecs.zketech_command import EbcCommand, encode_command
from instruments.drivers.discharge import DischargeEnd, DischargePlan, Watch
from instruments.drivers.interface import DriverError, Identity, Line, Measured
from instruments.drivers.talk import PortDriver

_CONNECT, _DISCONNECT, _STOP, _START_DISCHARGE = 0x05, 0x06, 0x02, 0x01
_MODELS = {0x09: "EBC-A20", EBC_B20H: "EBC-B20H"}
_STOP_TRIES = 3
_MOST_WORD = 57_599
_LOST = frozenset({"no_answer", "broken_frame", "unplugged"})


class EbcDriver(PortDriver):
    """A tester that streams a report every second or two once connected."""

    name: ClassVar[str] = "ebc"
    line: ClassVar[Line] = Line(baud=9600, parity="E")

    def identify(self) -> Identity:
        """See `Driver`."""
        return _identity(self._report())

    def measure(self) -> Measured:
        """See `Driver`; the counter stands where the last run left it."""
        frame = self._report()
        charging = frame.mode.value == "charge"
        return Measured(
            driver=self.name,
            instrument=_identity(frame),
            voltage_v=frame.voltage_v,
            current_a=frame.current_a if charging else -frame.current_a,
            capacity_ah=frame.capacity_ah,
            notes=(f"The tester is {frame.state.value}, mode {frame.mode.value}.",),
        )

    def close(self) -> None:
        """See `Driver`; the tester goes on with what it does by itself."""
        try:
            self._port.write(encode_command(EbcCommand(code=_DISCONNECT)))
        except DriverError:
            # already gone
            pass
        finally:
            self._port.close()

    def discharge(
        self,
        plan: DischargePlan,
        *,
        log: Callable[[bytes], None],
        temperature_c: Callable[[], float | None],
        clock: Callable[[], float] = time.monotonic,
    ) -> DischargeEnd:
        """Discharge a pack and watch over it; sent once, stopped surely.

        Args:
            plan: Confirmed limits.
            log: Called with every report.
            temperature_c: The pack's temperature now, None if unknown.
            clock: Seconds, only forward.

        Returns:
            Why and where it ended, if by the tester's own cut-off.

        Raises:
            DriverError: ``stopped`` or ``link_lost`` with the reason, after the
                tester was told to stop; ``unsafe`` before it was started.
        """
        watch = Watch(plan=plan, clock=clock)
        first = self._report()
        watch.check_before(first, temperature_c())
        minutes = min(plan.limit_min, _MOST_WORD)
        words = (round(plan.current_a * 100), round(plan.cutoff_v * 100), minutes)
        start = EbcCommand(code=_START_DISCHARGE, words=words)
        try:
            # starts a discharge: never sent twice
            self._port.write(encode_command(start))
            for frame, raw in self._reports():
                log(raw)
                ended = watch.see(frame, temperature_c())
                if ended is not None:
                    return ended
        except DriverError as error:
            self._stop()
            if error.code in _LOST:
                raise _lost(error) from error
            raise
        except BaseException:
            # also when the operator interrupts
            self._stop()
            raise
        raise AssertionError("the reports never end by themselves")

    def _stop(self) -> None:
        """Stopping twice does no harm; a lost link may be back."""
        for _ in range(_STOP_TRIES):
            try:
                self._port.write(encode_command(EbcCommand(code=_STOP)))
            except DriverError:
                return

    def _report(self) -> EbcFrame:
        connect = encode_command(EbcCommand(code=_CONNECT))
        return self._query(connect, _last_report)

    def _reports(self) -> Iterator[tuple[EbcFrame, bytes]]:
        """Report after report.

        Raises:
            DriverError: None comes in time, or the port is gone.
        """
        while True:
            raw = self._listen(_first_raw)
            yield decode(raw), raw


def _lost(error: DriverError) -> DriverError:
    return DriverError(
        "link_lost",
        f"The tester is heard no more: {error.message}",
        "It was told to stop, but may not have heard: switch it off by hand.",
    )


def _identity(frame: EbcFrame) -> Identity:
    number = frame.device_type
    return Identity(maker="ZKETECH", model=_MODELS.get(number, f"type {number:#04x}"))


def _last_report(heard: bytes) -> EbcFrame | None:
    """The newest report that tells settings, not firmware; None while there is none."""
    frames = [decode(raw) for raw in _raw_reports(heard)]
    return next((f for f in reversed(frames) if f.state is not EbcState.UNKNOWN), None)


def _first_raw(heard: bytes) -> bytes | None:
    return next(_raw_reports(heard), None)


def _raw_reports(heard: bytes) -> Iterator[bytes]:
    return find_frames(
        heard,
        head=bytes([START]),
        length=lambda _start: REPORT_LENGTH,
        good=_is_good,
    )


def _is_good(frame: bytes) -> bool:
    if frame[-1] != END:
        return False
    try:
        decode(frame)
    except FrameError:
        return False
    return True

"""A simulated EBC-B20H that hears commands and discharges a simulated pack."""

from collections.abc import Iterator, Sequence

from instruments.codecs.frame import find_frames
from instruments.codecs.zketech import (
    END,
    START,
    EbcMode,
    EbcState,
    FrameError,
    encode,
    make_frame,
)
from instruments.codecs.zketech_command import (
    COMMAND_LENGTH,
    EbcCommand,
    decode_command,
)
from instruments.drivers.pack_model import SimulatedPack

_CONNECT, _DISCONNECT, _STOP, _START_DISCHARGE = 0x05, 0x06, 0x02, 0x01
_LONGEST = 64
_STEP_S = 5.0


class SimulatedTester:
    """A tester with a charged pack on it.

    Args:
        pack: The pack, full.
        period_s: Between two reports.
        speed: Simulated seconds to a real one.
    """

    def __init__(
        self, pack: SimulatedPack, *, period_s: float = 0.05, speed: float = 1.0
    ) -> None:
        """Silent until connected; see the class."""
        self._pack = pack
        self._period_s = period_s
        self._speed = speed
        self._heard = b""
        self._connected = False
        self._state = EbcState.IDLE
        self._moved_ah = 0.0
        self._current_a = 0.0
        self._cutoff_v = 0.0
        self._last_s: float | None = None
        self._due_s = 0.0

    @property
    def state(self) -> EbcState:
        """What it does."""
        return self._state

    def start_discharge(self, *, current_a: float, cutoff_v: float) -> None:
        """As its front panel does."""
        self._current_a, self._cutoff_v = current_a, cutoff_v
        self._moved_ah, self._last_s = 0.0, None
        self._state = EbcState.ACTIVE

    def hear(self, data: bytes) -> Sequence[bytes]:
        """See `Device`."""
        self._heard = (self._heard + data)[-_LONGEST:]
        for command in _commands(self._heard):
            self._heard = b""
            self._obey(command)
        return ()

    def speak(self, now_s: float) -> Sequence[bytes]:
        """See `Device`."""
        self._discharge(now_s)
        if not self._connected or now_s < self._due_s:
            return ()
        self._due_s = now_s + self._period_s
        return [self._report()]

    def _obey(self, command: EbcCommand) -> None:
        if command.code in (_CONNECT, _DISCONNECT):
            self._connected = command.code == _CONNECT
        elif command.code == _START_DISCHARGE:
            self.start_discharge(
                current_a=command.words[0] / 100, cutoff_v=command.words[1] / 100
            )
        elif command.code == _STOP:
            self._state = EbcState.IDLE

    def _discharge(self, now_s: float) -> None:
        if self._state is not EbcState.ACTIVE:
            return
        left_s = 0.0
        if self._last_s is not None:
            left_s = (now_s - self._last_s) * self._speed
        self._last_s = now_s
        # short steps, so that a busy machine does not carry it past the cut-off
        while left_s > 0 and self._voltage() > self._cutoff_v:
            step_s = min(left_s, _STEP_S)
            self._moved_ah += self._current_a * step_s / 3600
            left_s -= step_s
        if self._voltage() <= self._cutoff_v:
            self._state = EbcState.ENDED

    def _voltage(self) -> float:
        soc = max(0.0, 1.0 - self._moved_ah / self._pack.capacity_ah)
        drawn_a = self._current_a if self._state is EbcState.ACTIVE else 0.0
        return self._pack.terminal_v(soc, -drawn_a)

    def _report(self) -> bytes:
        active = self._state is EbcState.ACTIVE
        return encode(
            make_frame(
                state=self._state,
                mode=EbcMode.DISCHARGE_CURRENT,
                voltage_v=max(0.0, self._voltage()),
                current_a=self._current_a if active else 0.0,
                capacity_ah=self._moved_ah,
                set_current_a=self._current_a,
                cutoff_v=self._cutoff_v,
            )
        )


def _commands(heard: bytes) -> Iterator[EbcCommand]:
    frames = find_frames(
        heard,
        head=bytes([START]),
        length=lambda _start: COMMAND_LENGTH,
        good=lambda frame: frame[-1] == END and _lawful(frame),
    )
    return (decode_command(frame) for frame in frames)


def _lawful(frame: bytes) -> bool:
    try:
        decode_command(frame)
    except FrameError:
        return False
    return True

"""The stage of a simulated instrument: its bytes on a pty or on 127.0.0.1.

A simulated device hears bytes and speaks frames; the stage carries them and
does to them what a `Fault` says.
"""

import contextlib
import os
import select
import socket
import threading
import time
import tty
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

_TICK_S = 0.01
_CHUNK = 4096


class Fault(StrEnum):
    """What goes wrong on the way."""

    NONE = "none"
    SILENT = "silent"
    LATE = "late"
    TRUNCATED = "truncated"
    BAD_CHECKSUM = "bad_checksum"
    TWO_FRAMES = "two_frames"
    UNPLUGGED = "unplugged"


@dataclass(frozen=True, kw_only=True, slots=True)
class Faults:
    """Which fault befalls how many frames.

    Args:
        kind: What goes wrong.
        times: With so many frames; 0 for all that follow.
        after: So many frames pass before the first.
        late_s: How late a late frame comes.
    """

    kind: Fault = Fault.NONE
    times: int = 0
    after: int = 0
    late_s: float = 1.0


class Device(Protocol):
    """A simulated instrument; knows nothing of wires."""

    def hear(self, data: bytes) -> Sequence[bytes]:
        """What the host sent; the frames that answer it."""

    def speak(self, now_s: float) -> Sequence[bytes]:
        """Frames sent unasked, by a clock that only moves forward."""


class Endpoint(Protocol):
    """One end of a wire."""

    address: str

    def readable(self) -> list[int]:
        """Descriptors to wait for."""

    def receive(self) -> bytes:
        """What has come."""

    def send(self, data: bytes) -> None:
        """Send; what finds no room or no listener is lost."""

    def close(self) -> None:
        """Pull the plug; may be called twice."""


class PtyEndpoint:
    """Our end of a raw pseudo-terminal."""

    def __init__(self) -> None:
        """Open both ends; the other stays open, so that hosts come and go."""
        self._ours, self._theirs = os.openpty()
        tty.setraw(self._theirs)
        os.set_blocking(self._ours, False)
        self.address = os.ttyname(self._theirs)
        self._open = True

    def readable(self) -> list[int]:
        """See `Endpoint`."""
        return [self._ours] if self._open else []

    def receive(self) -> bytes:
        """See `Endpoint`."""
        with contextlib.suppress(OSError):
            return os.read(self._ours, _CHUNK)
        return b""

    def send(self, data: bytes) -> None:
        """See `Endpoint`."""
        if self._open:
            with contextlib.suppress(OSError):
                os.write(self._ours, data)

    def close(self) -> None:
        """See `Endpoint`."""
        if self._open:
            self._open = False
            os.close(self._ours)
            os.close(self._theirs)


class TcpEndpoint:
    """A listener on 127.0.0.1 with one host at a time."""

    def __init__(self, port: int = 0) -> None:
        """Listen; 0 takes any free port."""
        self._listener = socket.create_server(("127.0.0.1", port))
        self._listener.setblocking(False)
        self._host: socket.socket | None = None
        self.address = f"tcp://127.0.0.1:{self._listener.getsockname()[1]}"

    def readable(self) -> list[int]:
        """See `Endpoint`."""
        sockets = [self._listener, *([self._host] if self._host else [])]
        return [one.fileno() for one in sockets if one.fileno() >= 0]

    def receive(self) -> bytes:
        """See `Endpoint`."""
        with contextlib.suppress(BlockingIOError):
            host, _ = self._listener.accept()
            host.setblocking(False)
            self._hang_up()
            self._host = host
        if self._host is None:
            return b""
        try:
            data = self._host.recv(_CHUNK)
        except BlockingIOError:
            return b""
        except OSError:
            data = b""
        if not data:
            self._hang_up()
        return data

    def send(self, data: bytes) -> None:
        """See `Endpoint`."""
        if self._host is not None:
            with contextlib.suppress(OSError):
                self._host.sendall(data)

    def close(self) -> None:
        """See `Endpoint`."""
        self._hang_up()
        self._listener.close()

    def _hang_up(self) -> None:
        if self._host is not None:
            self._host.close()
        self._host = None


class Stage:
    """A device on an endpoint, in a thread of its own.

    Args:
        device: What is simulated.
        endpoint: Where; closed with the stage.
        faults: What goes wrong.
        clock: Seconds, only forward.
    """

    def __init__(
        self,
        device: Device,
        endpoint: Endpoint,
        faults: Faults,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare; see the class."""
        self._device = device
        self._endpoint = endpoint
        self._faults = faults
        self._clock = clock
        self._late: list[tuple[float, bytes]] = []
        self._carried = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self.run, daemon=True)

    @property
    def address(self) -> str:
        """Where a driver finds it."""
        return self._endpoint.address

    def start(self) -> None:
        """Play in the background."""
        self._thread.start()

    def stop(self) -> None:
        """End, and close the endpoint."""
        self._done.set()
        self._thread.join()
        self._endpoint.close()

    def run(self) -> None:
        """Play until stopped."""
        while not self._done.is_set():
            waiting = self._endpoint.readable()
            if not waiting:
                self._done.wait(_TICK_S)
                continue
            ready, _, _ = select.select(waiting, [], [], _TICK_S)
            frames = list(self._device.hear(self._endpoint.receive())) if ready else []
            frames += self._device.speak(self._clock())
            for frame in frames:
                self._carry(frame)
            self._deliver_late()

    def _deliver_late(self) -> None:
        now = self._clock()
        for due, frame in [entry for entry in self._late if entry[0] <= now]:
            self._late.remove((due, frame))
            self._endpoint.send(frame)

    def _carry(self, frame: bytes) -> None:
        faults = self._faults
        self._carried += 1
        number = self._carried - faults.after
        spared = number < 1 or (faults.times and number > faults.times)
        kind = Fault.NONE if spared else faults.kind
        if kind is Fault.LATE:
            self._late.append((self._clock() + faults.late_s, frame))
            return
        self._endpoint.send(_CHANGES[kind](frame, number))
        if kind is Fault.UNPLUGGED:
            self._endpoint.close()


def _half(frame: bytes, number: int) -> bytes:
    del number
    return frame[: len(frame) // 2]


def _spoil(frame: bytes, number: int) -> bytes:
    """One byte turned over, another one each time."""
    at = (7 * number) % len(frame)
    return frame[:at] + bytes([frame[at] ^ 0xFF]) + frame[at + 1 :]


_CHANGES: dict[Fault, Callable[[bytes, int], bytes]] = {
    Fault.NONE: lambda frame, _: frame,
    Fault.SILENT: lambda _frame, _: b"",
    Fault.TRUNCATED: _half,
    Fault.BAD_CHECKSUM: _spoil,
    Fault.TWO_FRAMES: lambda frame, _: frame + frame,
    Fault.UNPLUGGED: _half,
}


@contextlib.contextmanager
def playing(
    device: Device, endpoint: Endpoint, faults: Faults | None = None
) -> Iterator[str]:
    """A device at play; the address where a driver finds it."""
    stage = Stage(device, endpoint, faults or Faults())
    stage.start()
    try:
        yield stage.address
    finally:
        stage.stop()

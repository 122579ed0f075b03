"""Run programs together: one ends, or SIGTERM comes, and all of them end."""

import os
import select
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import FrameType
from typing import Protocol

_POLL_S = 0.2


class Stop(Protocol):
    """Somebody may have asked to stop; a ``threading.Event`` is one too."""

    def is_set(self) -> bool:
        """Whether somebody has."""

    def wait(self, timeout: float, /) -> object:
        """Wait until somebody does, for some seconds at most."""


class SignalStop:
    """A stop that a signal's handler may set, however many signals come.

    A ``threading.Event`` takes a lock: a second signal in the midst of the
    first one's handler would wait for ever for what it interrupted. Here is
    only a flag, and a pipe that wakes up who waits.
    """

    def __init__(self) -> None:
        """Open the pipe; it stays open as long as the process lives."""
        self._is_set = False
        self._awaited, self._wake = os.pipe()
        os.set_blocking(self._wake, False)

    def is_set(self) -> bool:
        """Whether a signal came."""
        return self._is_set

    def wait(self, timeout: float, /) -> bool:
        """Wait for a signal, for some seconds at most; whether one came."""
        # Nothing is ever read from the pipe: once woken it wakes everybody.
        poll = select.poll()
        poll.register(self._awaited, select.POLLIN)
        poll.poll(timeout * 1000)
        return self._is_set

    def ask(self, _number: int, _frame: FrameType | None) -> None:
        """Take a signal, as its handler."""
        self._is_set = True
        # A full pipe wakes as well as one more byte would.
        with suppress(BlockingIOError):
            os.write(self._wake, b"\0")


def stop_on_signals() -> SignalStop:
    """Make a stop that SIGTERM and SIGINT set."""
    stop = SignalStop()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop.ask)
    return stop


def run_together(
    commands: Sequence[Sequence[str]], *, environ: Mapping[str, str], grace_s: float
) -> int:
    """Run programs until one of them ends or a signal asks for it.

    Args:
        commands: Each program with its arguments.
        environ: Their environment.
        grace_s: What they get between SIGTERM and SIGKILL, in seconds.

    Returns:
        An exit code: 0 after a signal, when all of them ended well.
    """
    stop = stop_on_signals()
    children = [
        # No shell, and nothing of what a stranger sent.
        subprocess.Popen(command, env=dict(environ))  # noqa: S603 - our own programs
        for command in commands
    ]
    while not stop.is_set() and all(child.poll() is None for child in children):
        stop.wait(_POLL_S)
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + grace_s
    codes = [_end(child, deadline=deadline) for child in children]
    return 0 if stop.is_set() and not any(codes) else 1


def _end(child: "subprocess.Popen[bytes]", *, deadline: float) -> int:
    try:
        return child.wait(timeout=max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()

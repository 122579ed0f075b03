"""Run programs together: one ends, or SIGTERM comes, and all of them end."""

import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from types import FrameType

_POLL_S = 0.2


def stop_on_signals() -> threading.Event:
    """Make an event that SIGTERM and SIGINT set."""
    stop = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)
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

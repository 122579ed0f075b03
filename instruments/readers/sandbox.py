"""Binary files are read in a child process with limits of memory and of time.

One child serves many files, since starting it takes longer than reading most; it
is ended when it crashes or takes too long, and the next file gets a new one.
"""

import atexit
import contextlib
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import BinaryIO

from instruments.readers.interface import Hints
from instruments.readers.transfer import TransferError, receive, send_request
from instruments.reading import ReadingError
from instruments.recording import Recording

MEMORY_BYTES = 4 * 1024**3
TIME_S = 120.0
# of a child that has nothing left to read
_GRACE_S = 3.0
_MODULE = "instruments.readers.worker"
_ROOT = Path(__file__).parent.parent.parent


class Sandbox:
    """A child process that reads binary files."""

    def __init__(
        self, *, memory_bytes: int = MEMORY_BYTES, time_s: float = TIME_S
    ) -> None:
        """Nothing is started yet.

        Args:
            memory_bytes: The child's whole address space, where the system can
                limit it.
            time_s: For one file.
        """
        self._memory_bytes = memory_bytes
        self._time_s = time_s
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def read(self, reader: str, path: Path, hints: Hints) -> Recording:
        """Read a file in the child.

        Args:
            reader: Name of one of our own readers.
            path: The file.
            hints: What the operator knows.

        Raises:
            ReadingError: It cannot be read, or breaks a limit.
        """
        with self._lock:
            child = self._running()
            late = threading.Event()
            timer = threading.Timer(self._time_s, _kill, args=(child, late))
            timer.daemon = True
            timer.start()
            try:
                return _ask(child, reader, path, hints)
            except (TransferError, OSError) as error:
                self.close()
                raise _ended(path, child, late=late.is_set()) from error
            finally:
                timer.cancel()

    def close(self) -> None:
        """End the child, if there is one: without requests it ends by itself."""
        child, self._child = self._child, None
        if child is None:
            return
        for pipe in (child.stdin, child.stdout):
            with contextlib.suppress(OSError):
                pipe.close()  # type: ignore[union-attr]  # both are pipes
        try:
            child.wait(timeout=_GRACE_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self.close()
            self._child = self._start()
        return self._child

    def _start(self) -> subprocess.Popen[bytes]:
        paths = [str(_ROOT), os.environ.get("PYTHONPATH", "")]
        return subprocess.Popen(  # noqa: S603  (our own module, no shell)
            [sys.executable, "-m", _MODULE, str(self._memory_bytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))},
        )


def _ask(
    child: subprocess.Popen[bytes], reader: str, path: Path, hints: Hints
) -> Recording:
    requests, answers = _pipes(child)
    send_request(requests, reader=reader, path=str(path.resolve()), hints=hints)
    return receive(answers)


def _pipes(child: subprocess.Popen[bytes]) -> tuple[BinaryIO, BinaryIO]:
    if child.stdin is None or child.stdout is None:
        raise TransferError("the child has no pipes")
    return child.stdin, child.stdout  # type: ignore[return-value]  # buffered pipes


def _kill(child: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    child.kill()


def _ended(path: Path, child: subprocess.Popen[bytes], *, late: bool) -> ReadingError:
    if late:
        return ReadingError(
            "too_slow",
            f"{path.name} took too long to read: it is damaged, or made to harm.",
            "Export it again from the instrument.",
        )
    return ReadingError(
        "unreadable",
        f"{path.name} is damaged: reading it ended the reading process "
        f"(status {child.returncode}).",
        "Export it again from the instrument.",
    )


SANDBOX = Sandbox()
atexit.register(SANDBOX.close)

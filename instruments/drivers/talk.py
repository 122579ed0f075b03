"""Question and answer over a port, with a time-out on every read."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

from instruments.codecs.frame import FrameError
from instruments.drivers.interface import DriverError, Port

Answer = TypeVar("Answer")
_MOST_BYTES = 65_536
_LISTEN_AGAIN = "Check cable and settings, then measure again."


class PortDriver:
    """What drivers that speak over a port have in common.

    Args:
        port: Open already; closed with the driver.
        timeout_s: Longest wait for an answer, > 0.
    """

    def __init__(self, port: Port, *, timeout_s: float = 2.0) -> None:
        """Take over the port; see the class."""
        self._port = port
        self._timeout_s = timeout_s

    def __enter__(self) -> Self:
        """The driver itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Let go of the port."""
        self._port.close()

    def _query(self, request: bytes, find: Callable[[bytes], Answer | None]) -> Answer:
        """Ask something that changes nothing; once more if no answer comes.

        Args:
            request: The question.
            find: The answer in what has come so far, None while it is not whole.

        Raises:
            DriverError: ``no_answer``, ``broken_frame``, ``unplugged``.
        """
        try:
            return self._ask(request, find)
        except DriverError as error:
            if error.code not in {"no_answer", "broken_frame"}:
                raise
        return self._ask(request, find)

    def _ask(self, request: bytes, find: Callable[[bytes], Answer | None]) -> Answer:
        """Ask once.

        Raises:
            DriverError: ``no_answer``, ``broken_frame``, ``unplugged``.
        """
        self._port.flush()
        self._port.write(request)
        return self._listen(find)

    def _listen(self, find: Callable[[bytes], Answer | None]) -> Answer:
        """Wait until what comes holds an answer.

        Raises:
            DriverError: ``no_answer``, ``broken_frame``, ``unplugged``.
        """
        heard = b""
        ends = time.monotonic() + self._timeout_s
        while (left := ends - time.monotonic()) > 0 and len(heard) < _MOST_BYTES:
            heard += self._port.read(left)
            found = _try(find, heard)
            if found is not None:
                return found
        raise _silence(self._port.name, heard)


def _try(find: Callable[[bytes], Answer | None], heard: bytes) -> Answer | None:
    try:
        return find(heard)
    except FrameError as error:
        raise DriverError("refused", f"The instrument says: {error}.") from error


def _silence(name: str, heard: bytes) -> DriverError:
    if not heard:
        return DriverError("no_answer", f"{name} gives no answer.", _LISTEN_AGAIN)
    message = f"{name} gives {len(heard)} bytes, but no whole answer."
    return DriverError("broken_frame", message, _LISTEN_AGAIN)


def broken(error: FrameError) -> DriverError:
    """The error for an answer that came whole and still makes no sense."""
    return DriverError("broken_frame", f"The answer is wrong: {error}.", _LISTEN_AGAIN)

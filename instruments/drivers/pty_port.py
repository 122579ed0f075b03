"""A serial port that is not there: frames streamed on a pseudo-terminal."""

import os
import tty
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress


@contextmanager
def open_pty() -> Iterator[tuple[int, str]]:
    """A raw pseudo-terminal: our end's descriptor, and the path of the other.

    Both ends stay open, so that readers may come and go as on a real port.
    """
    ours, theirs = os.openpty()
    try:
        tty.setraw(theirs)
        os.set_blocking(ours, False)
        yield ours, os.ttyname(theirs)
    finally:
        os.close(theirs)
        os.close(ours)


def stream(
    descriptor: int,
    frames: Iterable[bytes],
    *,
    interval_s: float,
    sleep: Callable[[float], None],
) -> int:
    """Write frames at a steady pace; the number that found room.

    A tester does not wait for its reader: frames that find the port full are
    lost, as on a cable.

    Args:
        descriptor: Our end, not blocking.
        frames: The bytes to write.
        interval_s: Pause after each frame.
        sleep: Waits that many seconds.
    """
    written = 0
    for frame in frames:
        with suppress(BlockingIOError):
            written += os.write(descriptor, frame) == len(frame)
        sleep(interval_s)
    return written

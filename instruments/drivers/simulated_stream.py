"""Simulated instruments that repeat their frames unasked."""

from collections.abc import Iterable, Sequence
from itertools import cycle


class SimulatedStream:
    """Frames over and over, one each period; what is heard is ignored.

    Args:
        frames: At least one.
        period_s: Between two of them.
    """

    def __init__(self, frames: Iterable[bytes], *, period_s: float) -> None:
        """Start with the first at the first tick."""
        self._frames = cycle(tuple(frames))
        self._period_s = period_s
        self._due_s: float | None = None

    def hear(self, data: bytes) -> Sequence[bytes]:
        """See `Device`."""
        del data
        return ()

    def speak(self, now_s: float) -> Sequence[bytes]:
        """See `Device`."""
        if self._due_s is not None and now_s < self._due_s:
            return ()
        self._due_s = now_s + self._period_s
        return [next(self._frames)]

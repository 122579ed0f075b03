"""Whether this computer's clock is kept right, and whether it was set meanwhile.

The operating system knows whether a time server or a reference disciplines its
clock; where it does not say, nobody knows, and nothing is claimed. Beside the
time of day runs a counter that nobody sets: the two together tell whether the
time of day was changed after a reading was made.
"""

import ctypes
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

# adjtimex(2): what a clock that nobody keeps right answers
_TIME_ERROR = 5
# struct timex is 208 bytes on 64-bit Linux; `modes` = 0 at its head only reads
_TIMEX_BYTES = 256
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """What is known of this computer's clock at one moment.

    Args:
        synced: Whether it is kept right; None where the system does not say.
        boot_id: This start of the computer, None where it has no name.
        running_s: Seconds since that start, by a counter that nobody sets.
    """

    synced: bool | None
    boot_id: str | None
    running_s: float

    def as_json(self) -> dict[str, Any]:
        """The clock as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Self:
        """The clock that ``as_json`` spelled."""
        return cls(**told)

    def fields(self) -> dict[str, Any]:
        """What an inspection says of it; nothing where nothing is known."""
        return {} if self.synced is None else {"clock_synced": self.synced}


def look() -> Clock:
    """This computer's clock now."""
    return Clock(synced=_find_synced(), boot_id=_find_boot_id(), running_s=_running_s())


def find_step_s(
    before: Clock, *, made_at: datetime, clock: Clock, now: datetime
) -> float | None:
    """By how many seconds the time of day was set since; None where nobody knows.

    Args:
        before: The clock when a reading was made.
        made_at: The time of day it showed then.
        clock: The clock now.
        now: The time of day it shows.
    """
    if before.boot_id is None or before.boot_id != clock.boot_id:
        return None
    passed_s = clock.running_s - before.running_s
    return (now - made_at).total_seconds() - passed_s


def _find_synced() -> bool | None:
    if not sys.platform.startswith("linux"):
        return None
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        state = libc.adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    except (OSError, AttributeError):
        return None
    return None if state < 0 else bool(state != _TIME_ERROR)


def _find_boot_id() -> str | None:
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip() or None
    except (OSError, ValueError):
        return None


def _running_s() -> float:
    """Sleep included, where that is known."""
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boottime is None else time.clock_gettime(boottime)

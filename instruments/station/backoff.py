"""When to try again: pure functions of tries, answers and a random number."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_DOUBLINGS = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Backoff:
    """Exponential backoff with full jitter.

    Source: M. Brooker, "Exponential Backoff And Jitter", 2015: the wait is
    uniform in ``[0, min(cap, base * 2**tries)]``, so that stations that lost
    the same server do not come back in step.

    Args:
        base_s: Upper end of the first wait, > 0.
        cap_s: Longest wait.
    """

    base_s: float = 1.0
    cap_s: float = 900.0

    def wait_s(self, tries: int, *, random: Callable[[], float]) -> float:
        """Seconds before the next try.

        Args:
            tries: Failures so far, >= 0.
            random: Uniform in ``[0, 1)``.
        """
        top = self.base_s * 2.0 ** min(tries, _DOUBLINGS)
        return random() * min(self.cap_s, top)


def parse_retry_after(text: str | None, *, now: datetime) -> datetime | None:
    """The time a ``Retry-After`` header names (RFC 9110, 10.2.3).

    None without a header and for one that cannot be read; at most a day ahead,
    so that a mistyped header does not silence a station for good.
    """
    if text is None:
        return None
    try:
        if text.strip().isdecimal():
            at = now + timedelta(seconds=min(int(text), 86_400))
        else:
            at = parsedate_to_datetime(text)
    except ValueError:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return min(at, now + timedelta(days=1))

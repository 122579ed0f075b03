"""Identifiers made at the station, once, when a measurement is made.

UUIDv7 (RFC 9562, 5.7): the time comes first, so that the registry's index
grows at its end.
"""

import secrets
from collections.abc import Callable
from datetime import datetime
from uuid import UUID


def new_inspection_id(
    now: datetime, *, entropy: Callable[[int], bytes] = secrets.token_bytes
) -> UUID:
    """A fresh UUIDv7.

    Args:
        now: Aware time of the measurement, from 1970 on.
        entropy: Gives that many random bytes.
    """
    milliseconds = int(now.timestamp() * 1000) & ((1 << 48) - 1)
    random_bits = int.from_bytes(entropy(10), "big")
    value = (
        milliseconds << 80
        | 0x7 << 76
        | (random_bits >> 62 & 0xFFF) << 64
        | 0b10 << 62
        | random_bits & ((1 << 62) - 1)
    )
    return UUID(int=value)

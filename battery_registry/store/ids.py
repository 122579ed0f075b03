"""Identifiers that this side makes, never a database sequence."""

import os
from datetime import datetime
from uuid import UUID

_VERSION_AND_VARIANT = 0x7 << 76 | 0b10 << 62
_FREE = ~(0xF << 76 | 0b11 << 62)


def new_id(now: datetime) -> UUID:
    """Make a UUIDv7 (RFC 9562): 48 bits of milliseconds, then 74 random bits.

    Time order keeps an index's new entries together; random bits, and no
    counter, let every process and shard make its own.
    """
    milliseconds = int(now.timestamp() * 1000)
    chance = int.from_bytes(os.urandom(10))
    value = (milliseconds & (1 << 48) - 1) << 80 | chance
    return UUID(int=value & _FREE | _VERSION_AND_VARIANT)

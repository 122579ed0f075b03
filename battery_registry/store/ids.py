"""Identifiers that this side makes, never a database sequence."""

import secrets
from datetime import datetime
from uuid import UUID


def new_id(now: datetime) -> UUID:
    """Make a UUIDv7 (RFC 9562): 48 bits of milliseconds, then 74 random bits.

    Time order keeps an index's new entries together; random bits, and no
    counter, let every process and shard make its own.
    """
    milliseconds = int(now.timestamp() * 1000)
    value = (milliseconds & (1 << 48) - 1) << 80
    value |= 0x7 << 76 | secrets.randbits(12) << 64
    value |= 0b10 << 62 | secrets.randbits(62)
    return UUID(int=value)

"""What the ledger's leaves are made of, and how they are hashed (RFC 9162).

A leaf says that something happened, when, and the hash of what it was. It
holds no personal data, so that erasing a person's data leaves every proof as
it is.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from battery_registry.domain.canonical import canonical_json

_LEAF_PREFIX = b"\x00"
_NODE_PREFIX = b"\x01"


class LeafKind(StrEnum):
    """What a leaf bears witness to."""

    INSPECTION = "inspection"
    CODE_CHANGE = "code_change"
    CUSTODY_EVENT = "custody_event"
    RETEST = "retest"
    APPEAL = "appeal"
    CORRECTION = "correction"
    RECALL = "recall"
    FIRE = "fire"
    LOSS = "loss"
    TRANSFER = "transfer"
    INCIDENT = "incident"
    DECLARATION = "declaration"


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaf:
    """One thing that happened to one battery.

    Args:
        kind: What it is.
        battery_id: To which battery.
        subject_id: The inspection, evaluation or event it is about.
        at: When it was recorded, aware.
        content_sha256: Hash of the canonical JSON of the content, 32 bytes.
    """

    kind: LeafKind
    battery_id: UUID
    subject_id: UUID
    at: datetime
    content_sha256: bytes


def entry(leaf: Leaf) -> bytes:
    """Write the leaf as the ledger publishes it: canonical JSON.

    Raises:
        ValueError: If ``at`` has no zone or the hash is not 32 bytes; either
            would make a leaf that nobody else can compute again.
    """
    if leaf.at.tzinfo is None:
        raise ValueError("a leaf's time needs a zone")
    if len(leaf.content_sha256) != hashlib.sha256().digest_size:
        raise ValueError("a leaf's content hash has 32 bytes")
    at = leaf.at.astimezone(UTC).isoformat(timespec="microseconds")
    return canonical_json(
        {
            "at": at.replace("+00:00", "Z"),
            "battery_id": str(leaf.battery_id),
            "content_sha256": leaf.content_sha256.hex(),
            "kind": leaf.kind.value,
            "subject_id": str(leaf.subject_id),
        }
    )


def leaf_hash(entry_bytes: bytes) -> bytes:
    """Hash an entry: SHA-256(0x00 || entry), RFC 9162 section 2.1.1."""
    return hashlib.sha256(_LEAF_PREFIX + entry_bytes).digest()


def node_hash(left: bytes, *, right: bytes) -> bytes:
    """Hash two nodes: SHA-256(0x01 || left || right), RFC 9162 section 2.1.1."""
    return hashlib.sha256(_NODE_PREFIX + left + right).digest()


def merkle_root(leaf_hashes: Sequence[bytes]) -> bytes:
    """Find the root over leaf hashes in order, RFC 9162 section 2.1.1.

    Levels are paired from the left and an odd last node rises as it is, which
    gives the same tree as the standard's split at the largest power of two.
    """
    if not leaf_hashes:
        return hashlib.sha256().digest()
    level = list(leaf_hashes)
    while len(level) > 1:
        paired = [
            node_hash(left, right=right)
            for left, right in zip(level[::2], level[1::2], strict=False)
        ]
        level = paired + level[len(paired) * 2 :]
    return level[0]

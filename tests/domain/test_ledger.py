import hashlib
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_registry.domain.canonical import canonical_json, canonical_sha256
from battery_registry.domain.ledger import (
    Leaf,
    LeafKind,
    entry,
    leaf_hash,
    merkle_root,
    node_hash,
)

AT = datetime(2026, 11, 23, 3, 4, 5, 6, tzinfo=UTC)

# Leaves and roots of the Certificate Transparency test tree.
CT_LEAVES = [
    b"",
    b"\x00",
    b"\x10",
    bytes.fromhex("2021"),
    bytes.fromhex("3031"),
    bytes.fromhex("40414243"),
    bytes.fromhex("5051525354555657"),
    bytes.fromhex("606162636465666768696a6b6c6d6e6f"),
]
CT_ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def make_leaf(*, at: datetime = AT, content_sha256: bytes = bytes(32)) -> Leaf:
    return Leaf(
        kind=LeafKind.CUSTODY_EVENT,
        battery_id=UUID(int=1),
        subject_id=UUID(int=2),
        at=at,
        content_sha256=content_sha256,
    )


def test_an_entry_is_canonical_and_says_nothing_of_people() -> None:
    assert entry(make_leaf()) == (
        b'{"at":"2026-11-23T03:04:05.000006Z",'
        b'"battery_id":"00000000-0000-0000-0000-000000000001",'
        b'"content_sha256":"' + b"00" * 32 + b'","kind":"custody_event",'
        b'"subject_id":"00000000-0000-0000-0000-000000000002"}'
    )


def test_the_same_moment_in_another_zone_is_the_same_entry() -> None:
    beijing = timezone(timedelta(hours=8))
    assert entry(make_leaf(at=AT.astimezone(beijing))) == entry(make_leaf())


@pytest.mark.parametrize(
    "leaf",
    [make_leaf(at=AT.replace(tzinfo=None)), make_leaf(content_sha256=bytes(31))],
)
def test_a_leaf_that_nobody_could_compute_again_is_refused(leaf: Leaf) -> None:
    with pytest.raises(ValueError, match="a leaf's"):
        entry(leaf)


def test_leaf_and_node_hashes_differ_by_their_first_byte() -> None:
    assert leaf_hash(b"x") == hashlib.sha256(b"\x00x").digest()
    assert node_hash(b"l", right=b"r") == hashlib.sha256(b"\x01lr").digest()


@pytest.mark.parametrize(("size", "root"), CT_ROOTS.items())
def test_roots_are_those_of_the_known_tree(size: int, root: str) -> None:
    assert merkle_root([leaf_hash(leaf) for leaf in CT_LEAVES[:size]]).hex() == root


def root_by_definition(hashes: list[bytes]) -> bytes:
    """RFC 9162 2.1.1, word for word: split at the largest power of two below n."""
    if len(hashes) == 1:
        return hashes[0]
    half = 1 << (len(hashes) - 1).bit_length() - 1
    return node_hash(
        root_by_definition(hashes[:half]), right=root_by_definition(hashes[half:])
    )


@given(st.integers(min_value=1, max_value=200))
def test_a_root_of_any_size_is_that_of_the_definition(size: int) -> None:
    hashes = [leaf_hash(str(number).encode()) for number in range(size)]
    assert merkle_root(hashes) == root_by_definition(hashes)


def test_canonical_json_has_one_spelling() -> None:
    assert canonical_json({"b": [1, 5.0, 0.1], "a": {"中": None, "Z": True}}) == (
        '{"a":{"Z":true,"中":null},"b":[1,5.0,0.1]}'.encode()
    )
    assert canonical_json({"x": 1, "y": 2}) == canonical_json({"y": 2, "x": 1})


def test_the_canonical_hash_is_that_of_the_bytes() -> None:
    assert canonical_sha256({"a": 1}) == hashlib.sha256(b'{"a":1}').digest()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800"])
def test_what_json_cannot_say_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"neither NaN nor|surrogates"):
        canonical_json({"a": value})

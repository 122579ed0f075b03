"""Proofs over a Merkle tree: that a leaf is in it, and that it only grew.

Source: RFC 9162, sections 2.1.3 (inclusion) and 2.1.4 (consistency). The
verifiers need nothing but what is published: hashes, sizes and roots.
"""

from collections.abc import Sequence
from typing import ClassVar, Final

from battery_registry.domain import RegistryError
from battery_registry.domain.ledger import merkle_root, node_hash

_HASH_BYTES: Final = 32


class ProofError(RegistryError):
    """A proof does not hold; ``why`` says what is wrong with it."""

    code: ClassVar[str] = "proof_invalid"


def prove_inclusion(leaf_hashes: Sequence[bytes], *, index: int) -> list[bytes]:
    """Make the proof that a leaf is in the tree over these leaves.

    Args:
        leaf_hashes: All leaves, in order.
        index: Which leaf, from 0.

    Raises:
        ValueError: There is no such leaf.
    """
    size = len(leaf_hashes)
    if not 0 <= index < size:
        raise ValueError("there is no such leaf")
    if size == 1:
        return []
    split = _split(size)
    left, right = leaf_hashes[:split], leaf_hashes[split:]
    if index < split:
        return [*prove_inclusion(left, index=index), merkle_root(right)]
    return [*prove_inclusion(right, index=index - split), merkle_root(left)]


def prove_consistency(leaf_hashes: Sequence[bytes], *, first_size: int) -> list[bytes]:
    """Make the proof that the tree over the first leaves grew into this one.

    Args:
        leaf_hashes: All leaves of the later tree, in order.
        first_size: How many of them the earlier tree had, at least one.

    Raises:
        ValueError: The earlier tree was empty, or larger than the later.
    """
    if not 0 < first_size <= len(leaf_hashes):
        raise ValueError("the earlier tree has one leaf or more, and no more than now")
    return _subproof(leaf_hashes, first_size, is_whole=True)


def verify_inclusion(
    *, leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Check that a leaf is in a tree (RFC 9162, section 2.1.3.2).

    Args:
        leaf_hash: The leaf's hash, 32 bytes.
        index: Its place, from 0.
        size: How many leaves the tree has.
        proof: The hashes beside the way up, from the leaf.
        root: The tree's root.

    Raises:
        ProofError: It is not proven.
    """
    if not 0 <= index < size:
        raise ProofError(why="index outside the tree")
    _check_hashes([leaf_hash, *proof])
    node, last, found = index, size - 1, leaf_hash
    for sibling in proof:
        if last == 0:
            raise ProofError(why="proof too long")
        if node % 2 or node == last:
            found = node_hash(sibling, right=found)
            node, last = _up_to_a_right_child(node, last)
        else:
            found = node_hash(found, right=sibling)
        node, last = node >> 1, last >> 1
    if last != 0:
        raise ProofError(why="proof too short")
    if found != root:
        raise ProofError(why="another root")


def verify_consistency(
    *,
    first_size: int,
    second_size: int,
    first_root: bytes,
    second_root: bytes,
    proof: Sequence[bytes],
) -> None:
    """Check that one tree grew into another (RFC 9162, section 2.1.4.2).

    Args:
        first_size: Leaves of the earlier tree; 0 proves nothing and is refused.
        second_size: Leaves of the later one.
        first_root: Root of the earlier tree.
        second_root: Root of the later one.
        proof: The hashes, in the standard's order; none between equal trees.

    Raises:
        ProofError: It is not proven.
    """
    if not 0 < first_size <= second_size:
        raise ProofError(why="sizes")
    if first_size == second_size:
        if proof or first_root != second_root:
            raise ProofError(why="same size, but other roots or a proof")
        return
    if not proof:
        raise ProofError(why="proof too short")
    # A tree of 2^n leaves is a node of the later one: its root begins the way.
    is_node = first_size & (first_size - 1) == 0
    way = [first_root, *proof] if is_node else [*proof]
    _check_hashes(way)
    before, after = _climb(way, first_size - 1, second_size - 1)
    if before != first_root:
        raise ProofError(why="another earlier root")
    if after != second_root:
        raise ProofError(why="another root")


def _climb(way: Sequence[bytes], node: int, last: int) -> tuple[bytes, bytes]:
    while node % 2:
        node, last = node >> 1, last >> 1
    before = after = way[0]
    for sibling in way[1:]:
        if last == 0:
            raise ProofError(why="proof too long")
        if node % 2 or node == last:
            before = node_hash(sibling, right=before)
            after = node_hash(sibling, right=after)
            node, last = _up_to_a_right_child(node, last)
        else:
            after = node_hash(after, right=sibling)
        node, last = node >> 1, last >> 1
    if last != 0:
        raise ProofError(why="proof too short")
    return before, after


def _up_to_a_right_child(node: int, last: int) -> tuple[int, int]:
    """Pass over the levels on which an only child rose as it was."""
    while node and not node % 2:
        node, last = node >> 1, last >> 1
    return node, last


def _check_hashes(hashes: Sequence[bytes]) -> None:
    if any(len(each) != _HASH_BYTES for each in hashes):
        raise ProofError(why="a hash of other length")


def _subproof(
    leaf_hashes: Sequence[bytes], first_size: int, *, is_whole: bool
) -> list[bytes]:
    size = len(leaf_hashes)
    if first_size == size:
        return [] if is_whole else [merkle_root(leaf_hashes)]
    split = _split(size)
    left, right = leaf_hashes[:split], leaf_hashes[split:]
    if first_size <= split:
        inner = _subproof(left, first_size, is_whole=is_whole)
        return [*inner, merkle_root(right)]
    inner = _subproof(right, first_size - split, is_whole=False)
    return [*inner, merkle_root(left)]


def _split(size: int) -> int:
    """Find the largest power of two below a size of two or more."""
    return 1 << ((size - 1).bit_length() - 1)

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_registry.domain.ledger import merkle_root
from battery_registry.domain.merkle_proofs import (
    ProofError,
    prove_consistency,
    prove_inclusion,
    verify_consistency,
    verify_inclusion,
)


def make_leaves(count: int) -> list[bytes]:
    return [hashlib.sha256(bytes([n])).digest() for n in range(count)]


@given(size=st.integers(1, 70), data=st.data())
def test_every_leaf_is_proven_to_be_in_its_tree(size: int, data: st.DataObject) -> None:
    leaves = make_leaves(size)
    index = data.draw(st.integers(0, size - 1))
    proof, root = prove_inclusion(leaves, index=index), merkle_root(leaves)
    verify_inclusion(
        leaf_hash=leaves[index], index=index, size=size, proof=proof, root=root
    )
    with pytest.raises(ProofError):
        verify_inclusion(
            leaf_hash=b"\x00" * 32, index=index, size=size, proof=proof, root=root
        )


@given(size=st.integers(1, 70), data=st.data())
def test_every_earlier_tree_is_proven_to_have_grown(
    size: int, data: st.DataObject
) -> None:
    leaves = make_leaves(size)
    first = data.draw(st.integers(1, size))
    known = {
        "first_size": first,
        "second_size": size,
        "first_root": merkle_root(leaves[:first]),
        "proof": prove_consistency(leaves, first_size=first),
    }
    verify_consistency(**known, second_root=merkle_root(leaves))  # type: ignore[arg-type]  # one mapping, several kinds
    erased = [b"\x00" * 32, *leaves[1:]]
    with pytest.raises(ProofError):
        verify_consistency(**known, second_root=merkle_root(erased))  # type: ignore[arg-type]  # as above


def check_inclusion(**changes: object) -> str:
    leaves = make_leaves(5)
    given_ = {
        "leaf_hash": leaves[2],
        "index": 2,
        "size": 5,
        "proof": prove_inclusion(leaves, index=2),
        "root": merkle_root(leaves),
        **changes,
    }
    with pytest.raises(ProofError) as refusal:
        verify_inclusion(**given_)  # type: ignore[arg-type]  # one mapping, several kinds
    return str(refusal.value.params["why"])


def test_a_wrong_inclusion_says_what_is_wrong() -> None:
    proof = prove_inclusion(make_leaves(5), index=2)
    assert check_inclusion(index=5) == "index outside the tree"
    assert check_inclusion(index=-1) == "index outside the tree"
    assert check_inclusion(proof=[*proof, b"x" * 32]) == "proof too long"
    assert check_inclusion(proof=proof[:-1]) == "proof too short"
    assert check_inclusion(root=b"x" * 32) == "another root"
    assert check_inclusion(proof=[b"x", *proof[1:]]) == "a hash of other length"


def check_consistency(first: int, **changes: object) -> str:
    leaves = make_leaves(7)
    given_ = {
        "first_size": first,
        "second_size": 7,
        "first_root": merkle_root(leaves[:first]),
        "second_root": merkle_root(leaves),
        "proof": prove_consistency(leaves, first_size=first),
        **changes,
    }
    with pytest.raises(ProofError) as refusal:
        verify_consistency(**given_)  # type: ignore[arg-type]  # one mapping, several kinds
    return str(refusal.value.params["why"])


def test_a_wrong_growth_says_what_is_wrong() -> None:
    leaves = make_leaves(7)
    proof = prove_consistency(leaves, first_size=3)
    assert check_consistency(3, first_size=8) == "sizes"
    assert check_consistency(3, first_size=0) == "sizes"
    assert check_consistency(7, proof=proof).startswith("same size")
    assert check_consistency(7, first_root=b"x" * 32).startswith("same size")
    assert check_consistency(3, proof=[]) == "proof too short"
    assert check_consistency(3, proof=proof[:-1]) == "proof too short"
    assert check_consistency(3, proof=[*proof, b"x" * 32]) == "proof too long"
    assert check_consistency(3, second_root=b"x" * 32) == "another root"
    assert check_consistency(3, first_root=b"x" * 32) == "another earlier root"
    assert check_consistency(4, proof=[b"x"]) == "a hash of other length"


def test_what_is_not_there_cannot_be_proven() -> None:
    for index in (-1, 3):
        with pytest.raises(ValueError, match="no such leaf"):
            prove_inclusion(make_leaves(3), index=index)
    for size in (0, 4):
        with pytest.raises(ValueError, match="one leaf or more"):
            prove_consistency(make_leaves(3), first_size=size)

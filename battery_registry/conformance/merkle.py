"""Merkle proofs (RFC 9162): the vectors of transparency-dev/merkle."""

import base64
import binascii
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from battery_registry.conformance.suite import (
    Failure,
    Suite,
    VectorsMissingError,
    read_json,
)
from battery_registry.domain import merkle_proofs
from battery_registry.domain.merkle_proofs import ProofError

_FOLDER: Final = Path("merkle") / "testdata"


def run(folder: Path) -> tuple[Suite, ...]:
    """Check every proof of the vectors.

    Args:
        folder: The folder of all vectors.
    """
    return (
        _suite(folder, "inclusion", _inclusion),
        _suite(folder, "consistency", _consistency),
    )


def _suite(
    folder: Path, name: str, check: Callable[[Mapping[str, Any]], None]
) -> Suite:
    start = folder / _FOLDER / name
    files = sorted(start.rglob("*.json"))
    if not files:
        raise VectorsMissingError(f"{start}: no vectors")
    failures = []
    for file in files:
        case = read_json(file)
        refused = _refuses(check, case)
        if refused is not bool(case["wantErr"]):
            shown = file.relative_to(start).with_suffix("").as_posix()
            told = "refused" if refused else "accepted"
            failures.append(Failure(case=shown, detail=told))
    return Suite(
        id=f"merkle/{name}",
        title=f"Merkle {name} proofs (RFC 9162, transparency-dev/merkle)",
        cases=len(files),
        failures=tuple(failures),
    )


def _refuses(
    check: Callable[[Mapping[str, Any]], None], case: Mapping[str, Any]
) -> bool:
    try:
        check(case)
    except ProofError:
        return True
    return False


def _inclusion(case: Mapping[str, Any]) -> None:
    merkle_proofs.verify_inclusion(
        leaf_hash=_raw(case["leafHash"]),
        index=case["leafIdx"],
        size=case["treeSize"],
        proof=[_raw(each) for each in case["proof"] or ()],
        root=_raw(case["root"]),
    )


def _consistency(case: Mapping[str, Any]) -> None:
    merkle_proofs.verify_consistency(
        first_size=case["size1"],
        second_size=case["size2"],
        first_root=_raw(case["root1"]),
        second_root=_raw(case["root2"]),
        proof=[_raw(each) for each in case["proof"] or ()],
    )


def _raw(text: str) -> bytes:
    try:
        return base64.b64decode(text or "", validate=True)
    except binascii.Error:
        return b""

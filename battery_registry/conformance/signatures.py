"""Signed statements: Wycheproof's and the JOSE cookbook's signatures.

Our verifier knows compact tokens with Ed25519 alone. Every invalid case must be
refused; a valid one of another algorithm is refused too, and is listed.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from battery_registry.conformance.suite import Failure, Suite, read_json
from battery_registry.domain import jws
from battery_registry.domain.jws import JwsError

_WYCHEPROOF: Final = "wycheproof"
_COOKBOOK: Final = "jose-cookbook"


def run(folder: Path) -> tuple[Suite, ...]:
    """Check every signature of the vectors.

    Args:
        folder: The folder of all vectors.
    """
    return (_ed25519(folder), _tokens(folder), _cookbook(folder), _changed(folder))


def _ed25519(folder: Path) -> Suite:
    groups = read_json(folder / _WYCHEPROOF / "ed25519_test.json")["testGroups"]
    failures, cases = [], 0
    for group in groups:
        key = bytes.fromhex(group["publicKey"]["pk"])
        for case in group["tests"]:
            cases += 1
            told = bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"])
            fits = _fits(key, *told)
            if fits is not (case["result"] == "valid"):
                failures.append(_failure(case, fits=fits))
    return Suite(
        id="wycheproof/ed25519",
        title="Ed25519 signatures (Wycheproof)",
        cases=cases,
        failures=tuple(failures),
    )


def _fits(key: bytes, signature: bytes, message: bytes) -> bool:
    try:
        jws.check_signature(key, signature, message)
    except JwsError:
        return False
    return True


def _failure(case: Mapping[str, Any], *, fits: bool) -> Failure:
    name = f"{case['tcId']}: {case['comment']}"
    return Failure(case=name, detail="accepted" if fits else "refused")


def _tokens(folder: Path) -> Suite:
    groups = read_json(folder / _WYCHEPROOF / "json_web_signature_test.json")
    failures, cases = [], 0
    for group in groups["testGroups"]:
        jwks = {"keys": [group.get("public") or group["private"]]}
        for case in group["tests"]:
            cases += 1
            fits = _takes(case["jws"], jwks)
            if fits is not (case["result"] == "valid"):
                failures.append(_failure(case, fits=fits))
    return Suite(
        id="wycheproof/jws",
        title="JSON Web Signatures (Wycheproof)",
        cases=cases,
        failures=tuple(failures),
    )


def _takes(token: object, jwks: Mapping[str, object]) -> bool:
    try:
        # What is not a text at all (JSON serialisation) is not a compact token.
        jws.verify(token if isinstance(token, str) else "", jwks)
    except JwsError:
        return False
    return True


def _cookbook(folder: Path) -> Suite:
    files = sorted((folder / _COOKBOOK).glob("*jws*.json"))
    files += sorted((folder / _COOKBOOK).glob("rfc7797*.json"))
    failures = []
    for file in files:
        example = read_json(file)
        token = example["output"].get("compact", "")
        if not _takes(token, {"keys": _keys(example)}):
            failures.append(Failure(case=file.stem, detail="refused"))
    return Suite(
        id="jose-cookbook/jws",
        title="JSON Web Signatures (RFC 7520, 7797 and 8037 examples)",
        cases=len(files),
        failures=tuple(failures),
    )


def _keys(example: Mapping[str, Any]) -> list[Any]:
    key = example["input"]["key"]
    return key if isinstance(key, list) else [key]


def _changed(folder: Path) -> Suite:
    """Change each byte of the Ed25519 example's token in turn, to every other sign."""
    example = read_json(folder / _COOKBOOK / "curve25519__jws.json")
    token, jwks = example["output"]["compact"], {"keys": _keys(example)}
    failures, cases = [], 0
    for place, sign in enumerate(token):
        for other in {chr(ord(sign) ^ (1 << bit)) for bit in range(7)}:
            cases += 1
            if _takes(f"{token[:place]}{other}{token[place + 1 :]}", jwks):
                failures.append(Failure(case=f"{place}: {other!r}", detail="accepted"))
    return Suite(
        id="jose-cookbook/one-byte-changes",
        title="One bit of a signed token changed, wherever it stands",
        cases=cases,
        failures=tuple(failures),
    )

"""GS1 Digital Link: the cases of GS1's own syntax engine."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from battery_registry.conformance.suite import Failure, Suite, read_json
from battery_registry.domain.gs1 import digital_link, percent
from battery_registry.domain.gs1.digital_link import DigitalLinkError

_FOLDER: Final = "gs1-digital-link"
_OUTSIDE: Final = "https://id.gs1.org"


def run(folder: Path) -> tuple[Suite, ...]:
    """Read and write every address of the vectors.

    Args:
        folder: The folder of all vectors.
    """
    return (
        _suite(folder, "parse", "addresses read", _parse),
        _suite(folder, "generate", "addresses written", _generate),
        _suite(folder, "escape", "values escaped", _escape),
        _suite(folder, "unescape", "values unescaped", _unescape),
    )


def _suite(
    folder: Path,
    name: str,
    what: str,
    check: Callable[[Mapping[str, Any]], tuple[str, object, object]],
) -> Suite:
    cases = read_json(folder / _FOLDER / f"{name}.json")
    failures = []
    for number, case in enumerate(cases, start=1):
        given, wanted, found = check(case)
        if found != wanted:
            failures.append(
                Failure(
                    case=f"{number}: {given}",
                    detail=f"wanted {wanted!r}, got {found!r}",
                )
            )
    return Suite(
        id=f"{_FOLDER}/{name}",
        title=f"GS1 Digital Link, {what} (gs1-syntax-engine)",
        cases=len(cases),
        failures=tuple(failures),
    )


def _parse(case: Mapping[str, Any]) -> tuple[str, object, object]:
    try:
        found: str | None = digital_link.parse(case["uri"]).element_string
    except DigitalLinkError:
        found = None
    return case["uri"], case["elementString"] if case["valid"] else None, found


def _generate(case: Mapping[str, Any]) -> tuple[str, object, object]:
    stem = case["stem"] or _OUTSIDE
    try:
        found: str | None = digital_link.parse_element_string(case["ai"]).uri(stem)
    except DigitalLinkError:
        found = None
    return case["ai"], case["uri"] if case["valid"] else None, found


def _escape(case: Mapping[str, Any]) -> tuple[str, object, object]:
    plain, in_path, in_query = case["args"]
    found = [percent.escape(plain), percent.escape(plain, blank_is_plus=True)]
    return plain, [in_path, in_query], found


def _unescape(case: Mapping[str, Any]) -> tuple[str, object, object]:
    text, in_path, in_query = case["args"]
    found = [percent.unescape(text), percent.unescape(text, plus_is_blank=True)]
    return text, [in_path, in_query], found

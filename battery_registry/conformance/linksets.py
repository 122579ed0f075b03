"""Linksets, link types and the resolver against GS1's schema, words and statements."""

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Final

import jsonschema

from battery_registry.conformance.suite import Failure, Suite, read_json
from battery_registry.domain.gs1 import linkset

_BASE: Final = "https://registry.example"
_CODE: Final = "0123-4567-89ab-cdef"
_SHOWN: Final = "resolver_statements.json"
_SHORT: Final = 70
_ANCHORS: Final = (
    "/01/09520123456788/21/ABC123",
    "/8004/9520614141234",
    f"/b/{_CODE}",
)


def run(folder: Path) -> tuple[Suite, ...]:
    """Hold the linkset of each kind of address against GS1's schema.

    GS1's statements for a conformant resolver are about a running one: for each
    there is named which of the project's tests show that it holds.

    Args:
        folder: The folder of all vectors.
    """
    return (_documents(folder), _types(folder), _statements(folder))


def _documents(folder: Path) -> Suite:
    schema = read_json(folder / "gs1-linkset" / "gs1-linkset-schema.json")
    validator = jsonschema.Draft7Validator(schema)
    failures = []
    for anchor in _ANCHORS:
        told = linkset.document(
            anchor=f"{_BASE}{anchor}",
            description="Volta V48-20",
            base_url=_BASE,
            code=_CODE,
            title=lambda link_type, _language: link_type,
        )
        error = next(validator.iter_errors(told), None)
        if error is not None:
            failures.append(Failure(case=anchor, detail=error.message[:200]))
    return Suite(
        id="gs1-linkset/documents",
        title="Linksets of our addresses (RFC 9264, GS1's schema)",
        cases=len(_ANCHORS),
        failures=tuple(failures),
    )


def _types(folder: Path) -> Suite:
    listed = read_json(folder / "gs1-link-types" / "gs1resolver.json")
    known = {
        name.removeprefix("gs1:")
        for language in listed["activeLinkTypes"].values()
        for name in language
    }
    used = [each.link_type for each in linkset.TARGETS]
    return Suite(
        id="gs1-linkset/link-types",
        title="Link types we use (GS1 web vocabulary)",
        cases=len(used),
        failures=tuple(
            Failure(case=name, detail="no such term")
            for name in used
            if name not in known
        ),
    )


def _statements(folder: Path) -> Suite:
    file = folder / "gs1-linkset" / "resolver-conformance-statements.json"
    # What ends in a colon is a heading.
    listed = [each for each in read_json(file)["statements"] if not each.endswith(":")]
    shown = tuple(shown_statements())
    return Suite(
        id="gs1-linkset/resolver",
        title="GS1-conformant resolver 1.0, statements that tests of ours show",
        cases=len(listed),
        failures=tuple(
            Failure(case=each[:_SHORT].rstrip(), detail="no test shows it")
            for each in listed
            if not each.startswith(shown)
        ),
    )


def shown_statements() -> Mapping[str, Sequence[str]]:
    """How each statement that holds begins, and the tests that show it."""
    text = files("battery_registry.conformance").joinpath(_SHOWN).read_text("utf-8")
    told: Mapping[str, Sequence[str]] = json.loads(text)
    return told

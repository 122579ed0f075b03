"""Linksets and link types against GS1's schema and vocabulary."""

from pathlib import Path
from typing import Final

import jsonschema

from battery_registry.conformance.suite import Failure, Suite, read_json
from battery_registry.domain.gs1 import linkset

_BASE: Final = "https://registry.example"
_CODE: Final = "0123-4567-89ab-cdef"
_ANCHORS: Final = (
    "/01/09520123456788/21/ABC123",
    "/8004/9520614141234",
    f"/b/{_CODE}",
)


def run(folder: Path) -> tuple[Suite, ...]:
    """Hold the linkset of each kind of address against GS1's schema.

    Args:
        folder: The folder of all vectors.
    """
    return (_documents(folder), _types(folder))


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

import json
from pathlib import Path

import pytest

from battery_registry.domain.custody import EDGES, RECALLED


def vocabulary(shared_data: Path, term: str) -> set[str]:
    path = shared_data / "conformance" / "gs1-epcis-2.0" / "EPCIS-JSON-Schema.json"
    definition = json.loads(path.read_text(encoding="utf-8"))["definitions"][term]
    (words,) = [part["enum"] for part in definition["anyOf"] if "enum" in part]
    return set(words)


@pytest.mark.parametrize(
    ("term", "used"),
    [
        ("bizStep", {edge.biz_step for edge in EDGES.values()} | {"inspecting"}),
        (
            "disposition",
            {edge.disposition for edge in EDGES.values()}
            | {"non_conformant", RECALLED},
        ),
    ],
)
def test_every_term_of_the_chain_is_one_of_gs1s(
    shared_data: Path, term: str, used: set[str]
) -> None:
    assert used <= vocabulary(shared_data, term)

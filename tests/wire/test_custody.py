"""What proves a hand-over."""

from typing import Any

import pytest

from battery_registry.wire.custody import parse_hand_over
from battery_registry.wire.faults import InvalidInputError
from tests.wire.test_faults import told


def make_hand_over(**changes: Any) -> dict[str, Any]:
    return {
        "event_id": "0192f0c1-0000-7000-8000-000000000001",
        "to_state": "collected",
        "occurred_at": "2026-11-23T09:30:00+08:00",
        "giver": "resident",
        "receiver": "city-collect",
        **changes,
    }


@pytest.mark.parametrize(
    ("evidence", "fault"),
    [
        (None, "wire.null"),
        ({"mass_kg": None}, "wire.not_text"),
        ({"mass_kg": 10**400}, "wire.out_of_range"),
        ({"mass_kg": -(2**53)}, "wire.out_of_range"),
        ({"mass_kg": float("inf")}, "wire.out_of_range"),
        ({"mass_kg": float("nan")}, "wire.out_of_range"),
        ({"a" * 41: 1}, "wire.pattern"),
        ({"note": "x" * 501}, "wire.length"),
        ({"note": "a\u202eb"}, "wire.unprintable"),
    ],
)
def test_evidence_has_bounds(evidence: object, fault: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        parse_hand_over(make_hand_over(evidence=evidence))
    assert [one["detail"].split("|")[0] for one in told(refused.value)] == [fault]


def test_texts_numbers_and_flags_are_evidence() -> None:
    evidence = {"mass_kg": 4.2, "boxes": 2**53 - 1, "sealed": True, "note": "箱 7"}
    assert parse_hand_over(make_hand_over(evidence=evidence)).evidence == evidence

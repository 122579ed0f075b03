"""What a check of an instrument may say, and how late it may be told."""

from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.builders import NOW
from tests.conftest import Clock
from tests.played import Play, make_check


def tell(play: Play, **changes: Any) -> TestResponse:
    return play.client.post(
        "/api/v1/stations/XC-01/reference-checks",
        json=make_check(**changes),
        headers=play.registry.headers(),
    )


@pytest.mark.parametrize(
    ("quantity", "value", "taken"),
    [
        ("capacity_ah", 0.09, False),
        ("capacity_ah", 0.1, True),
        ("capacity_ah", 500.0, True),
        ("capacity_ah", 500.1, False),
        ("resistance_mohm", 0.009, False),
        ("resistance_mohm", 10_000.0, True),
        ("resistance_mohm", 10_001.0, False),
        ("voltage_v", 0.4, False),
        ("voltage_v", 150.0, True),
        ("voltage_v", 151.0, False),
    ],
)
def test_a_reference_is_of_its_quantity(
    play: Play, quantity: str, value: float, *, taken: bool
) -> None:
    answer = tell(play, quantity=quantity, reference_value=value, reading=value)
    assert answer.status_code == (201 if taken else 422), answer.text
    if not taken:
        (named,) = answer.get_json()["errors"]
        assert named["field"] == "reference_value"


@pytest.mark.parametrize("reading", [5.0, 20.0])
def test_a_reading_may_be_half_or_twice_the_reference(
    play: Play, reading: float
) -> None:
    assert tell(play, reading=reading).status_code == 201


def test_a_check_is_told_within_seven_days(play: Play, clock: Clock) -> None:
    in_time, late = (make_check(checked_at=NOW.isoformat()) for _ in range(2))
    clock.now = NOW + timedelta(days=7)
    assert tell(play, **in_time).status_code == 201
    clock.now += timedelta(seconds=1)
    answer = tell(play, **late)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "check_too_old")
    assert "7" in answer.get_json()["detail"]
    # What was told in time is said again.
    assert tell(play, **in_time).status_code == 201

"""Checks of instruments, and what is told of a station's quality."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest

from battery_registry.services import equipment
from tests.api.quality_asked import CHECKS, ask, instrument, tell
from tests.builders import NOW, make_body
from tests.conftest import Clock
from tests.played import Play, make_check


def test_a_check_is_recorded_once(play: Play) -> None:
    check = make_check()
    first, again = (tell(play, **check) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_json() == again.get_json()
    kept = first.get_json()
    assert kept["error"] == pytest.approx(0.001)
    assert kept["checked_at"] == "2026-11-23T01:00:00+00:00"
    assert kept["valid_until"] == "2026-11-30T01:00:00+00:00"
    (drift,) = instrument(ask(play))["drift"]
    assert (drift["quantity"], drift["checks"]) == ("capacity_ah", 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"reading": 10.02},
        {"instrument_id": "EBC-OLD"},
        {"reference_name": "pack R-8"},
        {"checked_at": (NOW - timedelta(hours=4)).isoformat()},
    ],
)
def test_an_id_is_not_used_for_another_check(
    play: Play, changes: dict[str, Any]
) -> None:
    check = make_check()
    assert tell(play, **check).status_code == 201
    answer = tell(play, **{**check, **changes})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "check_id_reused")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("check_id", "1"),
        ("instrument_id", "EBC-9"),
        ("quantity", "weight"),
        ("reference_name", ""),
        ("reference_name", "--"),
        ("reference_value", 0),
        ("reading", float("nan")),
        ("reading", -1.0),
        ("reading", None),
        ("reading", 4.99),
        ("reading", 20.01),
        ("reference_value", 501.0),
        ("checked_at", (NOW + timedelta(minutes=6)).isoformat()),
        ("checked_at", "2023-12-31T00:00:00Z"),
        ("checked_at", "yesterday"),
        ("weather", "fine"),
    ],
)
def test_a_bad_field_is_named(play: Play, field: str, value: Any) -> None:
    answer = tell(play, **{field: value})
    assert answer.status_code in {400, 422}, answer.text
    if answer.status_code == 422:
        assert {one["field"] for one in answer.get_json()["errors"]} == {field}


def test_a_body_that_is_no_object_is_refused(play: Play) -> None:
    headers = play.registry.headers()
    answers = [
        play.client.post(CHECKS, json=[make_check()], headers=headers),
        play.client.post(CHECKS, data="x", headers=headers),
    ]
    assert [answer.status_code for answer in answers] == [422, 400]


def test_a_station_speaks_for_itself_only(play: Play) -> None:
    assert tell(play, "HD-01").status_code == 404
    assert tell(play, "regulator").status_code == 403
    assert tell(play, "admin").status_code == 403
    elsewhere = play.client.post(
        "/api/v1/stations/NO-01/reference-checks",
        json=make_check(),
        headers=play.registry.headers(),
    )
    assert elsewhere.status_code == 404


def test_without_a_check_in_seven_days_readings_are_unverified(
    play: Play, clock: Clock
) -> None:
    play.hand_in(make_body(tested_at=(NOW - timedelta(hours=1)).isoformat()))
    before = instrument(ask(play))
    assert (before["readings"], before["unverified_readings"]) == (1, 1)
    assert before["unverified"] is True
    assert before["last_checked_at"] is None
    assert tell(play).status_code == 201
    after = instrument(ask(play))
    assert (after["readings"], after["unverified_readings"]) == (1, 0)
    assert after["unverified"] is False
    assert instrument(ask(play), "EBC-OLD")["unverified"] is True
    clock.now = NOW + timedelta(days=7)
    assert instrument(ask(play))["unverified"] is True
    # It was made within the seven days, and stays verified.
    assert instrument(ask(play))["unverified_readings"] == 0


def test_a_verdict_does_not_hang_on_checks(play: Play) -> None:
    (unverified,) = play.hand_in(make_body())
    assert unverified["verdict"]["code"] == "green"


def test_a_drifting_instrument_is_told(play: Play, clock: Clock) -> None:
    rng = Random(1)  # noqa: S311 - readings, no secret
    for day in range(30, 0, -1):
        reading = 10 * (1 + rng.gauss(0.02 if day < 15 else 0.0, 0.01))
        clock.now = NOW - timedelta(days=day)
        at = clock.now.isoformat()
        assert tell(play, reading=reading, checked_at=at).status_code == 201
        volts: dict[str, Any] = {
            "quantity": "voltage_v",
            "reference_value": 48.0,
            "reading": 48.01,
        }
        assert tell(play, checked_at=at, **volts).status_code == 201
    clock.now = NOW
    capacity, voltage = instrument(ask(play))["drift"]
    assert capacity["out_of_control"] is True
    assert capacity["mean_error"] > capacity["limit"]
    assert 0 < capacity["alarms"] < 16
    assert (voltage["checks"], voltage["out_of_control"]) == (30, False)
    long_ago = instrument(ask(play, until="2026-11-01"))["drift"]
    assert [drift["checks"] for drift in long_ago] == [9, 9]


def test_a_calibration_begins_anew(play: Play, clock: Clock) -> None:
    for day in range(40, 0, -10):
        clock.now = NOW - timedelta(days=day)
        at = clock.now.isoformat()
        assert tell(play, reading=10.9, checked_at=at).status_code == 201
    clock.now = NOW
    (drift,) = instrument(ask(play))["drift"]
    assert (drift["checks"], drift["out_of_control"]) == (4, True)
    with play.registry.runtime.database.writing() as session:
        equipment.calibrate_instrument(
            session,
            station_code="XC-01",
            code="EBC-1",
            calibrated_on=(NOW - timedelta(days=20)).date(),
            calibrated_until=(NOW + timedelta(days=20)).date(),
        )
    (drift,) = instrument(ask(play))["drift"]
    assert drift["checks"] == 2

"""Steps of a case that are told wrongly: each wrong field is named."""

from typing import Any

import pytest

from tests.played import Play

URL = "/api/v1/custody"


def test_a_bad_field_is_named(play: Play) -> None:
    code = play.red()
    for field, value, named in (
        ("event_id", "1", "event_id"),
        ("to_state", "lost", "to_state"),
        ("occurred_at", "2026-11-23", "occurred_at"),
        ("occurred_at", "2026-11-23T04:00:00", "occurred_at"),
        ("occurred_at", "0001-01-01T00:00:00+14:00", "occurred_at"),
        ("occurred_at", "9999-12-31T23:59:59-14:00", "occurred_at"),
        ("giver", "", "giver"),
        ("giver", "Green Cell", "giver"),
        ("receiver", None, "receiver"),
        ("receiver", "a" * 33, "receiver"),
        ("evidence", [], "evidence"),
        ("evidence", {"note": "x" * 501}, "evidence.note"),
        ("evidence", {"note": {"deep": 1}}, "evidence.note"),
        ("evidence", {"note": None}, "evidence.note"),
        ("evidence", {"a\x00b": 1}, None),
        ("evidence", {"note": "a\x00b"}, "evidence.note"),
        ("evidence", {f"n{number}": 1 for number in range(21)}, "evidence"),
        ("holder", "greencell", "holder"),
    ):
        answer = play.step(code, "XC-01", **{field: value})
        assert answer.status_code == 422, (field, value, answer.text)
        faults = answer.get_json()["errors"]
        assert named is None or [fault["field"] for fault in faults] == [named]
    assert play.get(f"{URL}/{code}").get_json()["state"] == "flagged"


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        (b"{", "application/json", "body_malformed"),
        (b'{"a": NaN}', "application/json", "body_malformed"),
        (b"{}", "text/plain", "body_not_json"),
    ],
)
def test_what_is_no_json_is_refused(
    play: Play, body: bytes, kind: str, code: str
) -> None:
    answer = play.client.post(
        f"{URL}/{play.red()}/events",
        data=body,
        content_type=kind,
        headers=play.registry.headers(),
    )
    assert answer.status_code == 400
    assert answer.get_json()["code"] == code


@pytest.mark.parametrize("body", [[], "x", 1])
def test_a_step_is_an_object(play: Play, body: Any) -> None:
    answer = play.client.post(
        f"{URL}/{play.red()}/events", json=body, headers=play.registry.headers()
    )
    assert answer.status_code == 422

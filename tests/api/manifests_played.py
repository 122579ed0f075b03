"""Manifests as they are told through the API: listed, sent, received, destroyed."""

import uuid
from datetime import timedelta
from typing import Any

from werkzeug.test import TestResponse

from battery_registry.domain.gs1.check_digits import check_digit
from tests.builders import NOW
from tests.played import Play

URL = "/api/v1/manifests"
INCIDENTS = "/api/v1/incidents"


def sscc(number: int) -> str:
    body = f"09520000000{number:06d}"
    return body + check_digit(body)


def post(play: Play, address: str, key: str, body: Any) -> TestResponse:
    return play.client.post(address, json=body, headers=play.registry.headers(key))


def collected(play: Play, packs: int) -> list[str]:
    codes = [play.red() for _ in range(packs)]
    for code in codes:
        play.walk(code, until="collected")
    return codes


def make_manifest(codes: list[str], **changes: Any) -> dict[str, Any]:
    drum = {"sscc": sscc(1), "damage_class": "damaged", "packing_instruction": "P908"}
    return {
        "manifest_id": str(uuid.uuid4()),
        "carrier": "safe-haul",
        "receiver": "greencell",
        "judged_by": "C-0001",
        "judge_trained_on": "2026-03-01",
        "drums": [drum],
        "packs": [{"code": code, "sscc": sscc(1), "mass_kg": 4.0} for code in codes],
        **changes,
    }


def dispatched(play: Play, codes: list[str], **changes: Any) -> str:
    body = make_manifest(codes, **changes)
    made = post(play, URL, "city-collect", body)
    assert made.status_code == 201, made.text
    address = f"{URL}/{body['manifest_id']}"
    left = {"occurred_at": (NOW - timedelta(minutes=20)).isoformat()}
    sent = post(play, f"{address}/dispatch", "safe-haul", left)
    assert sent.status_code == 200, sent.text
    assert sent.get_json()["status"] == "dispatched"
    return address


def receipt(codes: list[str], mass_kg: float, *, minutes: int = 10) -> dict[str, Any]:
    return {
        "occurred_at": (NOW - timedelta(minutes=minutes)).isoformat(),
        "drums": [{"sscc": sscc(1), "mass_kg": mass_kg}],
        "packs": codes,
    }


def destroy(play: Play, code: str, **changes: Any) -> TestResponse:
    evidence = {"certificate_number": "D-1", "kg_metals": 2.5, "kg_black_mass": 1.5}
    return play.step(
        code,
        "greencell",
        to_state="destroyed",
        giver="greencell",
        receiver="greencell",
        occurred_at=NOW.isoformat(),
        evidence={**evidence, **changes},
    )


def dispatch(play: Play, body: dict[str, Any]) -> TestResponse:
    """Have the carrier take the road with a manifest that is written."""
    left = {"occurred_at": NOW.isoformat()}
    return post(play, f"{URL}/{body['manifest_id']}/dispatch", "safe-haul", left)


def states(play: Play, codes: list[str]) -> list[str]:
    return [play.get(f"/api/v1/custody/{code}").get_json()["state"] for code in codes]

"""The description says what is served, and what is served is what it says."""

import hashlib
import json
import re
from typing import Any

import pytest
from flask import Flask
from jsonschema import (
    Draft202012Validator,
)
from openapi_spec_validator import OpenAPIV31SpecValidator
from werkzeug.test import TestResponse

from battery_registry.domain import code as codes
from tests.api.chain_asked import chain_answers
from tests.api.epcis_asked import epcis_answers
from tests.api.passport_asked import passport_answers
from tests.api.resale_asked import resale_answers
from tests.api.review_asked import review_answers
from tests.builders import make_body, make_red_body
from tests.played import Play, make_check, make_step

UNKNOWN = codes.show(codes.mint(b"0123456789"))
CHECKER = Draft202012Validator.FORMAT_CHECKER


@pytest.fixture
def described(play: Play) -> Any:
    """The description as it is served."""
    return play.client.get("/openapi.json").get_json()


def template(rule: str) -> str:
    return re.sub(r"<(?:[a-z]+:)?([a-z_]+)>", r"{\1}", rule)


def check(described: Any, address: str, answer: TestResponse) -> str:
    """Hold a real answer against its description; returns what it was held against."""
    method = answer.request.method.lower()
    status = str(answer.status_code)
    responses = described["paths"][address][method]["responses"]
    assert status in responses, f"{method} {address} answers {status}: {answer.text}"
    content = responses[status].get("content")
    if content is None:
        assert not answer.get_data(), f"{method} {address} {status}: {answer.text}"
        return f"{method} {address} {status}"
    assert answer.mimetype in content, (address, status, answer.mimetype)
    schema = content[answer.mimetype]["schema"]
    is_json = (answer.mimetype or "").endswith("json")
    value = answer.get_json() if is_json else answer.get_data().decode("latin-1")
    whole = {**schema, "components": described["components"]}
    faults = list(
        Draft202012Validator(whole, format_checker=CHECKER).iter_errors(value)
    )
    assert not faults, f"{method} {address} {status}: {faults[0].message}"
    return f"{method} {address} {status}"


def test_the_description_is_openapi_3_1(described: Any) -> None:
    assert described["openapi"] == "3.1.0"
    OpenAPIV31SpecValidator(described).validate()


def test_every_route_of_the_api_is_described_and_nothing_else(
    described: Any, app: Flask
) -> None:
    served = {
        (template(rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    told = {
        (address, method)
        for address, item in described["paths"].items()
        for method in item
        if method != "parameters"
    }
    assert told == served


def answers(play: Play) -> list[tuple[str, TestResponse]]:
    """Answers of every sort, each with the address it is described under."""
    green, red, gone = play.green(pack_code="SPEC-0001"), play.red(), play.red()
    play.green(pack_code="SPEC-0002")
    play.walk(gone, until="destroyed")
    play.red(key="HD-01", maker=None, pack_code=None, pack_code_scheme="none")
    body, step = make_body(), make_step()
    two_batteries = make_body(pack_code="SPEC-0002", label_code=green)
    post = play.client.post
    readings, key = "/api/v1/inspections", play.registry.headers()
    reading = f"{readings}/{body['inspection_id']}"
    made: list[tuple[str, TestResponse]] = [
        (readings, post(readings, json=body, headers=key)),
        (readings, post(readings, json=body, headers=key)),
        (readings, post(readings, json={**body, "leakage": True}, headers=key)),
        (readings, post(readings, json={**make_red_body(), "x": 1}, headers=key)),
        (
            readings,
            post(
                readings,
                json={"inspections": [make_red_body(), make_body(leakage=3), body]},
                headers=key,
            ),
        ),
        (readings, post(readings, json=two_batteries, headers=key)),
        (readings, post(readings, data="{", headers=key)),
        (readings, post(readings, json=body)),
        (readings, post(readings, json=body, headers=play.registry.headers("dealer"))),
        (f"{readings}/{{inspection_id}}", play.get(reading)),
        (f"{readings}/{{inspection_id}}", play.get(reading[:-4] + "0000")),
        (f"{readings}/{{inspection_id}}", play.get(reading, None)),
        (f"{readings}/{{inspection_id}}", play.get(reading, "dealer")),
        ("/api/v1/custody/{code}/events", play.step(red, "XC-01", **step)),
        ("/api/v1/custody/{code}/events", play.step(red, "XC-01", **step)),
        ("/api/v1/custody/{code}/events", play.step(red, "XC-01", to_state="cleared")),
        ("/api/v1/custody/{code}/events", play.step(gone, "XC-01")),
        ("/api/v1/custody/{code}/events", play.step(red, "HD-01", to_state="missing")),
        ("/api/v1/custody/{code}/events", play.step(red, "dealer")),
        ("/api/v1/custody/{code}/events", play.step(green, "XC-01")),
        ("/api/v1/custody/{code}/events", play.step(red, "XC-01", giver="?")),
        (
            "/api/v1/custody/{code}/events",
            post(f"/api/v1/custody/{red}/events", data="{", headers=key),
        ),
        (
            "/api/v1/custody/{code}/events",
            post(f"/api/v1/custody/{red}/events", json=step),
        ),
    ]
    made += station_answers(play)
    made += recording_answers(play)
    made += import_answers(play)
    made += passport_answers(play, gone=gone)
    made += resale_answers(play)
    made += epcis_answers(play)
    made += chain_answers(play)
    made += review_answers(play)
    reads = {
        "/api/v1/batteries": "?serial=SPEC-0001",
        "/api/v1/red-list": "?limit=1",
        "/api/v1/figures": "?by=district,month,code,maker,station",
        "/api/v1/exports/red-list.csv": "",
        "/api/v1/exports/inspections.csv": "",
    }
    for address, query in reads.items():
        made.append((address, play.get(f"{address}{query}")))
        made.append((address, play.get(f"{address}?nonsense=1")))
        made.append((address, play.get(address, None)))
        made.append((address, play.get(f"{address}{query}", "dealer")))
    for address in (
        "/api/v1/batteries/{code}",
        "/api/v1/batteries/{code}/history",
        "/api/v1/custody/{code}",
        "/api/v1/resale/{code}",
    ):
        is_public = "resale" in address
        codes_asked = (green, red, gone, UNKNOWN, "abc")
        made += [(address, play.get(address.format(code=c))) for c in codes_asked]
        if not is_public:
            made.append((address, play.get(address.format(code=red), None)))
            made.append((address, play.get(address.format(code=red), "dealer")))
    return made


def station_answers(play: Play) -> list[tuple[str, TestResponse]]:
    """Answers about a station whose readings are looked at closely."""
    told, key = make_check(), play.registry.headers()
    recording = "ab" * 32
    play.green(recording_sha256=recording)
    play.green(recording_sha256=recording, discharge_capacity_ah=24.0)
    quality, checks = (
        f"/api/v1/stations/{{station}}/{name}"
        for name in ("quality", "reference-checks")
    )
    at = checks.format(station="XC-01")
    post = play.client.post
    return [
        (checks, post(at, json=told, headers=key)),
        (checks, post(at, json=told, headers=key)),
        (checks, post(at, json={**told, "reading": 9.0}, headers=key)),
        (checks, post(at, json={**told, "reading": 0}, headers=key)),
        (checks, post(at, data="{", headers=key)),
        (checks, post(at, json=told)),
        (checks, post(at, json=told, headers=play.registry.headers("dealer"))),
        (checks, post(checks.format(station="HD-01"), json=told, headers=key)),
        (quality, play.get(quality.format(station="XC-01"))),
        (quality, play.get(quality.format(station="HD-01"))),
        (quality, play.get(quality.format(station="NO-01"))),
        (quality, play.get(quality.format(station="XC-01"), nonsense=1)),
        (quality, play.get(quality.format(station="XC-01"), None)),
        (quality, play.get(quality.format(station="XC-01"), "dealer")),
    ]


def recording_answers(play: Play) -> list[tuple[str, TestResponse]]:
    """Answers about a recording on its way in."""
    content, address = b"frames", "/api/v1/recordings/{digest}"
    digest = hashlib.sha256(content).hexdigest()
    play.green(recording_sha256=digest)

    def put(data: bytes, key: str | None = "XC-01", **headers: str) -> TestResponse:
        held = play.registry.headers(key) if key else {}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return play.client.put(
            address.format(digest=digest), data=data, headers={**held, **named}
        )

    reads = ((digest, "XC-01"), (digest, None), (digest, "dealer"), ("0" * 64, "XC-01"))
    told = [
        put(b"fra", Content_Range="bytes 0-2/6"),
        put(b"s", Content_Range="bytes 5-5/6"),
        put(b"x", Content_Range="x"),
        put(b"others"),
        put(content),
        put(content),
        put(content, None),
        put(content, "dealer"),
        put(content, "HD-01"),
        *(play.get(address.format(digest=one), key) for one, key in reads),
        play.get(address.format(digest="zz")),
    ]
    return [(address, answer) for answer in told]


def import_answers(play: Play) -> list[tuple[str, TestResponse]]:
    """Answers about a file of inspections."""
    address, key = "/api/v1/imports", play.registry.headers()
    file = "\n".join(json.dumps(make_body(**each)) for each in ({}, {"ocv_v": 500}))
    post = play.client.post
    told = [
        post(address, data=file, headers=key),
        post(f"{address}?dry_run=perhaps", data=file, headers=key),
        post(f"{address}?mapping={{", data=file, headers=key),
        post(address, data=file),
        post(address, data=file, headers=play.registry.headers("dealer")),
    ]
    return [(address, answer) for answer in told]


def test_every_answer_is_as_it_is_described(described: Any, play: Play) -> None:
    met = {check(described, address, answer) for address, answer in answers(play)}
    told = {
        f"{method} {address} {status}"
        for address, item in described["paths"].items()
        for method, view in item.items()
        if method != "parameters"
        for status in view["responses"]
        if status != "default"
    }
    # A 503 needs a database that does not take what it is given.
    assert {entry for entry in told - met if not entry.endswith(" 503")} == set()


def test_only_the_buyers_question_needs_no_key(described: Any) -> None:
    open_to_all = [
        address
        for address, item in described["paths"].items()
        for method, view in item.items()
        if method != "parameters" and view.get("security") == []
    ]
    assert set(open_to_all) == {
        "/api/v1/reports/loss",
        "/api/v1/reports/loss/withdrawal",
        "/api/v1/resale/prefix/{prefix}",
        "/api/v1/resale/serial",
        "/api/v1/resale/transfers/{transfer_id}/consents",
        "/api/v1/resale/{code}",
        "/api/v1/status-list",
    }
    assert described["security"] == [{"key": []}]

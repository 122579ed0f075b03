"""``rescore``, its report, and how a rule set goes live with it."""

import hashlib
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from battery_registry import scoring
from battery_registry.app import from_environment
from battery_registry.domain import code
from battery_registry.queries.rescoring import tallies
from battery_registry.scoring import load
from battery_registry.services.releases import NotInForceError, NotSignedOffError
from battery_registry.store.tables.batteries import battery
from battery_registry.store.tables.inspections import evaluation
from battery_registry.store.tables.releases import score_today
from tests.builders import Registry, make_body, make_red_body
from tests.cli.conftest import Run, environment
from tests.web.visits import Visitor

STRICT = "cn-2024-strict"
URL = "/api/v1/inspections"
# What each would be: the stricter city's limits are 400 mOhm, 40 %, 20 points.
PACKS: dict[str, tuple[dict[str, Any], str, str]] = {
    "sound": ({}, "green", "green"),
    "thin": ({"internal_resistance_mohm": 420.0}, "green", "red"),
    "near": ({"internal_resistance_mohm": 380.0}, "green", "yellow"),
    "worn": ({"discharge_capacity_ah": 11.0}, "yellow", "red"),
    "tired": ({"discharge_capacity_ah": 17.4}, "green", "yellow"),
    "acid": ({"chemistry": "lead_acid"}, "not_covered", "not_covered"),
}


def hand_in(client: FlaskClient, registry: Registry, **changes: Any) -> Any:
    answer = client.post(URL, json=make_body(**changes), headers=registry.headers())
    assert answer.status_code == 201, answer.text
    return json.loads(answer.data)


@pytest.fixture
def packs(client: FlaskClient, registry: Registry) -> dict[str, str]:
    """The public code of each pack."""
    codes = {}
    for name, (changes, legal, _) in PACKS.items():
        told = hand_in(client, registry, **changes)
        assert told["verdict"]["code"] == legal, name
        codes[name] = told["battery"]["code"]
    return codes


def kept(registry: Registry, table: Any) -> list[Any]:
    with registry.runtime.database.reading() as session:
        rows = session.execute(select(table).order_by(table.c.battery_id))
        return [tuple(row) for row in rows]


def read(client: FlaskClient, registry: Registry, public_code: str) -> Any:
    answer = client.get(
        f"/api/v1/batteries/{public_code}", headers=registry.headers("regulator")
    )
    assert answer.status_code == 200, answer.text
    return json.loads(answer.data)


def test_the_report_tells_what_would_change(
    run: Run, registry: Registry, packs: dict[str, str], tmp_path: Path
) -> None:
    before = kept(registry, battery), kept(registry, evaluation)
    file = tmp_path / "report.json"
    done = run("rescore", "--ruleset", STRICT, "--report", file)
    assert done.exit_code == 0, done.output
    assert (kept(registry, battery), kept(registry, evaluation)) == before
    told = json.loads(file.read_text())
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    assert done.stdout.splitlines()[-1] == f"report {file}, sha256 {sha256}"
    assert told["packs"] == len(packs)
    assert told["transitions"] == [
        {"from": "green", "to": "green", "packs": 1},
        {"from": "green", "to": "yellow", "packs": 2},
        {"from": "green", "to": "red", "packs": 1},
        {"from": "yellow", "to": "red", "packs": 1},
        {"from": "not_covered", "to": "not_covered", "packs": 1},
    ]
    assert (told["green_to_red"], told["green_to_red_codes"]) == (1, [packs["thin"]])
    causes = {
        (one["part"], one["id"], one["from"], one["to"]): one["packs"]
        for one in told["causes"]
    }
    assert causes == {
        ("rule", "T1", "green", "red"): 1,
        ("rule", "T3", "yellow", "red"): 1,
        ("guard", "GUARD-T1", "green", "yellow"): 1,
        ("limit", "yellow", "green", "yellow"): 1,
    }
    (at_station,) = told["stations"]
    assert (at_station["station"], at_station["changed"]) == ("XC-01", 4)
    (of_model,) = told["models"]
    assert (of_model["maker"], of_model["model"]) == ("Volta", "V48-20")
    (of_age,) = told["ages_years"]
    assert (of_age["age"], of_age["green_to_red"]) == ("2-3", 1)
    changes = told["score_changes"]
    counted = changes["same"] + changes["without_score"]
    assert counted + sum(one["packs"] for one in changes["bins"]) == len(packs)
    assert "because of rule T1: 1" in done.stdout


def test_what_it_would_be_today_stands_beside_the_legal_code(
    app: Flask,
    run: Run,
    client: FlaskClient,
    registry: Registry,
    packs: dict[str, str],
) -> None:
    assert read(client, registry, packs["thin"])["score_today"] is None
    assert run("rescore", "--ruleset", STRICT).exit_code == 0
    for name, (_, legal, today) in PACKS.items():
        told = read(client, registry, packs[name])
        assert (told["code_in_force"], told["score_today"]["code"]) == (legal, today)
        assert told["score_today"]["ruleset"]["id"] == STRICT
    thin = read(client, registry, packs["thin"])
    assert (thin["score_today"]["score"], thin["sale"]["answer"]) == (80.0, "clear")
    regulator = Visitor(app).sign_in("regulator")
    page = regulator.get(f"/batteries/{packs['thin']}").text
    assert "What it would be today" in page
    assert STRICT in page
    # The next rescore takes the last one's place.
    assert run("rescore", "--ruleset", "cn-2024").exit_code == 0
    thin = read(client, registry, packs["thin"])
    assert thin["score_today"]["code"] == "green"
    assert len(kept(registry, score_today)) == len(packs)


def test_a_newer_inspection_makes_it_stale(
    run: Run, client: FlaskClient, registry: Registry
) -> None:
    first = hand_in(client, registry, pack_code="AA-01")["battery"]["code"]
    assert run("rescore", "--ruleset", STRICT).exit_code == 0
    assert read(client, registry, first)["score_today"]["code"] == "green"
    answer = client.post(
        URL, json=make_red_body(pack_code="AA-01"), headers=registry.headers()
    )
    assert answer.status_code == 201
    assert read(client, registry, first)["score_today"] is None


def test_later_knowledge_is_told_apart_from_the_rules(
    run: Run, client: FlaskClient, registry: Registry, tmp_path: Path
) -> None:
    for at, capacity in (("2026-11-20", 17.6), ("2026-06-20", 19.9)):
        hand_in(
            client,
            registry,
            pack_code="AA-02",
            tested_at=f"{at}T10:00:00+08:00",
            discharge_capacity_ah=capacity,
        )
    file = tmp_path / "report.json"
    assert run("rescore", "--ruleset", "cn-2024", "--report", file).exit_code == 0
    (cause,) = json.loads(file.read_text())["causes"]
    assert (cause["part"], cause["from"], cause["to"], cause["packs"]) == (
        *("known_since", "green", "yellow"),
        1,
    )


def test_it_goes_live_with_its_report_and_two_people(
    run: Run, packs: dict[str, str], tmp_path: Path, registry: Registry
) -> None:
    file = tmp_path / "report.json"
    step = ("--ruleset", STRICT, "--report", file, "--by")
    run("rescore", "--ruleset", STRICT, "--report", file)
    live = {"BATTERY_REGISTRY_RULESET": STRICT}
    readings = tmp_path / "readings.jsonl"
    readings.write_text(json.dumps(make_body()) + "\n")

    def is_refused() -> bool:
        done = run("import", readings, "--dry-run", "--station", "XC-01", **live)
        served = run("serve", "--port", 1, **live) if done.exit_code == 2 else done
        assert done.exit_code == served.exit_code
        return "no second person has signed it off" in served.output

    assert is_refused()
    assert "no second person" in run("doctor", COLUMNS="300", **live).stdout
    done = run("scoring", "propose", *step, "regulator")
    assert (done.exit_code, "a second person" in done.stdout) == (0, True)
    done = run("scoring", "sign-off", *step, "regulator")
    assert (done.exit_code, "cannot sign it off" in done.output) == (1, True)
    assert is_refused()
    tampered = tmp_path / "tampered.json"
    tampered.write_text(file.read_text().replace('"packs": 6', '"packs": 7'))
    done = run(
        "scoring",
        "sign-off",
        *("--ruleset", STRICT, "--report", tampered),
        "--by",
        "admin",
    )
    assert (done.exit_code, "has made no such report" in done.output) == (1, True)
    assert run("scoring", "sign-off", *step, "admin").exit_code == 0
    assert not is_refused()
    assert "may judge" in run("doctor", COLUMNS="300", **live).stdout


def test_the_server_itself_refuses_what_is_not_live(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment(registry.runtime.settings).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("BATTERY_REGISTRY_RULESET", STRICT)
    with pytest.raises(NotSignedOffError):
        from_environment()


def test_a_set_whose_days_are_over_is_refused_everywhere(
    registry: Registry, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment(registry.runtime.settings).items():
        monkeypatch.setenv(name, value)
    ended = replace(load("cn-2024"), effective_to=date(2024, 12, 31))
    monkeypatch.setattr(scoring, "load", lambda _: ended)
    with pytest.raises(NotInForceError):
        from_environment()
    done = run("serve")
    assert (done.exit_code, "it is not in force that day" in done.output) == (2, True)
    told = run("doctor", COLUMNS="300")
    assert (told.exit_code, "it is not in force that day" in told.stdout) == (1, True)


def test_a_long_list_of_models_is_counted_together(
    client: FlaskClient,
    registry: Registry,
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number in range(4):
        hand_in(client, registry, model=f"M{number}")
    nameless = {"pack_code": None, "pack_code_scheme": "none", "maker": None}
    hand_in(client, registry, model=None, production_date=None, **nameless)
    monkeypatch.setattr(tallies, "MOST_GROUPS", 2)
    file = tmp_path / "report.json"
    assert run("rescore", "--ruleset", STRICT, "--report", file).exit_code == 0
    models = json.loads(file.read_text())["models"]
    assert sum(one["packs"] for one in models) == 5
    assert [one["packs"] for one in models if one.get("others")] == [3]


def test_an_empty_registry_has_a_report_too(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    done = run("rescore", "--ruleset", STRICT, "--report", file)
    assert done.exit_code == 0, done.output
    told = json.loads(file.read_text())
    assert (told["packs"], told["green_to_red_codes"]) == (0, [])


def test_what_cannot_be_done_is_said_in_a_line(run: Run, tmp_path: Path) -> None:
    done = run("rescore", "--ruleset", "cn-1999")
    assert (done.exit_code, "cn-1999" in done.output) == (2, True)
    nowhere = tmp_path / "no" / "report.json"
    done = run("rescore", "--ruleset", STRICT, "--report", nowhere)
    assert (done.exit_code, "is no folder" in done.output) == (1, True)
    long = tmp_path / ("x" * 300)
    done = run("rescore", "--ruleset", STRICT, "--report", long)
    assert (done.exit_code, "File name too long" in done.output) == (1, True)


def test_the_codes_of_the_report_are_spelled_as_on_labels(
    run: Run, packs: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "report.json"
    run("rescore", "--ruleset", STRICT, "--report", file)
    for told in json.loads(file.read_text())["green_to_red_codes"]:
        assert code.show(code.parse(told)) == told

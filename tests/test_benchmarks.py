"""The benchmark measures equal work, and says what it found; never how fast."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.engine import make_url
from werkzeug.test import Client

from battery_registry.settings import Settings
from battery_registry.store.db import Database
from benchmarks import city, engines, equality
from benchmarks.__main__ import main
from benchmarks.bodies import Bodies
from benchmarks.city import City
from benchmarks.equality import UnequalWorkError
from benchmarks.limit import Limit
from tests.builders import NOW

KNOWN_NAMES = {"name", "unit", "ours", "limit", "ratio", "goal"}


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def built(settings: Settings, now: datetime) -> City:
    return city.build(settings, batteries=120, now=now)


def plain_url(url: str) -> str:
    """The URL as a bare driver takes it."""
    return (
        make_url(url)
        .set(drivername=make_url(url).get_backend_name())
        .render_as_string(hide_password=False)
    )


MakeLimit = Callable[..., Client]


@pytest.fixture
def make_limit(settings: Settings, built: City) -> Iterator[MakeLimit]:
    made: list[Limit] = []

    def make(*, without: str = "") -> Client:
        limit = Limit(
            url=plain_url(settings.database_url),
            tables=[name for name in built.tables if name != without],
            battery_id=built.pattern,
        )
        made.append(limit)
        return Client(limit)

    yield make
    for limit in made:
        limit.close()


def hand_in(client: Client, key: str, bodies: Bodies) -> Callable[[], str]:
    def once() -> str:
        body = bodies.one()
        answer = client.post(
            "/api/v1/inspections",
            data=body,
            content_type="application/json",
            headers={"Authorization": f"Bearer {key}"},
        )
        assert answer.status_code == 201, answer.text
        pack_code: str = json.loads(body)["pack_code"]
        return pack_code

    return once


def test_ours_and_limit_write_the_same_rows(
    app: Flask, database: Database, built: City, now: datetime, make_limit: MakeLimit
) -> None:
    bodies, key = Bodies(now), built.station_key
    ours = app.test_client()
    limit = make_limit()
    written = equality.check_writes(
        database, hand_in(ours, key, bodies), hand_in(limit, key, bodies)
    )
    assert written == {
        "batteries": 1,
        "labels": 1,
        "maker_codes": 1,
        "inspections": 1,
        "inspection_map": 1,
        "evaluations": 1,
        "code_changes": 1,
        "ledger_leaves": 2,
        "sale_keys": 2,
        "inspection_counters": 1,
    }


@pytest.mark.parametrize(
    "left_out", ["ledger_leaves", "code_changes", "labels", "sale_keys"]
)
def test_a_limit_that_leaves_a_table_out_is_caught(
    app: Flask,
    database: Database,
    built: City,
    now: datetime,
    make_limit: MakeLimit,
    left_out: str,
) -> None:
    bodies, key = Bodies(now), built.station_key
    ours = app.test_client()
    limit = make_limit(without=left_out)
    with pytest.raises(UnequalWorkError, match=left_out):
        equality.check_writes(
            database, hand_in(ours, key, bodies), hand_in(limit, key, bodies)
        )


def test_a_batch_of_the_limit_is_as_whole_as_its_parts(
    database: Database, now: datetime, make_limit: MakeLimit
) -> None:
    limit = make_limit()
    before = equality.count_rows(database)
    answer = limit.post("/api/v1/inspections", data=Bodies(now).batch(7))
    after = equality.count_rows(database)
    results = json.loads(answer.text)["results"]
    assert [result["index"] for result in results] == list(range(7))
    assert after["ledger_leaves"] - before["ledger_leaves"] == 14
    assert after["inspection_counters"] - before["inspection_counters"] == 7


def test_ours_and_limit_read_the_same(
    client: FlaskClient, built: City, make_limit: MakeLimit
) -> None:
    limit = make_limit()
    headers = {"Authorization": f"Bearer {built.regulator_key}"}
    for path in (
        f"/api/v1/batteries/{built.codes[0]}",
        f"/api/v1/red-list?district={built.districts[0]}&limit=50",
    ):
        of_ours = client.get(path, headers=headers)
        assert of_ours.status_code == 200, of_ours.text
        equality.check_answers(of_ours.data, limit.get(path).data)


def test_answers_of_other_sizes_are_caught() -> None:
    equality.check_answers(b"x" * 100, b"x" * 120)
    with pytest.raises(UnequalWorkError):
        equality.check_answers(b"x" * 100, b"x" * 40)


@pytest.mark.parametrize(
    "url", ["postgresql://db.example.org/x", "postgresql:///x?host=10.0.0.7"]
)
def test_another_machine_is_refused(url: str) -> None:
    with pytest.raises(engines.NotHereError):
        engines.refuse_elsewhere(url)


@pytest.mark.parametrize(
    "url", ["postgresql://127.0.0.1/x", "postgresql:///x?host=%2Ftmp", "sqlite:///f"]
)
def test_this_machine_is_not_refused(url: str) -> None:
    engines.refuse_elsewhere(url)


def test_a_careless_database_is_refused(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    try:
        # The tests' own server does not wait for the disk.
        if "off" in _setting(database):
            with pytest.raises(engines.NotDurableError, match="fsync"):
                engines.refuse_careless(database)
    finally:
        database.dispose()


def _setting(database: Database) -> str:
    with database.engine.connect() as connection:
        return str(connection.exec_driver_sql("SHOW fsync").scalar())


def test_a_run_reports_what_the_design_names(
    capfd: pytest.CaptureFixture[str],
) -> None:
    code = main(
        [
            *("intake", "lookup", "redlist", "--engine", "sqlite", "--json"),
            *("--batteries", "1200", "--rounds", "1", "--seconds", "0.1"),
        ]
    )
    told = json.loads(capfd.readouterr().out)
    assert code == 0
    assert told["machine"]["database"].startswith("SQLite")
    assert told["machine"]["durability"]["synchronous"] == "2"
    assert set(told["machine"]["fsync_us"]) == {"before", "after"}
    assert [result["name"] for result in told["results"]] == [
        "intake",
        "intake_batch",
        "lookup",
        "redlist",
    ]
    for result in told["results"]:
        assert result.keys() >= KNOWN_NAMES
        assert result["ratio_min"] <= result["ratio"] <= result["ratio_max"]
    assert {result["name"]: result["goal"] for result in told["results"]} == {
        "intake": 0.35,
        "intake_batch": 2000,
        "lookup": 0.3,
        "redlist": 0.25,
    }


def test_a_rescore_is_measured_whole(capfd: pytest.CaptureFixture[str]) -> None:
    code = main(
        [
            *("rescore", "--engine", "sqlite", "--json", "--check"),
            *("--batteries", "60", "--packs", "400"),
        ]
    )
    told = json.loads(capfd.readouterr().out)
    rate, peak = told["results"]
    assert (rate["name"], rate["unit"], rate["goal_of"]) == (
        *("rescore", "packs/s"),
        "ours",
    )
    assert (peak["name"], peak["goal"], peak["goal_of"]) == (
        *("rescore_peak", 500),
        "at most",
    )
    # An upper bound: Linux counts what the starting process had, here the tests'.
    assert peak["ours"] > 50
    # 400 packs in the time that a program takes to start: the goal is missed.
    assert (code, rate["met"]) == (1, False)


def test_an_unknown_case_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["intakes"])
    assert re.search("intakes", capsys.readouterr().err)

"""The page behind the QR code."""

import json
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update

from battery_registry.domain import code as public_codes
from battery_registry.scoring import load
from battery_registry.store.tables.batteries import label
from battery_registry.store.tables.inspections import evaluation
from battery_registry.store.tables.parties import station
from battery_registry.web.showing import STATIC
from tests.builders import NOW, make_body
from tests.conftest import Clock
from tests.played import Play
from tests.web.visits import Visitor

MAX_PAGE_BYTES = 20 * 1024
MAX_STYLE_BYTES = 6 * 1024


def spare_code() -> str:
    return public_codes.mint(b"0123456789")


@pytest.mark.parametrize(
    ("language", "word", "do", "site"),
    [
        ("en", "Red", "Stop using it now", "Station XC-01"),
        ("zh", "红码", "立即停止使用", "XC-01 检测站"),
    ],
)
def test_red_says_what_to_do_and_where(
    play: Play, client: FlaskClient, language: str, word: str, do: str, site: str
) -> None:
    answer = client.get(f"/b/{play.red()}", headers={"Accept-Language": language})
    assert answer.status_code == 200
    for part in (
        f"<h1>{word}</h1>",
        do,
        site,
        "09:00-18:00",
        "119",
        "code-red",
        "<svg",
    ):
        assert part in answer.text


def test_each_code_has_its_own_shape_and_word(play: Play, stranger: Visitor) -> None:
    codes = {
        "Green": play.green(),
        "Yellow": play.green(discharge_capacity_ah=14.5),
        "Red": play.red(),
        "Incomplete": play.green(internal_resistance_mohm=None, resistance_method=None),
        "Void": play.green(ambient_temp_c=40.0),
        "Not covered": play.green(chemistry="lead_acid"),
    }
    shapes = set()
    for word, code in codes.items():
        text = stranger.get(f"/b/{code}").text
        assert f"<h1>{word}</h1>" in text
        found = re.search(r"<svg.*?</svg>", text, re.DOTALL)
        assert found is not None
        shapes.add(found[0])
    assert len(shapes) == len(codes)


def test_yellow_says_that_it_is_not_the_guidelines(
    play: Play, stranger: Visitor
) -> None:
    text = stranger.get(f"/b/{play.green(discharge_capacity_ah=14.5)}").text
    assert "this registry&#39;s own reminder" in text
    assert "if the buyer is told" in text


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", "The resistance is very near its limit: please repeat the test"),
        ("zh", "内阻很接近限值"),
    ],
)
def test_a_reading_near_its_limit_is_told_without_figures(
    play: Play, client: FlaskClient, language: str, says: str
) -> None:
    code = play.green(internal_resistance_mohm=480.0)
    text = client.get(f"/b/{code}", headers={"Accept-Language": language}).text
    assert "code-yellow" in text
    assert says in text
    assert "480" not in text


def test_a_verdict_by_a_rule_set_that_was_changed_keeps_its_own_words(
    play: Play, stranger: Visitor
) -> None:
    code = play.green(internal_resistance_mohm=480.0)
    with play.registry.runtime.database.writing() as session:
        (record,) = session.scalars(select(evaluation.c.record)).all()
        told = json.loads(json.dumps(record).replace(load("cn-2024").sha256, "0" * 64))
        told["guards"][0]["text"]["en"] = "As it was said then."
        session.execute(update(evaluation).values(record=told))
    assert "As it was said then." in stranger.get(f"/b/{code}").text


def test_a_code_past_its_date_says_so(
    play: Play, stranger: Visitor, clock: Clock
) -> None:
    code = play.green()
    assert "Have it checked again by 2027-11-23" in stranger.get(f"/b/{code}").text
    clock.now = NOW.replace(year=2028)
    text = stranger.get(f"/b/{code}").text
    assert "It was due for a check by 2027-11-23" in text
    assert "Must not be sold" in text
    assert "out of date" in text


def test_it_shows_nobodys_data_and_no_figures(play: Play, stranger: Visitor) -> None:
    code = play.red(
        owner_name="王小明",
        owner_phone="13800001111",
        plate="京A12345",
        frame_number="FRAME-777",
        pack_code="SECRETPACK9876",
        internal_resistance_mohm=777.25,
        max_output_voltage_v=61.375,
    )
    for language in ("zh", "en"):
        text = stranger.get(f"/b/{code}?lang={language}").text
        for hidden in (
            "王小明",
            "13800001111",
            "京A12345",
            "FRAME-777",
            "SECRETPACK",
            "777.25",
            "61.375",
            "I-0001",
            "EBC-1",
        ):
            assert hidden not in text
        assert "48 V" in text


def test_it_needs_no_script_no_cookie_and_few_bytes(
    play: Play, stranger: Visitor
) -> None:
    answer = stranger.get(f"/b/{play.red()}?lang=en")
    assert "Set-Cookie" not in answer.headers
    assert "<script" not in answer.text
    assert "style=" not in answer.text
    style = (STATIC / "public.css").stat().st_size
    icon = (STATIC / "icon.svg").stat().st_size
    assert style <= MAX_STYLE_BYTES
    assert len(answer.data) + style + icon <= MAX_PAGE_BYTES
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert {"accept", "accept-language"} <= {name.lower() for name in answer.vary}


def test_a_machine_gets_a_few_facts(play: Play, client: FlaskClient) -> None:
    green, red = play.green(), play.red()
    wanted = {"Accept": "application/json"}
    assert client.get(f"/b/{green}", headers=wanted).json == {
        "code": green,
        "verdict": "green",
        "sellable": "clear",
        "next_due": "2027-11-23",
        "tested_on": "2026-11-23",
    }
    told = client.get(f"/b/{red}", headers=wanted).json
    assert told is not None
    assert (told["verdict"], told["sellable"], told["next_due"]) == (
        "red",
        "blocked",
        None,
    )


def test_a_destroyed_battery_is_gone(play: Play, stranger: Visitor) -> None:
    code = play.red()
    play.walk(code, until="destroyed")
    answer = stranger.get(f"/b/{code}")
    assert answer.status_code == 410
    assert "must not be on a living battery" in answer.text
    assert "Report it" in answer.text
    told = stranger.get(f"/b/{code}", Accept="application/json")
    assert told.status_code == 410
    assert told.get_json()["verdict"] == "destroyed"


def test_the_case_is_followed(play: Play, stranger: Visitor) -> None:
    code = play.red()
    play.walk(code, until="collected")
    assert "Taken by a collector" in stranger.get(f"/b/{code}").text


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("0000-0000-0000-0001", "check character"),
        ("abc", "16 letters and digits"),
        ("u" * 16, "16 letters and digits"),
    ],
)
def test_a_typing_error_is_explained(stranger: Visitor, typed: str, says: str) -> None:
    answer = stranger.get(f"/b/{typed}")
    assert answer.status_code == 404
    assert says in answer.text
    assert 'name="code"' in answer.text
    told = stranger.get(f"/b/{typed}", Accept="application/json")
    assert told.status_code == 404
    assert told.get_json()["sellable"] == "unknown"


def test_a_code_with_a_slip_comes_back_as_it_was_typed(stranger: Visitor) -> None:
    typed = "0000-0000-0000-0001"
    told = stranger.get(f"/b/{typed}", Accept="application/json")
    assert told.get_json()["code"] == typed
    longer = stranger.get(f"/b/{typed}{'-' * 500}", Accept="application/json")
    assert longer.get_json()["code"] == f"{typed}{'-' * 500}"[:64]


def test_an_unknown_code_is_not_a_yes(stranger: Visitor) -> None:
    answer = stranger.get(f"/b/{spare_code()}")
    assert answer.status_code == 404
    assert "Not found does not mean safe" in answer.text
    told = stranger.get(f"/b/{spare_code()}", Accept="application/json")
    assert (told.get_json()["code"], told.get_json()["verdict"]) == (
        public_codes.show(public_codes.parse(spare_code())),
        None,
    )


def test_a_blank_label_says_so(play: Play, stranger: Visitor) -> None:
    with play.registry.runtime.database.writing() as session:
        session.execute(insert(label).values(code=spare_code(), made_at=NOW))
    answer = stranger.get(f"/b/{spare_code()}")
    assert answer.status_code == 404
    assert "blank label" in answer.text


def test_a_replaced_label_leads_to_its_battery(play: Play, stranger: Visitor) -> None:
    shown = play.red()
    code = public_codes.parse(shown)
    with play.registry.runtime.database.writing() as session:
        bound = update(label).where(label.c.code == code).returning(label.c.battery_id)
        battery_id = session.scalar(bound.values(bound_at=NOW))
        session.execute(
            insert(label).values(
                code=spare_code(), battery_id=battery_id, made_at=NOW, replaced_by=code
            )
        )
    text = stranger.get(f"/b/{spare_code()}").text
    assert "You have scanned an old label" in text
    assert f"<strong>{shown}</strong>" in text
    assert "You have scanned an old label" not in stranger.get(f"/b/{shown}").text


def test_a_code_is_read_as_people_type_it(play: Play, stranger: Visitor) -> None:
    code = play.green()
    assert stranger.get(f"/b/{code.upper()}").status_code == 200
    assert stranger.get(f"/b/{code.replace('-', '')}").status_code == 200


def test_a_missing_site_is_said(play: Play, stranger: Visitor) -> None:
    code = play.hand_in(make_body(leakage=True))[0]["battery"]["code"]
    database = play.registry.runtime.database
    with database.writing() as session:
        for name, station_id in play.registry.stations.items():
            assert name
            session.execute(
                update(station)
                .where(station.c.station_id == station_id)
                .values(disabled_at=NOW)
            )
    assert "No site is listed" in stranger.get(f"/b/{code}").text

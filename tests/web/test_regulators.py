"""The red list with its filters and its export, one battery's history, figures."""

import csv
import io
import re
from datetime import timedelta

import pytest
from flask import Flask

from tests.builders import NOW
from tests.conftest import Clock
from tests.played import Play
from tests.web.visits import Visitor

_CODE = re.compile(r">([0-9a-z]{4}(?:-[0-9a-z]{4}){3})</a>")


def codes(visitor: Visitor, address: str) -> list[str]:
    answer = visitor.get(address)
    assert answer.status_code == 200, answer.text
    return _CODE.findall(answer.text)


def test_the_list_shows_open_cases_and_no_green_pack(
    play: Play, regulator: Visitor
) -> None:
    red, green = play.red(), play.green()
    answer = regulator.get("/red-list")
    assert red in answer.text
    assert green not in answer.text
    assert "Xicheng" in answer.text
    assert "Coded red, to be handed in" in answer.text


def test_filters_narrow_the_list(play: Play, regulator: Visitor) -> None:
    xicheng, haidian = play.red(maker="Acme"), play.red(key="HD-01", model="M-2")
    isolated = play.red(maker="Acme")
    play.walk(isolated, until="isolated")
    for query, wanted in (
        ("district=110108", {haidian}),
        ("state=isolated", {isolated}),
        ("maker=Acme", {xicheng, isolated}),
        ("model=M-2", {haidian}),
        ("maker=Acme&state=flagged", {xicheng}),
        ("since=2026-11-23", {xicheng, haidian, isolated}),
        ("since=2026-11-24", set()),
        ("until=2026-11-22", set()),
        ("until=2026-11-23", {xicheng, haidian, isolated}),
        ("state=destroyed", set()),
        ("district=&state=&maker=", {xicheng, haidian, isolated}),
    ):
        assert set(codes(regulator, f"/red-list?{query}")) == wanted, query


def test_what_is_asked_stays_in_the_form(play: Play, regulator: Visitor) -> None:
    play.red()
    text = regulator.get("/red-list?maker=A%22b&state=missing&overdue=true").text
    assert 'value="A&#34;b"' in text
    assert '<option value="missing" selected>' in text
    assert 'name="overdue" value="true" checked' in text
    assert "No red battery fits these filters" in text


def test_overdue_is_said_in_words_and_a_sign(
    play: Play, regulator: Visitor, clock: Clock
) -> None:
    late = play.red()
    assert "&#9888;" not in regulator.get("/red-list").text
    clock.now = NOW + timedelta(hours=30)
    visitor = regulator.sign_in("regulator")
    recent = play.red(tested_at=clock.now.isoformat())
    assert codes(visitor, "/red-list?overdue=true") == [late]
    assert set(codes(visitor, "/red-list")) == {late, recent}
    assert visitor.get("/red-list").text.count("&#9888;") == 1


@pytest.mark.parametrize(
    "query",
    [
        "state=sold",
        "since=yesterday",
        "until=9999-12-31",
        "overdue=perhaps",
        "cursor=zzz",
    ],
)
def test_a_filter_that_is_none_is_refused(regulator: Visitor, query: str) -> None:
    assert regulator.get(f"/red-list?{query}").status_code == 422


def test_pages_follow_one_another(play: Play, regulator: Visitor) -> None:
    reds = {play.red() for _ in range(3)}
    bodies = [play.red() for _ in range(50)]
    first = regulator.get("/red-list?maker=Volta&lang=en")
    seen = _CODE.findall(first.text)
    assert len(seen) == 50
    following = re.search(r'rel="next" href="([^"]+)"', first.text)
    assert following is not None
    address = following[1].replace("&amp;", "&")
    assert "maker=Volta" in address
    assert "lang=en" in address
    second = regulator.get(address)
    rest = _CODE.findall(second.text)
    assert set(seen) | set(rest) == reds | set(bodies)
    assert len(rest) == 3
    assert 'rel="next"' not in second.text
    assert "First page" in second.text


def test_the_export_has_the_same_filters(play: Play, regulator: Visitor) -> None:
    acme = play.red(maker="=cmd()")
    play.red()
    page = regulator.get("/red-list?maker=%3Dcmd()").text
    link = re.search(r'href="(/red-list\.csv[^"]*)"', page)
    assert link is not None
    answer = regulator.get(link[1].replace("&amp;", "&"))
    assert answer.content_type == "text/csv; charset=utf-8"
    assert "red-list-2026-11-23.csv" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row["code"] for row in rows] == [acme]
    assert rows[0]["maker"] == "'=cmd()"


def test_a_district_sees_itself_alone(play: Play, app: Flask) -> None:
    xicheng, haidian = play.red(), play.red(key="HD-01")
    visitor = Visitor(app).sign_in("haidian-regulator")
    assert codes(visitor, "/red-list?district=110102") == []
    assert codes(visitor, "/red-list") == [haidian]
    assert "Scope: Haidian" in visitor.get("/red-list").text
    assert xicheng not in visitor.get("/red-list.csv").text
    assert visitor.get(f"/batteries/{xicheng}").status_code == 404
    assert visitor.get(f"/batteries/{haidian}").status_code == 200


def test_a_batterys_whole_story_is_told(play: Play, regulator: Visitor) -> None:
    code = play.red(leakage=True, discharge_capacity_ah=18.87)
    play.walk(code, until="destroyed")
    text = regulator.get(f"/batteries/{code}").text
    for part in (
        "EBC-1 (EBC-B20H)",
        "<strong>A2</strong> The battery is leaking.",
        "<strong>T1</strong>",
        "500.1 mΩ",
        "5.65",
        "Greencell",
        "City-Collect",
        "resident",
        "The battery was destroyed",
    ):
        assert part in text
    for state in ("Kept apart", "Taken by a collector", "On its way", "Dismantled"):
        assert state in text


def test_a_battery_that_is_not_there(regulator: Visitor) -> None:
    assert regulator.get("/batteries/0000-0000-0000-0000").status_code == 404
    assert regulator.get("/batteries/abc").status_code == 422


def test_figures_add_up(play: Play, regulator: Visitor) -> None:
    play.green()
    play.red()
    play.green(key="HD-01", maker=None, pack_code=None, pack_code_scheme="none")
    text = regulator.get("/figures").text
    assert "Haidian" in text
    assert "33.3 %" in text
    for by, name in (
        ("month", "2026-11"),
        ("code", "Green"),
        ("maker", "Volta"),
        ("station", "HD-01"),
    ):
        assert name in regulator.get(f"/figures?by={by}").text
    assert regulator.get("/figures?by=owner").status_code == 422


def test_no_figures_are_no_fault(regulator: Visitor) -> None:
    assert "\u2013" in regulator.get("/figures").text


@pytest.mark.parametrize("name", ["auditor", "admin"])
def test_who_oversees_reads_too(play: Play, app: Flask, name: str) -> None:
    red = play.red()
    assert codes(Visitor(app).sign_in(name), "/red-list") == [red]


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("inspector", "/red-list"),
        ("inspector", "/red-list.csv"),
        ("inspector", "/figures"),
        ("collector", "/red-list"),
        ("recycler", "/inspect"),
        ("regulator", "/inspect"),
        ("auditor", "/upload"),
    ],
)
def test_a_page_of_another_role_is_refused(
    play: Play, app: Flask, name: str, address: str
) -> None:
    assert play.registry.stations
    answer = Visitor(app).sign_in(name).get(address)
    assert answer.status_code == 403
    assert "Your role may not see or do this" in answer.text

"""The regulator's first page: each figure, the list behind it, whose it is."""

import json
import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask

from battery_registry.web import live
from tests.builders import NOW
from tests.conftest import Clock
from tests.played import Play
from tests.web.visits import Visitor

_TILE = re.compile(
    r'class="tile-name">(?:<a href="([^"]*)">)?(.*?)</p><p class="tile-value">(\d+)<',
    re.DOTALL,
)


def tiles(visitor: Visitor, address: str = "/overview") -> dict[str, tuple[int, str]]:
    """Read the figures: by their names, the number and the address behind it."""
    answer = visitor.get(address)
    assert answer.status_code == 200, answer.text
    return {
        re.sub(r"<.*?>", "", name): (int(number), unescape(link))
        for link, name, number in _TILE.findall(answer.text)
    }


def codes(visitor: Visitor, address: str) -> list[str]:
    return re.findall(
        r'class="mono" href="/batteries/([^"?]+)', visitor.get(address).text
    )


def test_every_figure_has_its_list(
    play: Play, regulator: Visitor, clock: Clock
) -> None:
    play.green()
    old, gone = play.red(), play.red(key="HD-01")
    play.walk(gone, until="destroyed")
    clock.now = NOW + timedelta(days=2)
    regulator.sign_in("regulator")
    new = play.red(tested_at=clock.now.isoformat())
    seen = tiles(regulator)
    for name, expected in (
        ("New red, 24 hours", {new}),
        ("New red, 7 days", {old, new, gone}),
        ("Open red cases", {old, new}),
        ("Overdue", {old}),
    ):
        number, link = seen[name]
        assert number == len(expected), name
        assert set(codes(regulator, link)) == expected, name
    assert seen["Inspections"][0] == 4
    assert seen["Red"][0] == 3
    assert seen["Green"][0] == 1
    figures = regulator.get(seen["Red"][1]).text
    assert "Only 2025-12 to 2026-11" in figures
    assert "75.0 %" in figures


def test_a_district_is_chosen_and_nobody_leaves_their_own(
    play: Play, regulator: Visitor, app: Flask
) -> None:
    play.red()
    play.green(key="HD-01")
    haidian = tiles(regulator, "/overview?district=110108")
    assert haidian["Inspections"][0] == 1
    assert haidian["Open red cases"][0] == 0
    own = Visitor(app).sign_in("haidian-regulator")
    assert tiles(own, "/overview?district=110102")["Open red cases"][0] == 0
    assert tiles(own)["Inspections"][0] == 1
    assert "Xicheng" not in own.get("/overview?district=110102").text


def test_a_link_carries_every_choice(play: Play, regulator: Visitor) -> None:
    play.red()
    text = regulator.get("/overview?district=110102").text
    link = re.search(r'href="([^"]+)">Link to these figures', text)
    assert link is not None
    address = unescape(link[1])
    assert "district=110102&since=2025-12&until=2026-11" in address
    assert tiles(regulator, address)["Inspections"][0] == 1
    assert tiles(regulator, "/overview?until=2026-10")["Inspections"][0] == 0
    for wrong in ("since=november", "district=west", "until=2026-13"):
        assert regulator.get(f"/overview?{wrong}").status_code == 422


def test_the_map_and_its_table_say_the_same(play: Play, regulator: Visitor) -> None:
    for _ in range(2):
        play.red()
    play.red(key="HD-01")
    text = regulator.get("/overview").text
    drawn = dict(
        re.findall(
            r'class="name"[^>]*>([^<]+)</text><text class="number"[^>]*>(\d+)', text
        )
    )
    told = dict(
        re.findall(
            r'red-list\?district=\d+">([^<]+)</a></th><td class="number">(\d+)', text
        )
    )
    assert len(drawn) == 16
    assert drawn == told
    assert (drawn["Xicheng"], drawn["Haidian"], drawn["Miyun"]) == ("2", "1", "0")
    assert text.count('class="bar"') == 4 + 2


def test_a_silent_station_is_named(
    play: Play, regulator: Visitor, clock: Clock
) -> None:
    play.green()
    assert tiles(regulator)["Silent stations"][0] == 0
    clock.now = NOW + timedelta(days=8)
    play.green(key="HD-01", tested_at=clock.now.isoformat())
    regulator.sign_in("regulator")
    assert tiles(regulator)["Silent stations"][0] >= 1
    text = regulator.get("/overview").text
    silent = text[text.index('id="silent"') :]
    assert "XC-01" in silent
    assert "HD-01" not in silent


def test_what_changes_has_another_mark(play: Play, regulator: Visitor) -> None:
    asked = regulator.get("/overview/now")
    assert asked.headers["Cache-Control"] == "private, no-store"
    before = json.loads(asked.text)["mark"]
    assert f'data-mark="{before}"' in regulator.get("/overview").text
    assert json.loads(regulator.get("/overview/now").text)["mark"] == before
    play.green()
    after = json.loads(regulator.get("/overview/now").text)["mark"]
    assert after != before
    assert f'data-mark="{after}"' in regulator.get("/overview").text


def test_a_process_gives_one_stream_at_a_time(regulator: Visitor) -> None:
    first = regulator.get("/overview/events")
    assert first.status_code == 200
    assert first.content_type.startswith("text/event-stream")
    assert "event: taken" in regulator.get("/overview/events").text
    first.close()
    second = regulator.client.get("/overview/events", buffered=False)
    assert second.status_code == 200
    told = (piece.decode() for piece in second.iter_encoded())
    event = json.loads(next(each for each in told if "data:" in each)[len("data:") :])
    assert event["mark"] == json.loads(regulator.get("/overview/now").text)["mark"]
    second.close()
    assert live.mark(1) != live.mark(2)


@pytest.mark.parametrize("name", ["auditor", "admin", "regulator"])
def test_it_is_where_overseers_land(play: Play, app: Flask, name: str) -> None:
    assert play.registry.stations
    answer = Visitor(app).sign_in(name).get("/overview")
    assert answer.status_code == 200
    assert 'href="/overview" aria-current="page"' in answer.text


@pytest.mark.parametrize("address", ["/overview", "/overview/now", "/overview/events"])
def test_it_is_not_everybodys(inspector: Visitor, address: str) -> None:
    assert inspector.get(address).status_code == 403

"""The station's screen: what was done today, what came last, what is open."""

import json
import re
from datetime import timedelta

import pytest
from flask import Flask

from tests.builders import NOW
from tests.conftest import Clock
from tests.played import Play
from tests.web.visits import Visitor


def counted(text: str) -> list[str]:
    return re.findall(r'class="tile-value">(\d+)<', text)


def test_today_is_counted_and_yesterday_is_still_listed(
    play: Play, inspector: Visitor, clock: Clock
) -> None:
    old = play.red()
    play.green(key="HD-01")
    assert counted(inspector.get("/station").text)[0] == "1"
    clock.now = NOW + timedelta(days=1)
    inspector.sign_in("inspector")
    assert counted(inspector.get("/station").text)[0] == "0"
    new = play.green(tested_at=clock.now.isoformat())
    text = inspector.get("/station").text
    assert counted(text)[:2] == ["1", "1"]
    last, reds = text.split('id="reds"')
    assert last.index(new) < last.index(old)
    assert old in reds
    assert new not in reds


def test_only_open_reds_of_the_own_station(play: Play, inspector: Visitor) -> None:
    mine, elsewhere = play.red(), play.red(key="HD-01")
    text = inspector.get("/station").text
    assert mine in text
    assert elsewhere not in text
    play.walk(mine, until="destroyed")
    assert "No open red case" in inspector.get("/station").text


def test_an_empty_station_is_taught(inspector: Visitor) -> None:
    text = inspector.get("/station").text
    assert "No readings yet" in text
    assert 'href="/inspect"' in text


def test_its_mark_changes_with_its_own_readings(play: Play, inspector: Visitor) -> None:
    def mark() -> str:
        told: str = json.loads(inspector.get("/station/now").text)["mark"]
        return told

    before = mark()
    assert f'data-mark="{before}"' in inspector.get("/station").text
    play.green(key="HD-01")
    assert mark() == before
    play.green()
    assert mark() != before
    stream = inspector.get("/station/events")
    assert stream.content_type.startswith("text/event-stream")
    stream.close()


@pytest.mark.parametrize("name", ["regulator", "collector"])
def test_it_is_the_inspectors_alone(play: Play, app: Flask, name: str) -> None:
    assert play.registry.stations
    visitor = Visitor(app).sign_in(name)
    for address in ("/station", "/station/now", "/station/events"):
        assert visitor.get(address).status_code == 403

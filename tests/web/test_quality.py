"""The pages of quality: the funnel, the table of stations, one station closely."""

import re
import uuid
from datetime import timedelta
from xml.etree import ElementTree as ET

from flask import Flask

from battery_registry.scoring.quality.funnel import Flag
from battery_registry.web import funnel_drawing
from battery_registry.web.funnel_drawing import Point, Words
from tests.builders import NOW, make_body
from tests.conftest import Clock
from tests.played import Play, make_check
from tests.web.visits import Visitor

_SVG = re.compile(r"<svg class=\"funnel\".*?</svg>", re.DOTALL)
WORDS = Words(title="Funnel <1>", packs="Packs", red="Red & more")


def drawn(*points: Point, rate: float = 0.045) -> ET.Element:
    return ET.fromstring(  # noqa: S314 - our own drawing
        funnel_drawing.draw(points, rate=rate, correlation=0.005, words=WORDS)
    )


def make_point(**changes: object) -> Point:
    told = {"name": "X", "says": "X: 5 %", "n": 400, "rate": 0.05, "flag": None}
    return Point(**{**told, **changes})  # type: ignore[arg-type]  # plain values


def test_the_drawing_has_limits_and_a_point_a_station() -> None:
    svg = drawn(make_point(), make_point(name="Y", rate=0.2, flag=Flag.HIGH_998))
    assert svg.get("aria-label") == "Funnel <1>"
    assert len(svg.findall("polyline")) == 4
    assert len(svg.findall("circle")) == 1
    (odd,) = (p for p in svg.findall("path") if "odd" in str(p.get("class")))
    assert odd.get("class") == "odd"
    assert [text.text for text in svg.findall("text") if text.get("class")] == ["Y"]
    assert "style" not in ET.tostring(svg, encoding="unicode")


def test_higher_rates_are_drawn_higher_and_all_within() -> None:
    svg = drawn(
        make_point(rate=0.01, n=50),
        make_point(rate=0.30, n=5_000),
        make_point(rate=1.4, n=100),
    )
    low, high, over = (
        (float(str(c.get("cx"))), float(str(c.get("cy"))))
        for c in svg.findall("circle")
    )
    assert low[0] < over[0] < high[0]
    assert low[1] > high[1] > over[1] >= 0
    for line in svg.findall("polyline"):
        for place in str(line.get("points")).split():
            x, y = map(float, place.split(","))
            assert 0 <= x <= 360
            assert 0 <= y <= 290


def test_low_and_high_point_down_and_up() -> None:
    for flag, is_up in ((Flag.LOW_95, False), (Flag.HIGH_95, True)):
        (path,) = (
            str(p.get("d"))
            for p in drawn(make_point(flag=flag, n=10)).findall("path")
            if "odd" in str(p.get("class"))
        )
        tip = float(path.split("l")[0].split()[1])
        middle = float(path.split("l")[1].split()[1].split("h")[0])
        assert (middle > 0) is is_up, (tip, path)


def test_without_red_packs_there_are_no_limits() -> None:
    assert drawn(rate=0.0).findall("polyline") == []
    assert drawn(make_point(n=3), rate=0.0).findall("circle") != []


def test_names_cannot_break_the_drawing() -> None:
    svg = drawn(make_point(name="<b>", says='"&', flag=Flag.LOW_998))
    texts = {text.text for text in svg.iter()}
    assert {"<b>", '"&'} <= texts


def fill(play: Play) -> None:
    play.hand_in(*(make_body(internal_resistance_mohm=501.0) for _ in range(30)))
    play.hand_in(*(make_body() for _ in range(300)), key="HD-01")
    play.hand_in(make_body(discharge_capacity_ah=24.0), key="HD-01")


def test_the_funnel_is_also_a_table(play: Play, regulator: Visitor) -> None:
    fill(play)
    answer = regulator.get("/quality")
    assert answer.status_code == 200, answer.text
    found = _SVG.search(answer.text)
    assert found is not None
    svg = ET.fromstring(found[0])  # noqa: S314 - our own page
    titles = [title.text for title in svg.iter("title")]
    assert titles == [
        "HD-01 Station HD-01: 0.0 % (301)",
        "XC-01 Station XC-01: 100.0 % (30)",
    ]
    rows = re.findall(
        r"<tr><th scope=\"row\" class=\"named\">.*?</tr>", answer.text, re.DOTALL
    )
    assert len(rows) == 2
    assert "Very high" in rows[1]
    assert 'href="/quality/XC-01"' in rows[1]
    assert '<td class="number">1</td><td class="number">0</td>' in rows[0]
    assert "style=" not in answer.text


def test_a_station_without_results_is_listed(regulator: Visitor) -> None:
    text = regulator.get("/quality").text
    assert text.count("Too few to judge") == 2
    station = regulator.get("/quality/XC-01").text
    assert "No inspection gave a colour" in station


def test_one_station_closely(
    play: Play, regulator: Visitor, app: Flask, clock: Clock
) -> None:
    fill(play)
    recording = "ab" * 32
    play.hand_in(
        make_body(recording_sha256=recording), make_body(recording_sha256=recording)
    )
    for day in range(9, 0, -1):
        clock.now = NOW - timedelta(days=day)
        play.client.post(
            "/api/v1/stations/XC-01/reference-checks",
            json=make_check(reading=10.5, checked_at=clock.now.isoformat()),
            headers=play.registry.headers(),
        )
    clock.now = NOW
    text = regulator.get("/quality/XC-01").text
    for said in ("abababababab…", "Drifting", "+4", "Unverified", "9 checks"):
        assert said in text, said
    other = regulator.get("/quality/HD-01").text
    assert "above 115 % of the rated one" in other
    assert "CAPACITY-HIGH" in other
    chinese = Visitor(app, language="zh").sign_in("regulator")
    assert "漂移" in chinese.get("/quality/XC-01").text
    assert "红码率漏斗图" in chinese.get("/quality").text


def test_the_period_stays_in_the_form_and_its_links(
    play: Play, regulator: Visitor
) -> None:
    fill(play)
    text = regulator.get("/quality?since=2026-11-01&until=2026-11-30").text
    assert 'value="2026-11-01"' in text
    assert "/quality/XC-01?since=2026-11-01&amp;until=2026-11-30" in text
    nothing = regulator.get("/quality?until=2026-11-01").text
    assert nothing.count("Too few to judge") == 2
    assert regulator.get("/quality?since=nonsense").status_code == 422


def test_who_may_look(app: Flask, regulator: Visitor, inspector: Visitor) -> None:
    assert 'href="/quality"' in regulator.get("/quality").text
    assert regulator.get(f"/quality/{uuid.uuid4()}").status_code == 404
    # A station's own people see their station and no other.
    own = inspector.get("/quality").text
    assert "/quality/XC-01" in own
    assert "/quality/HD-01" not in own
    assert inspector.get("/quality/HD-01").status_code == 404
    district = Visitor(app).sign_in("haidian-regulator")
    assert "/quality/XC-01" not in district.get("/quality").text
    assert district.get("/quality/XC-01").status_code == 404
    collector = Visitor(app).sign_in("collector")
    assert collector.get("/quality").status_code == 403


def test_the_inspector_is_told_what_is_hard_to_believe(inspector: Visitor) -> None:
    answer = inspector.enter(discharge_capacity_ah="24", test_duration_s="7200")
    page = inspector.get(answer.headers["Location"]).text
    assert "Please check these readings" in page
    assert "above 115 % of the rated one" in page

"""A red case's dossier: the whole chain, reviews, incidents, leaves, to print."""

import re

from flask import Flask

from battery_registry.domain import code as codes
from battery_registry.domain.caller import EVERYTHING
from battery_registry.queries import dossier
from tests.api.test_appeals import appeal, decide
from tests.builders import NOW
from tests.played import Play
from tests.web.visits import Visitor


def test_it_tells_the_whole_way_of_a_pack(play: Play, regulator: Visitor) -> None:
    code = play.red(leakage=True)
    play.walk(code, until="destroyed")
    play.get(f"/b/{code}", key=None)
    text = regulator.get(f"/cases/{code}/dossier").text
    for part in (
        ">Destroyed",
        "D-2026-1",
        "Black mass",
        "City-Collect",
        "Greencell",
        "The battery is leaking.",
        f"http://registry.test/b/{code}",
        "2026-11-23 12:00:00",
        "Inspection",
        "Hand-over",
    ):
        assert part in text, part
    assert text.count("<svg") >= 1
    with play.registry.runtime.database.reading() as session:
        found = dossier.find(session, code=codes.parse(code), scope=EVERYTHING, now=NOW)
    assert found is not None
    assert len(found.leaves) >= 8
    assert found.incidents
    for leaf in found.leaves:
        assert leaf.leaf_hash.hex() in text
    assert re.findall(r'<th scope="row">(\d)</th>', text) == list("1234567")


def test_appeals_and_corrections_are_in_it(play: Play, regulator: Visitor) -> None:
    code = play.red()
    decide(play, appeal(play, code), upheld=True)
    text = regulator.get(f"/cases/{code}/dossier").text
    appeals = text[text.index(">Appeals</h2>") : text.index(">Retests</h2>")]
    assert "xicheng-checks" in appeals
    assert "None." not in appeals
    corrected = text[text.index(">Corrections</h2>") : text.index(">Ledger</h2>")]
    assert "Corrected event" in corrected


def test_the_batterys_page_leads_there(
    play: Play, regulator: Visitor, inspector: Visitor
) -> None:
    code, green = play.red(), play.green()
    link = f'href="/cases/{code}/dossier"'
    assert link in regulator.get(f"/batteries/{code}").text
    assert link not in inspector.get(f"/batteries/{code}").text
    assert "dossier" not in regulator.get(f"/batteries/{green}").text
    assert regulator.get(f"/cases/{green}/dossier").status_code == 404
    assert inspector.get(f"/cases/{code}/dossier").status_code == 403


def test_another_districts_case_is_not_there(play: Play, app: Flask) -> None:
    code = play.red()
    visitor = Visitor(app).sign_in("haidian-regulator")
    assert visitor.get(f"/cases/{code}/dossier").status_code == 404

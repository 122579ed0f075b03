"""The regulator's pages of appeals, retests and early warnings."""

import pytest

from tests.api.test_appeals import appeal, send
from tests.api.test_fires import report
from tests.api.test_retests import a_red, state
from tests.played import Play
from tests.web.visits import Visitor


def test_the_page_shows_what_is_due(play: Play, regulator: Visitor) -> None:
    assert "There are no appeals." in regulator.get("/appeals").text
    code, _ = a_red(play)
    appeal(play, code)
    send(play, "/api/v1/retests", "regulator", code=code)
    page = regulator.get("/appeals")
    assert page.status_code == 200
    assert page.text.count(code) >= 2
    assert "read with a broken lead" in page.text
    assert "2026-12-08" in page.text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_warnings_are_shown_in_both_languages(
    play: Play, regulator: Visitor, language: str
) -> None:
    nothing = {"zh": "目前没有预警", "en": "Nothing stands out now"}[language]
    address = f"/early-warnings?lang={language}"
    assert nothing in regulator.get(address).text
    for _ in range(2):
        report(play, maker="<Volta>", model="V48-20")
    text = regulator.get(address).text
    assert nothing not in text
    assert "&lt;Volta&gt;" in text
    assert {"zh": "建议召回", "en": "propose a recall"}[language] in text


@pytest.mark.parametrize(
    ("chosen", "status", "after"),
    [("yes", 303, "cleared"), ("no", 303, "flagged"), ("", 422, "flagged")],
)
def test_a_person_decides_an_appeal(
    play: Play, regulator: Visitor, chosen: str, status: int, after: str
) -> None:
    code, _ = a_red(play)
    address = f"/appeals/{appeal(play, code)}/decision"
    told = {"upheld": chosen, "note": "The lead was broken."}
    assert regulator.client.post(address, data=told).status_code == 400
    answer = regulator.post(address, form="/appeals", **told)
    assert answer.status_code == status
    assert state(play, code) == after
    is_open = address in regulator.get("/appeals").text
    assert is_open is (status == 422)


def test_a_fire_is_shown_with_its_batteries(play: Play, regulator: Visitor) -> None:
    assert "There are no reports" in regulator.get("/fires").text
    burnt, sibling = play.green(), play.red()
    told = report(play, code=burnt, reference="<119>").get_json()
    address = f"/fires/{told['fire_id']}"
    assert address in regulator.get("/fires").text
    page = regulator.get(address)
    assert page.status_code == 200
    assert "&lt;119&gt;" in page.text
    assert "1 (1 red)" in page.text
    assert page.text.index(burnt) < page.text.index(sibling)
    chinese = regulator.get(f"{address}?lang=zh").text
    assert "同厂同型号电池" in chinese


def test_others_do_not_see_them(inspector: Visitor) -> None:
    for address in ("/appeals", "/early-warnings", "/fires"):
        assert inspector.get(address).status_code == 403

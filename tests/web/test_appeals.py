"""The regulator's pages of appeals, retests and early warnings."""

import pytest

from tests.api.test_appeals import appeal, send
from tests.api.test_fires import report
from tests.api.test_retests import a_red
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


def test_others_do_not_see_them(inspector: Visitor) -> None:
    for address in ("/appeals", "/early-warnings"):
        assert inspector.get(address).status_code == 403

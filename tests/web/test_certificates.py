"""Papers: what they say can be read by people, by telephones and as text."""

import uuid
from datetime import timedelta

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from werkzeug.test import TestResponse

from battery_registry.domain.jwk import public_jwk
from battery_registry.services import checkpoints, typeface
from tests.builders import NOW, Registry, make_red_body
from tests.conftest import Clock
from tests.played import Play
from tests.web.visits import Visitor


@pytest.fixture
def dealer(app: Flask, registry: Registry) -> Visitor:
    assert registry.keys["dealer"]
    return Visitor(app).sign_in("dealer")


def clear(play: Play, code: str) -> str:
    answer = play.client.post(
        "/api/v1/resale/clearances",
        json={"code": code, "purpose": "sale"},
        headers=play.registry.headers("dealer"),
    )
    assert answer.status_code == 201, answer.text
    found: str = answer.get_json()["clearance_id"]
    return found


def text(answer: TestResponse) -> str:
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "application/pdf"
    with pypdfium2.PdfDocument(answer.data) as document:
        found = "\n".join(page.get_textpage().get_text_range() for page in document)
    assert "\x00" not in found
    return found.replace("\r", "")


def scanned(answer: TestResponse) -> list[str]:
    with pypdfium2.PdfDocument(answer.data) as document:
        image = document[0].render(scale=150 / 72).to_pil()
        return [each.text for each in zxingcpp.read_barcodes(image)]


def test_a_clearance_is_printed_in_both_languages(play: Play, dealer: Visitor) -> None:
    green = play.green()
    with play.registry.runtime.database.writing() as session:
        sealed = checkpoints.seal(session, now=NOW)
    number = clear(play, green)
    for language, words in (
        ("en", ("Clearance", "May be sold", "wheel-shop", "Sale")),
        ("zh", ("交易许可", "可以买卖", "有效期至", "出售")),
    ):
        answer = dealer.get(f"/clearances/{number}.pdf?lang={language}")
        told = text(answer)
        for word in (*words, green, number, public_jwk(b"g" * 32)["kid"]):
            assert word in told, word
        assert f"registry.test\n{sealed.size}\n" in told
        assert scanned(answer) == [f"http://registry.test/b/{green}"]


def test_an_ended_clearance_says_so_first(
    play: Play, dealer: Visitor, clock: Clock
) -> None:
    green = play.green()
    number = clear(play, green)
    clock.now += timedelta(hours=25)
    dealer.sign_in("dealer")
    assert "This clearance has expired" in text(dealer.get(f"/clearances/{number}.pdf"))


def test_a_clearance_is_shown_to_its_own_dealer_only(
    play: Play, dealer: Visitor, regulator: Visitor
) -> None:
    number = clear(play, play.green())
    assert regulator.get(f"/clearances/{number}.pdf").status_code == 403
    assert dealer.get(f"/clearances/{uuid.uuid4()}.pdf").status_code == 404


def test_a_refusal_names_every_reason(play: Play, dealer: Visitor) -> None:
    red = play.red()
    told = text(dealer.get(f"/sale-answers/{red}.pdf?lang=en"))
    for words in ("Refusal: not to be sold", "Must not be sold", "A red case is open"):
        assert words in told
    assert "不得交易" in text(dealer.get(f"/sale-answers/{red}.pdf?lang=zh"))


def test_a_report_of_an_inspection(play: Play, inspector: Visitor) -> None:
    receipt = play.hand_in(make_red_body(leakage=True))[0]
    address = f"/inspections/{receipt['inspection_id']}.pdf"
    english, chinese = (
        text(inspector.get(f"{address}?lang={language}")) for language in ("en", "zh")
    )
    for words in ("Inspection report", "Red", receipt["battery"]["code"], "cn-2024"):
        assert words in english
    assert "检测报告" in chinese
    assert "红码" in chinese
    assert typeface.REPLACEMENT not in english + chinese


def test_another_stations_report_is_none(play: Play, app: Flask) -> None:
    receipt = play.hand_in(make_red_body())[0]
    other = Visitor(app).sign_in("haidian-inspector")
    address = f"/inspections/{receipt['inspection_id']}.pdf"
    assert other.get(address).status_code == 404

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from battery_registry.domain import code, red_tag
from battery_registry.domain.jwk import public_jwk
from battery_registry.store.tables.batteries import label
from tests.builders import Registry
from tests.played import Play
from tests.web.visits import Visitor

JWKS = {"keys": [public_jwk(b"g" * 32)]}


def read_labels(answer: TestResponse) -> list[str]:
    """What a telephone reads from the pages of an answer."""
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "application/pdf"
    found: list[str] = []
    with pypdfium2.PdfDocument(answer.data) as document:
        for page in document:
            image = page.render(scale=200 / 72).to_pil()
            found += [each.text for each in zxingcpp.read_barcodes(image)]
    return found


def test_blank_labels_are_made_and_belong_to_who_printed_them(
    inspector: Visitor, registry: Registry
) -> None:
    answer = inspector.post("/labels", form="/labels", count="8", template="roll-58x40")
    read = {code.parse(text) for text in read_labels(answer)}
    with registry.runtime.database.reading() as session:
        kept = session.execute(select(label.c.code, label.c.organisation_id)).all()
    assert {row.code for row in kept} == read
    assert len(read) == 8
    owners = {row.organisation_id for row in kept}
    assert owners == {registry.organisations["xicheng-checks"]}


def test_codes_are_printed_again_on_a_size_of_ones_own(
    inspector: Visitor, play: Play
) -> None:
    first, second = play.red(), play.green()
    answer = inspector.post(
        "/labels",
        form="/labels",
        codes=f"{first}\nhttp://registry.test/b/{second}",
        template="custom",
        columns="2",
        rows="4",
        label_width_mm="70,5",
        label_height_mm="40",
        qr_side_mm="30",
        first="3",
    )
    assert [code.parse(text) for text in read_labels(answer)] == [
        code.parse(first),
        code.parse(second),
    ]


def test_a_red_packs_tag_is_signed(inspector: Visitor, play: Play) -> None:
    red = play.red()
    answer = inspector.post(
        "/labels", form="/labels", codes=red, template="red-tag-40x40"
    )
    (told,) = read_labels(answer)
    assert red_tag.verify(told, jwks=JWKS) == code.parse(red)


def test_no_tag_is_printed_without_a_case(inspector: Visitor, play: Play) -> None:
    for told in ({"codes": play.green()}, {"count": "1"}):
        answer = inspector.post(
            "/labels", form="/labels", template="red-tag-40x40", **told
        )
        assert answer.status_code == 409
        assert "only for a battery with an open red case" in answer.text


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("codes", {}),
        ("codes", {"codes": "2smt-2xd2-cs6r-rsqt", "count": "1"}),
        ("codes", {"codes": "nonsense"}),
        ("count", {"count": "0"}),
        ("count", {"count": "1001"}),
        ("count", {"count": "x"}),
        ("first", {"count": "1", "first": "22"}),
        ("first", {"count": "1", "first": "1.5"}),
        ("right_mm", {"count": "1", "right_mm": "wide"}),
        ("right_mm", {"count": "1", "right_mm": "nan"}),
        ("columns", {"count": "1", "template": "custom", "columns": "9"}),
        ("qr_side_mm", {"count": "1", "template": "custom", "qr_side_mm": "30.1"}),
        ("template", {"count": "1", "template": "custom", "qr_side_mm": "12"}),
        ("template", {"count": "1", "template": "a0"}),
        ("caption", {"count": "1", "caption": "\N{BATTERY}"}),
    ],
)
def test_what_cannot_be_printed_is_said_and_what_was_typed_stays(
    inspector: Visitor, registry: Registry, field: str, told: dict[str, str]
) -> None:
    answer = inspector.post("/labels", form="/labels", **{"caption": "Desk 3", **told})
    assert answer.status_code in {409, 422}
    assert f'<li><a href="#{field}">' in answer.text
    for name, value in {"caption": "Desk 3", **told}.items():
        assert value in answer.text, name
    with registry.runtime.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(label)) == 0


def test_the_preview_is_the_page_in_millimetres(inspector: Visitor) -> None:
    for query, size in (
        ("", 'width="210mm" height="297mm"'),
        ("template=sticker-25x25", 'width="25mm" height="25mm"'),
        ("template=custom&page_width_mm=100&columns=1", 'width="100mm"'),
    ):
        answer = inspector.get(f"/labels/preview.svg?{query}")
        assert answer.status_code == 200
        assert answer.content_type == "image/svg+xml"
        assert size in answer.text
        assert "0000-0000-" in answer.text
    crossed = inspector.get("/labels/preview.svg?first=3").text
    assert crossed.count("<use ") == 19
    assert inspector.get("/labels/preview.svg?first=22").status_code == 422


def test_a_preview_is_no_tag_of_ours(inspector: Visitor) -> None:
    page = inspector.get("/labels?template=red-tag-40x40")
    assert "/labels/preview.svg?template=red-tag-40x40" in page.text


def test_only_who_prints_sees_the_page(app: Flask, regulator: Visitor) -> None:
    assert regulator.get("/labels").status_code == 403
    assert Visitor(app).get("/labels").status_code == 303
    assert Visitor(app).sign_in("admin").get("/labels").status_code == 200

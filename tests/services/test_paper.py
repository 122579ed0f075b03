from dataclasses import replace
from datetime import UTC, datetime

import pypdfium2
import zxingcpp

from battery_registry.services import paper, typeface
from battery_registry.services.paper import Paper, Section

ADDRESS = "https://b.example.cn/b/2smt-2xd2-cs6r-rsqt"
PAPER = Paper(
    title="检测报告",
    answer="Red",
    lead="What it means. " * 20,
    code="2smt-2xd2-cs6r-rsqt",
    address=ADDRESS,
    sections=[Section(title="Reasons", facts=[("电阻", "500.1 m\u03a9")])],
    footer="registry",
    missing_note="has no sign here",
    made_at=datetime(2026, 11, 23, tzinfo=UTC),
    language="zh-CN",
)


def pages(told: Paper) -> list[str]:
    with pypdfium2.PdfDocument(paper.draw(told)) as document:
        return [page.get_textpage().get_text_range() for page in document]


def test_units_are_spelled_where_the_typeface_has_no_sign() -> None:
    (text,) = pages(PAPER)
    assert "500.1 mohm" in text
    assert "检测报告" in text
    assert typeface.REPLACEMENT not in text


def test_a_sign_that_the_typeface_lacks_is_marked_and_said_never_blank() -> None:
    (text,) = pages(replace(PAPER, lead="maker \N{BATTERY}\u9f98"))
    assert f"maker {typeface.REPLACEMENT}" in text
    assert "has no sign here" in text


def test_what_is_long_goes_on_on_another_page() -> None:
    facts = [(f"name {number}", f"value {number} " * 12) for number in range(60)]
    found = pages(replace(PAPER, sections=[Section(title="Long", facts=facts)]))
    assert len(found) > 1
    text = "\n".join(found)
    for number in range(60):
        assert f"name {number}" in text
    assert f"1 / {len(found)}" in found[0]


def test_the_symbol_leads_to_the_public_page() -> None:
    with pypdfium2.PdfDocument(paper.draw(PAPER)) as document:
        image = document[0].render(scale=150 / 72).to_pil()
    assert [each.text for each in zxingcpp.read_barcodes(image)] == [ADDRESS]

"""Certificates and reports on A4: the same page for all of them.

A sign that the typeface lacks is never a blank: it is printed as a mark, and a line
at the end says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fpdf import FPDF

from battery_registry.services import qr_symbol, typeface
from battery_registry.services.label_sheets import A4_MM
from battery_registry.services.typeface import MM_PER_PT

_MARGIN_MM: Final = 18.0
_QR_MM: Final = 34.0
_NAME_MM: Final = 52.0
_TITLE_PT: Final = 20.0
_HEAD_PT: Final = 12.5
_TEXT_PT: Final = 10.0
_SMALL_PT: Final = 8.0
_LINE: Final = 1.45
_RULE_GREY: Final = 150


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """A part of a page: a heading, names with values, sentences.

    Args:
        title: The heading.
        facts: Pairs of name and value.
        sentences: Each its own paragraph.
        fixed: Text that is to be taken as it stands, line by line.
    """

    title: str
    facts: Sequence[tuple[str, str]] = ()
    sentences: Sequence[str] = ()
    fixed: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Paper:
    """What is printed, in the reader's words.

    Args:
        title: What it is.
        answer: What it says, in one line.
        lead: What that means.
        code: The battery's code, in letters.
        address: What the symbol says: the battery's public page.
        sections: The rest, in order.
        footer: Who made it, and when.
        missing_note: What is printed at the end if a sign had to be marked.
        made_at: The file's date, aware.
        language: ``zh-CN`` or ``en``.
    """

    title: str
    answer: str
    lead: str
    code: str
    address: str
    sections: Sequence[Section]
    footer: str
    missing_note: str
    made_at: datetime
    language: str


def draw(paper: Paper) -> bytes:
    """Draw a paper on as many A4 pages as it needs."""
    page = _Page(paper)
    try:
        page.head()
        for section in paper.sections:
            page.section(section)
        page.end()
        return bytes(page.pdf.output())
    finally:
        typeface.close(page.pdf)


class _Footed(FPDF):
    """A document whose pages end with a line and their number."""

    def __init__(self, footer: str) -> None:
        super().__init__(format="A4", unit="mm")
        self._footer = footer

    def footer(self) -> None:
        self.set_y(-12)
        self.set_font(typeface.NAME, size=_SMALL_PT)
        self.cell(A4_MM[0] - 2 * _MARGIN_MM - 12, 4, text=self._footer)
        self.cell(12, 4, text=f"{self.page_no()} / {{nb}}", align="R")


class _Page:
    def __init__(self, paper: Paper) -> None:
        self._paper = paper
        self._is_marked = False
        self.pdf = _Footed(self._marked(paper.footer))
        self.pdf.set_creation_date(paper.made_at)
        self.pdf.set_title(paper.title)
        self.pdf.set_lang(paper.language)
        self.pdf.set_margins(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
        self.pdf.set_auto_page_break(auto=True, margin=_MARGIN_MM)
        self.pdf.c_margin = 0
        typeface.add_to(self.pdf)
        self.pdf.add_page()

    def head(self) -> None:
        width = A4_MM[0] - 2 * _MARGIN_MM - _QR_MM - 6
        self._symbol()
        self._write(self._paper.title, _TITLE_PT, width)
        self._write(self._paper.answer, _HEAD_PT, width)
        self._write(self._paper.lead, _TEXT_PT, width)
        below_symbol = _MARGIN_MM + _QR_MM + 8
        self.pdf.set_y(max(self.pdf.get_y(), below_symbol))

    def section(self, section: Section) -> None:
        pdf = self.pdf
        if pdf.will_page_break(_HEAD_PT * _LINE * MM_PER_PT * 3):
            pdf.add_page()
        pdf.ln(3)
        pdf.set_draw_color(_RULE_GREY)
        pdf.line(_MARGIN_MM, pdf.get_y(), A4_MM[0] - _MARGIN_MM, pdf.get_y())
        pdf.ln(2)
        self._write(section.title, _HEAD_PT)
        for name, value in section.facts:
            self._fact(name, value)
        for sentence in section.sentences:
            self._write(sentence, _TEXT_PT)
            pdf.ln(1)
        if section.fixed:
            self._write(section.fixed, _SMALL_PT)

    def end(self) -> None:
        if self._is_marked:
            self.pdf.ln(3)
            self._write(f"{typeface.REPLACEMENT} {self._paper.missing_note}", _SMALL_PT)

    def _fact(self, name: str, value: str) -> None:
        pdf = self.pdf
        height = _TEXT_PT * _LINE * MM_PER_PT
        if pdf.will_page_break(2 * height):
            pdf.add_page()
        top, page = pdf.get_y(), pdf.page_no()
        self._write(name, _TEXT_PT, _NAME_MM - 4)
        below = pdf.get_y()
        pdf.set_xy(_MARGIN_MM + _NAME_MM, top)
        self._write(value, _TEXT_PT, A4_MM[0] - 2 * _MARGIN_MM - _NAME_MM)
        is_same_page = pdf.page_no() == page
        pdf.set_xy(_MARGIN_MM, max(below, pdf.get_y()) if is_same_page else pdf.get_y())

    def _write(self, text: str, size_pt: float, width_mm: float = 0) -> None:
        self.pdf.set_font(typeface.NAME, size=size_pt)
        self.pdf.multi_cell(
            width_mm,
            h=size_pt * _LINE * MM_PER_PT,
            text=self._marked(text),
            align="L",
            new_x="LMARGIN",
            new_y="NEXT",
        )

    def _marked(self, text: str) -> str:
        lines = [typeface.marked(line) for line in text.split("\n")]
        marked = "\n".join(lines)
        self._is_marked = self._is_marked or typeface.REPLACEMENT in marked
        return marked

    def _symbol(self) -> None:
        pdf, modules = self.pdf, qr_symbol.modules(self._paper.address)
        side = _QR_MM / qr_symbol.side_modules(modules)
        left, top = A4_MM[0] - _MARGIN_MM - _QR_MM, _MARGIN_MM
        pdf.set_fill_color(0)
        for column, row, length in qr_symbol.runs(modules):
            pdf.rect(
                left + column * side, top + row * side, length * side, side, style="F"
            )
        pdf.set_font(typeface.NAME, size=_SMALL_PT)
        width = typeface.width_mm(self._paper.code, size_pt=_SMALL_PT)
        pdf.text(left + (_QR_MM - width) / 2, top + _QR_MM + 2.5, self._paper.code)
        pdf.set_xy(_MARGIN_MM, _MARGIN_MM)

"""Draw labels: QR codes as SVG and PNG, pages of labels as PDF and PNG."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from fpdf import FPDF
from PIL import Image, ImageDraw

from battery_registry.domain import RegistryError
from battery_registry.services import qr_symbol, typeface
from battery_registry.services.label_layout import LabelText, Layout, lay_out
from battery_registry.services.label_sheets import SheetTemplate
from battery_registry.services.qr_symbol import SMALLEST_MODULE_MM
from battery_registry.services.typeface import MM_PER_INCH, MM_PER_PT

DOTS_PER_INCH: Final = 300
FARTHEST_SHIFT_MM: Final = 20.0


class LabelPlaceError(RegistryError):
    """There is no such place on the page, or the printer is not so far off."""

    code: ClassVar[str] = "label_place"


@dataclass(frozen=True, kw_only=True, slots=True)
class Placing:
    """How pages are filled.

    Args:
        first: The place of the first label, from 1; those before are used up.
        right_mm: How far to the right the printer needs everything, ± 20.
        down_mm: How far down.
    """

    first: int = 1
    right_mm: float = 0.0
    down_mm: float = 0.0


AS_IT_IS: Final = Placing()


def qr_svg(url: str) -> bytes:
    """Draw a QR code (level Q) as one SVG path, 0.5 mm a module, quiet zone 4."""
    modules = qr_symbol.modules(url)
    side = qr_symbol.side_modules(modules)
    path = "".join(
        f"M{column} {row}h{length}v1h-{length}z"
        for column, row, length in qr_symbol.runs(modules)
    )
    side_mm = side * SMALLEST_MODULE_MM
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side_mm:g}mm"'
        f' height="{side_mm:g}mm" viewBox="0 0 {side} {side}"'
        ' shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}h-{side}z"/>'
        f'<path fill="#000" d="{path}"/></svg>'
    ).encode()


def qr_png(url: str, *, module_px: int = 8) -> bytes:
    """Draw a QR code (level Q) as a black and white PNG, quiet zone 4.

    Args:
        url: The address.
        module_px: Pixels a module; the file says 0.5 mm a module for print.
    """
    modules = qr_symbol.modules(url)
    side = qr_symbol.side_modules(modules)
    image = Image.new("1", (side, side), 1)
    for column, row, length in qr_symbol.runs(modules):
        image.paste(0, (column, row, column + length, row + 1))
    scaled = image.resize(
        (side * module_px, side * module_px), Image.Resampling.NEAREST
    )
    return _png(scaled, dots_per_inch=module_px / SMALLEST_MODULE_MM * MM_PER_INCH)


def label_sheet_pdf(
    labels: Sequence[LabelText],
    *,
    template: SheetTemplate,
    made_at: datetime,
    placing: Placing = AS_IT_IS,
) -> bytes:
    """Draw labels on as many pages as they need.

    Args:
        labels: What to print, from the first place on, row by row.
        template: The page.
        made_at: The file's date, aware.
        placing: Where the first one stands, and how far the printer is off.

    Raises:
        LabelTooSmallError: If a module would be finer than 0.5 mm.
        LabelTextRoomError: If the code would be too small to read.
        MissingGlyphError: If the font lacks a character.
        LabelPlaceError: If there is no such place.
    """
    check_placing(placing, template=template)
    pdf = _document(template, made_at)
    try:
        for page in _pages(labels, template, placing):
            pdf.add_page()
            for layout, left_mm, top_mm in page:
                _draw_on_paper(pdf, layout, left_mm, top_mm)
        return bytes(pdf.output())
    finally:
        typeface.close(pdf)


def label_sheet_pngs(
    labels: Sequence[LabelText],
    *,
    template: SheetTemplate,
    placing: Placing = AS_IT_IS,
) -> Iterator[bytes]:
    """Draw the same pages as pictures of 300 dots an inch.

    Raises:
        RegistryError: As for the PDF.
    """
    check_placing(placing, template=template)
    for page in _pages(labels, template, placing):
        size = (_px(template.page_width_mm), _px(template.page_height_mm))
        image = Image.new("L", size, 255)
        for layout, left_mm, top_mm in page:
            _draw_picture(image, layout, left_mm, top_mm)
        yield _png(image.convert("1"), dots_per_inch=DOTS_PER_INCH)


def check_placing(placing: Placing, *, template: SheetTemplate) -> None:
    """Refuse a place that no page has.

    Raises:
        LabelPlaceError: There is no such place, or the shift is no printer's.
    """
    if not 1 <= placing.first <= template.per_page:
        raise LabelPlaceError(field="first", most=template.per_page)
    for field in ("right_mm", "down_mm"):
        # Not a number is refused too, since it is in no range.
        if not -FARTHEST_SHIFT_MM <= getattr(placing, field) <= FARTHEST_SHIFT_MM:
            raise LabelPlaceError(field=field, most=FARTHEST_SHIFT_MM)


def _pages(
    labels: Sequence[LabelText], template: SheetTemplate, placing: Placing
) -> Iterator[list[tuple[Layout, float, float]]]:
    places = list(template.places())
    skipped = placing.first - 1
    waiting = list(labels)
    while waiting:
        free = places[skipped:]
        skipped = 0
        now, waiting = waiting[: len(free)], waiting[len(free) :]
        yield [
            (
                lay_out(label, template=template),
                left_mm + placing.right_mm,
                top_mm + placing.down_mm,
            )
            for label, (left_mm, top_mm) in zip(now, free, strict=False)
        ]


def _document(template: SheetTemplate, made_at: datetime) -> FPDF:
    # fpdf2 turns a page by itself that is wider than high, so it is told not to.
    size = (template.page_width_mm, template.page_height_mm)
    is_wide = size[0] > size[1]
    pdf = FPDF(
        format=(min(size), max(size)),
        unit="mm",
        orientation="landscape" if is_wide else "portrait",
    )
    pdf.set_creation_date(made_at)
    pdf.set_margin(0)
    pdf.set_auto_page_break(auto=False)
    pdf.set_title("Battery labels")
    typeface.add_to(pdf)
    return pdf


def _draw_on_paper(pdf: FPDF, layout: Layout, left_mm: float, top_mm: float) -> None:
    pdf.set_fill_color(0)
    for bar_left, bar_top, width, height in layout.bars():
        pdf.rect(left_mm + bar_left, top_mm + bar_top, width, height, style="F")
    for line in layout.lines:
        pdf.set_font(typeface.NAME, size=line.size_pt)
        pdf.text(left_mm + line.left_mm, top_mm + line.baseline_mm, line.text)


def _draw_picture(
    image: Image.Image, layout: Layout, left_mm: float, top_mm: float
) -> None:
    draw = ImageDraw.Draw(image)
    for bar_left, bar_top, width, height in layout.bars():
        left, top = _px(left_mm + bar_left), _px(top_mm + bar_top)
        right = _px(left_mm + bar_left + width)
        bottom = _px(top_mm + bar_top + height)
        draw.rectangle((left, top, right - 1, bottom - 1), fill=0)
    for line in layout.lines:
        draw.text(
            (_px(left_mm + line.left_mm), _px(top_mm + line.baseline_mm)),
            line.text,
            fill=0,
            font=typeface.drawn(_px(line.size_pt * MM_PER_PT)),
            anchor="ls",
        )


def _px(length_mm: float) -> int:
    return round(length_mm / MM_PER_INCH * DOTS_PER_INCH)


def _png(image: Image.Image, *, dots_per_inch: float) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True, dpi=(dots_per_inch, dots_per_inch))
    return file.getvalue()

"""Draw labels: QR codes as SVG and PNG, sheets of labels as PDF.

A label carries an address and the same code in letters, nothing else: a
battery's code changes, a sticker does not, so no result and no colour is ever
printed on or beside it.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Final, cast

import qrcode
from fpdf import FPDF
from fpdf.fonts import TTFFont
from PIL import Image

from battery_registry.domain import RegistryError
from battery_registry.domain.code import PublicCode, show
from battery_registry.services.label_sheets import SheetTemplate

QUIET_ZONE_MODULES: Final = 4
SMALLEST_MODULE_MM: Final = 0.5
SCAN_LINE_ZH: Final = "扫码查看电池健康码"
SCAN_LINE_EN: Final = "Scan for the battery's health code"

_FONT_FILE = Path(__file__).parent / "fonts" / "NotoSansSC-Regular.ttf"
_FONT = "noto"
_MM_PER_INCH = 25.4
_TEXT_GAP_MM = 1.5
_CODE_PT = 8.0
_SCAN_PT = 7.0
_CAPTION_PT = 6.0
_LINE_HEIGHT = 1.35
_ROUNDING_ROOM = 0.99
_MM_PER_PT = _MM_PER_INCH / 72

Modules = Sequence[Sequence[bool]]


class LabelTooSmallError(RegistryError):
    """The address is too long for the label: its modules would be too fine."""

    code: ClassVar[str] = "label_too_small"


class MissingGlyphError(RegistryError):
    """The font has no sign for a character; a blank is never printed for it."""

    code: ClassVar[str] = "label_glyph_missing"


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelText:
    """What one label carries.

    Args:
        code: The public code, printed in letters.
        url: The address in the QR.
        caption: One more line, such as the station operator's name.
    """

    code: PublicCode
    url: str
    caption: str = ""


def qr_svg(url: str) -> bytes:
    """Draw a QR code (level Q) as one SVG path, 0.5 mm a module, quiet zone 4."""
    modules = _modules(url)
    side = len(modules) + 2 * QUIET_ZONE_MODULES
    path = "".join(
        f"M{column + QUIET_ZONE_MODULES} {row + QUIET_ZONE_MODULES}"
        f"h{length}v1h-{length}z"
        for column, row, length in _runs(modules)
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
    modules = _modules(url)
    side = len(modules) + 2 * QUIET_ZONE_MODULES
    image = Image.new("1", (side, side), 1)
    for column, row, length in _runs(modules):
        left, top = column + QUIET_ZONE_MODULES, row + QUIET_ZONE_MODULES
        image.paste(0, (left, top, left + length, top + 1))
    scaled = image.resize(
        (side * module_px, side * module_px), Image.Resampling.NEAREST
    )
    dots_per_inch = module_px / SMALLEST_MODULE_MM * _MM_PER_INCH
    file = io.BytesIO()
    scaled.save(file, "PNG", optimize=True, dpi=(dots_per_inch, dots_per_inch))
    return file.getvalue()


def label_sheet_pdf(
    labels: Sequence[LabelText], *, template: SheetTemplate, made_at: datetime
) -> bytes:
    """Draw labels on as many A4 sheets as they need.

    Args:
        labels: What to print, from the top left, row by row.
        template: The sheet.
        made_at: The file's date, aware.

    Raises:
        LabelTooSmallError: If a module would be finer than 0.5 mm.
        MissingGlyphError: If the font lacks a character.
    """
    pdf = _document(made_at)
    try:
        _draw_sheets(pdf, labels, template)
        return bytes(pdf.output())
    finally:
        # fpdf2 leaves the font's file open until the garbage collector comes.
        cast(TTFFont, pdf.fonts[_FONT]).ttfont.close()


def _document(made_at: datetime) -> FPDF:
    pdf = FPDF(format="A4", unit="mm")
    pdf.set_creation_date(made_at)
    pdf.set_margin(0)
    pdf.set_auto_page_break(auto=False)
    pdf.set_title("Battery labels")
    pdf.add_font(_FONT, fname=_FONT_FILE)
    return pdf


def _draw_sheets(
    pdf: FPDF, labels: Sequence[LabelText], template: SheetTemplate
) -> None:
    per_page = template.columns * template.rows
    for number, label in enumerate(labels):
        if number % per_page == 0:
            pdf.add_page()
        row, column = divmod(number % per_page, template.columns)
        _draw_label(
            pdf,
            label,
            template,
            left_mm=template.left_mm + column * template.column_pitch_mm,
            top_mm=template.top_mm + row * template.row_pitch_mm,
        )


def _draw_label(
    pdf: FPDF,
    label: LabelText,
    template: SheetTemplate,
    *,
    left_mm: float,
    top_mm: float,
) -> None:
    _check_glyphs(pdf, label.caption)
    side_mm = template.qr_side_mm
    _draw_qr(
        pdf,
        _modules(label.url),
        left_mm=left_mm + _TEXT_GAP_MM,
        top_mm=top_mm + (template.label_height_mm - side_mm) / 2,
        side_mm=side_mm,
    )
    text_left_mm = left_mm + side_mm + _TEXT_GAP_MM
    width_mm = left_mm + template.label_width_mm - _TEXT_GAP_MM - text_left_mm
    pdf.set_xy(text_left_mm, top_mm + template.label_height_mm / 2 - side_mm / 4)
    code = show(label.code)
    for text, size_pt in (
        (code, _fitting_pt(pdf, code, width_mm=width_mm, size_pt=_CODE_PT)),
        (SCAN_LINE_ZH, _SCAN_PT),
        (SCAN_LINE_EN, _SCAN_PT),
        (
            label.caption,
            _fitting_pt(pdf, label.caption, width_mm=width_mm, size_pt=_CAPTION_PT),
        ),
    ):
        _write(pdf, text, width_mm=width_mm, size_pt=size_pt)


def _check_glyphs(pdf: FPDF, text: str) -> None:
    font = cast(TTFFont, pdf.fonts[_FONT])
    missing = sorted({sign for sign in text if ord(sign) not in font.cmap})
    if missing:
        raise MissingGlyphError(field="caption", characters="".join(missing))


def _fitting_pt(pdf: FPDF, text: str, *, width_mm: float, size_pt: float) -> float:
    """Find the size, no more than asked for, at which a text keeps to one line."""
    pdf.set_font(_FONT, size=size_pt)
    needed_mm = pdf.get_string_width(text)
    room_mm = (width_mm - 2 * pdf.c_margin) * _ROUNDING_ROOM
    return size_pt * min(1.0, room_mm / needed_mm) if needed_mm else size_pt


def _write(pdf: FPDF, text: str, *, width_mm: float, size_pt: float) -> None:
    pdf.set_font(_FONT, size=size_pt)
    pdf.multi_cell(
        width_mm,
        h=size_pt * _LINE_HEIGHT * _MM_PER_PT,
        text=text,
        align="L",
        new_x="LEFT",
        new_y="NEXT",
    )


def _draw_qr(
    pdf: FPDF, modules: Modules, *, left_mm: float, top_mm: float, side_mm: float
) -> None:
    count = len(modules) + 2 * QUIET_ZONE_MODULES
    module_mm = side_mm / count
    if module_mm < SMALLEST_MODULE_MM:
        raise LabelTooSmallError(field="template", needed_mm=count * SMALLEST_MODULE_MM)
    pdf.set_fill_color(0)
    for column, row, length in _runs(modules):
        pdf.rect(
            left_mm + (column + QUIET_ZONE_MODULES) * module_mm,
            top_mm + (row + QUIET_ZONE_MODULES) * module_mm,
            length * module_mm,
            module_mm,
            style="F",
        )


def _modules(url: str) -> Modules:
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_Q, border=0)
    code.add_data(url)
    code.make()
    return code.get_matrix()


def _runs(modules: Modules) -> Iterator[tuple[int, int, int]]:
    """Yield (column, row, length) of every unbroken run of dark modules."""
    for row, cells in enumerate(modules):
        start: int | None = None
        for column, is_dark in enumerate([*cells, False]):
            if is_dark and start is None:
                start = column
            elif not is_dark and start is not None:
                yield start, row, column - start
                start = None

"""The one typeface of everything printed: how wide it runs, which signs it has."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import ClassVar, Final, cast

from fpdf import FPDF
from fpdf.fonts import TTFFont
from PIL import ImageFont

from battery_registry.domain import RegistryError

FILE: Final = Path(__file__).parent / "fonts" / "NotoSansSC-Regular.ttf"
NAME: Final = "noto"
MM_PER_INCH: Final = 25.4
MM_PER_PT: Final = MM_PER_INCH / 72
REPLACEMENT: Final = "\N{GETA MARK}"
"""What stands where the typeface has no sign: the printers' own mark for that."""

_PER_EM = 1000
# Units that the typeface, which has Chinese and Latin, does not draw.
_SPELLED: Final = str.maketrans(
    {
        "\N{GREEK CAPITAL LETTER OMEGA}": "ohm",
        "\N{OHM SIGN}": "ohm",
        "\N{DEGREE CELSIUS}": "\N{DEGREE SIGN}C",
        "\N{GREEK SMALL LETTER MU}": "\N{MICRO SIGN}",
        "\N{GREATER-THAN OR EQUAL TO}": ">=",
        "\N{LESS-THAN OR EQUAL TO}": "<=",
    }
)


class MissingGlyphError(RegistryError):
    """The font has no sign for a character; a blank is never printed for it."""

    code: ClassVar[str] = "label_glyph_missing"


def add_to(pdf: FPDF) -> None:
    """Give a document the typeface."""
    pdf.add_font(NAME, fname=FILE)


def close(pdf: FPDF) -> None:
    """Close the typeface's file, which fpdf2 leaves to the garbage collector."""
    cast(TTFFont, pdf.fonts[NAME]).ttfont.close()


@cache
def drawn(size_px: int) -> ImageFont.FreeTypeFont:
    """Get the typeface for pictures."""
    return ImageFont.truetype(str(FILE), size=size_px)


def width_mm(text: str, *, size_pt: float) -> float:
    """Tell how wide a line is."""
    widths = _widths()
    ems = sum(widths.get(ord(sign), _PER_EM) for sign in text) / _PER_EM
    return ems * size_pt * MM_PER_PT


def check(text: str, *, field: str) -> None:
    """Refuse a text that cannot be printed whole.

    Raises:
        MissingGlyphError: The typeface lacks a sign of it.
    """
    missing = sorted({sign for sign in text if ord(sign) not in _widths()})
    if missing:
        raise MissingGlyphError(field=field, characters="".join(missing))


def marked(text: str) -> str:
    """Spell units out, and mark each other sign that the typeface lacks."""
    widths, spelled = _widths(), text.translate(_SPELLED)
    return "".join(sign if ord(sign) in widths else REPLACEMENT for sign in spelled)


@cache
def _widths() -> Mapping[int, float]:
    pdf = FPDF()
    add_to(pdf)
    font = cast(TTFFont, pdf.fonts[NAME])
    found = {sign: float(font.cw[sign]) for sign in font.cmap}
    close(pdf)
    return found

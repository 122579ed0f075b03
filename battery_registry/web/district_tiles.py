"""The 16 districts of Beijing as a drawing of tiles: a scheme, never a boundary.

Codes are those of GB/T 2260; the places of the tiles are our own, roughly as the
districts lie, in four rows of six. How bad it is, is told three times over: by the
number, by bars to count, and by colour.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from markupsafe import Markup

# District code to row and column, from the north-west.
PLACES: Final = {
    "110119": (0, 2),
    "110116": (0, 3),
    "110118": (0, 4),
    "110108": (1, 1),
    "110114": (1, 2),
    "110113": (1, 4),
    "110117": (1, 5),
    "110109": (2, 0),
    "110107": (2, 1),
    "110102": (2, 2),
    "110101": (2, 3),
    "110105": (2, 4),
    "110112": (2, 5),
    "110111": (3, 1),
    "110106": (3, 2),
    "110115": (3, 3),
}
MOST_BARS: Final = 4
_WIDTH, _HEIGHT, _GAP = 66, 58, 4
_COLUMNS, _ROWS = 6, 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Tile:
    """A district's number, by its code and its name in the page's language."""

    district_code: str
    name: str
    number: int


def level(number: int, *, most: int) -> int:
    """Say how many bars a number gets beside the greatest: none only for nothing."""
    if number <= 0:
        return 0
    return max(1, -(-MOST_BARS * number // max(most, number)))


def draw(tiles: Sequence[Tile], *, title: str) -> Markup:
    """Draw the tiles of the districts that have a place.

    Args:
        tiles: The districts, with their numbers.
        title: What the drawing shows, for who cannot see it.
    """
    most = max((tile.number for tile in tiles), default=0)
    drawn = "".join(
        _tile(tile, level(tile.number, most=most))
        for tile in tiles
        if tile.district_code in PLACES
    )
    width, height = _COLUMNS * (_WIDTH + _GAP), _ROWS * (_HEIGHT + _GAP)
    return Markup(  # noqa: S704 - numbers, and words that were escaped
        f'<svg class="district-tiles" viewBox="0 0 {width} {height}" role="img"'
        f' aria-label="{escape(title)}">{drawn}</svg>'
    )


def _tile(tile: Tile, bars: int) -> str:
    row, column = PLACES[tile.district_code]
    left, top = column * (_WIDTH + _GAP) + 2, row * (_HEIGHT + _GAP) + 2
    middle = left + _WIDTH // 2
    return (
        f'<g class="tile-{bars}"><rect class="ground" x="{left}" y="{top}"'
        f' width="{_WIDTH}" height="{_HEIGHT}" rx="6"/>'
        f'<text class="name" x="{middle}" y="{top + 14}">{escape(tile.name)}</text>'
        f'<text class="number" x="{middle}" y="{top + 36}">{tile.number}</text>'
        f"{''.join(_bars(left, top, bars))}</g>"
    )


def _bars(left: int, top: int, bars: int) -> Iterable[str]:
    for place in range(bars):
        x = left + 9 + place * 12
        yield f'<rect class="bar" x="{x}" y="{top + 45}" width="9" height="6"/>'

"""Numbers by month as columns, in a drawing of their own scale."""

from collections.abc import Sequence
from html import escape

from markupsafe import Markup

_WIDTH, _HEIGHT = 360, 150
_TOP, _BOTTOM = 20, 126
_SHARE = 0.7
# With more columns than this the names below would run into one another.
_MOST_NAMES = 8


def draw(columns: Sequence[tuple[str, int]], *, title: str, look: str) -> Markup:
    """Draw one column for each name, with its number above it.

    Args:
        columns: Names such as ``2026-11`` and their numbers, from the left.
        title: What the drawing shows, for who cannot see it.
        look: A class of the columns in ``overview.css``.
    """
    most = max((number for _, number in columns), default=0) or 1
    step = _WIDTH / max(len(columns), 1)
    every = -(-len(columns) // _MOST_NAMES) or 1
    parts = [
        _column(name, number / most, number, at=step * (place + 0.5), step=step)
        + (_name(name, step * (place + 0.5)) if place % every == 0 else "")
        for place, (name, number) in enumerate(columns)
    ]
    drawn = "".join(parts)
    return Markup(  # noqa: S704 - numbers, and words that were escaped
        f'<svg class="trend {escape(look)}" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img"'
        f' aria-label="{escape(title)}"><path class="axis"'
        f' d="M0 {_BOTTOM}H{_WIDTH}"/>{drawn}</svg>'
    )


def _column(name: str, share: float, number: int, *, at: float, step: float) -> str:
    width, height = min(step * _SHARE, 40), (_BOTTOM - _TOP) * share
    top = _BOTTOM - height
    return (
        f'<rect class="column" x="{at - width / 2:.1f}" y="{top:.1f}"'
        f' width="{width:.1f}" height="{height:.1f}">'
        f"<title>{escape(name)}: {number}</title></rect>"
        f'<text x="{at:.1f}" y="{top - 4:.1f}">{number}</text>'
    )


def _name(name: str, at: float) -> str:
    # The year only where it begins, or in the first place.
    return f'<text x="{at:.1f}" y="{_BOTTOM + 16}">{escape(name[2:])}</text>'

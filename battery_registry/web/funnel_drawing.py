"""The funnel of red rates as an SVG drawing, made of numbers and nothing else.

Its looks are classes of ``staff.css``: the pages' security policy allows no
styles within the page.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

from battery_registry.scoring.quality.funnel import (
    LEAST_INSPECTIONS,
    Flag,
    Limits,
    funnel_limits,
)

_WIDTH, _HEIGHT = 360, 304
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 350, 26, 260
_STEPS = 60
_LEAST_WIDTH = 100
_LEAST_RATE = 0.05
_ROOM = 1.08
# A mark every one, two or five of a power of ten, about as many as fit.
_MARKS = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """One station.

    Args:
        name: Its code, shown beside a point beyond the wide limits.
        says: What a pointer over it is told.
        n: Packs that got a colour.
        rate: Share of red ones, adjusted, 0 to 1 and more.
        flag: Beyond which limits it is.
    """

    name: str
    says: str
    n: int
    rate: float
    flag: Flag | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """What the drawing says.

    Args:
        title: Its name, for who cannot see it.
        packs: Along the axis to the right.
        red: Along the axis upwards.
    """

    title: str
    packs: str
    red: str


def draw(
    points: Sequence[Point], *, rate: float, correlation: float, words: Words
) -> Markup:
    """Draw the funnel.

    Args:
        points: The stations.
        rate: The city's, between 0 and 1; without it there are no limits.
        correlation: How much stations differ beyond chance.
        words: In the page's language.
    """
    most_n = int(_ROOM * max([_LEAST_WIDTH, *(point.n for point in points)]))
    limits = list(_limits(most_n, rate, correlation)) if 0 < rate < 1 else []
    # The limits of a tiny station would flatten all others.
    tall = [limits[len(limits) // 4][2].high] if limits else []
    rates = [_LEAST_RATE, rate, *tall, *(point.rate for point in points)]
    most_rate = min(1.0, _ROOM * max(rates))
    scale = _Scale(most_n=most_n, most_rate=most_rate)
    parts = [
        *_axes(scale, words),
        *_lines(limits, rate, scale),
        *(_point(point, scale) for point in points),
    ]
    drawn = "".join(parts)
    return Markup(  # noqa: S704 - numbers, and words that were escaped
        f'<svg class="funnel" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img"'
        f' aria-label="{escape(words.title)}">{drawn}</svg>'
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Scale:
    """From numbers to places; a station above the drawing is at its edge."""

    most_n: int
    most_rate: float

    def x(self, n: float) -> str:
        return f"{_LEFT + (_RIGHT - _LEFT) * n / self.most_n:.1f}"

    def y(self, rate: float) -> str:
        share = min(1.0, max(0.0, rate / self.most_rate))
        return f"{_BOTTOM - (_BOTTOM - _TOP) * share:.1f}"


def _limits(
    most_n: int, rate: float, correlation: float
) -> Iterable[tuple[int, Limits, Limits]]:
    """The limits at numbers of packs that grow by the same factor."""
    growth = most_n / LEAST_INSPECTIONS
    for step in range(_STEPS + 1):
        n = round(LEAST_INSPECTIONS * growth ** (step / _STEPS))
        within_95, within_998 = funnel_limits(
            n, rate=rate, correlation=correlation, smooth=True
        )
        yield n, within_95, within_998


def _lines(
    limits: Sequence[tuple[int, Limits, Limits]], rate: float, scale: _Scale
) -> Iterable[str]:
    if not limits:
        return
    y = scale.y(rate)
    yield f'<line class="city" x1="{_LEFT}" y1="{y}" x2="{_RIGHT}" y2="{y}"/>'
    ends: tuple[tuple[str, Callable[[Limits, Limits], float]], ...] = (
        ("within-95", lambda narrow, _wide: narrow.low),
        ("within-95", lambda narrow, _wide: narrow.high),
        ("within-998", lambda _narrow, wide: wide.low),
        ("within-998", lambda _narrow, wide: wide.high),
    )
    for name, end in ends:
        ending = ((n, end(narrow, wide)) for n, narrow, wide in limits)
        # What is above the drawing must not look like a limit at its edge.
        path = " ".join(
            f"{scale.x(n)},{scale.y(rate)}"
            for n, rate in ending
            if rate <= scale.most_rate
        )
        yield f'<polyline class="{name}" points="{path}"/>'


def _axes(scale: _Scale, words: Words) -> Iterable[str]:
    yield (
        f'<path class="axis" d="M{_LEFT} {_TOP}V{_BOTTOM}H{_RIGHT}"/>'
        f'<text x="{(_LEFT + _RIGHT) / 2:.0f}" y="{_HEIGHT - 8}"'
        f' text-anchor="middle">{escape(words.packs)}</text>'
        f'<text x="0" y="14">{escape(words.red)}</text>'
    )
    for n in _marks(scale.most_n):
        x = scale.x(n)
        yield f'<text x="{x}" y="{_BOTTOM + 17}" text-anchor="middle">{n:g}</text>'
    for per_cent in _marks(100 * scale.most_rate):
        y = scale.y(per_cent / 100)
        yield (
            f'<line class="mark" x1="{_LEFT}" y1="{y}" x2="{_RIGHT}" y2="{y}"/>'
            f'<text x="{_LEFT - 5}" y="{float(y) + 4:.1f}" text-anchor="end">'
            f"{per_cent:g} %</text>"
        )


def _marks(most: float) -> list[float]:
    """Round numbers from 0 up to the most, about five of them."""
    power = 10.0 ** (len(str(int(most))) - 2)
    steps = [power * factor for factor in (1, 2, 5, 10, 20, 50, 100)]
    step = next(each for each in steps if most / each <= _MARKS)
    return [number * step for number in range(int(most / step) + 1)]


def _point(point: Point, scale: _Scale) -> str:
    x, y = scale.x(point.n), scale.y(point.rate)
    told = f"<title>{escape(point.says)}</title>"
    if point.flag is None:
        return f'<circle class="station" cx="{x}" cy="{y}" r="4">{told}</circle>'
    up = -1 if point.flag.is_high else 1
    triangle = f"M{x} {float(y) + 7 * up:.1f}l6.5 {-11.5 * up:.1f}h-13z"
    drawn = f'<path class="odd" d="{triangle}">{told}</path>'
    if not point.flag.is_wide:
        return drawn
    # Towards the middle, so that no name leaves the drawing.
    is_right = float(x) > (_LEFT + _RIGHT) / 2
    place = float(x) + (-9 if is_right else 9)
    anchor = ' text-anchor="end"' if is_right else ""
    return (
        f'{drawn}<text class="odd" x="{place:.1f}" y="{float(y) + 4:.1f}"{anchor}>'
        f"{escape(point.name)}</text>"
    )

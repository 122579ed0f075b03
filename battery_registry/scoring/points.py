"""Points for a reading: piecewise linear between knots, in whole tenths."""

from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """Points between knots, flat outside them.

    With ``i`` the last knot not above ``x`` (``bisect_right(knots, x) - 1``;
    ``numpy.searchsorted(knots, x, side="right") - 1``) the points are, in tenths,

        x <= knots[0]:    points[0]
        x >= knots[-1]:   points[-1]
        otherwise:        rint(points[i] + (x - knots[i]) * slopes[i])

    in IEEE doubles, each operation rounded by itself (no fused multiply-add),
    with ``rint`` to the nearest whole number, ties to even: Python's
    ``round(y)`` and ``numpy.rint(y)`` are the same. The points are whole, so the
    rounding makes the value monotone across the knots too.

    Args:
        knots: Readings, strictly increasing, two or more.
        points_tenths: Points at the knots, in tenths.
        slopes: Tenths per unit of the reading between each two knots.
    """

    knots: tuple[float, ...]
    points_tenths: tuple[int, ...]
    slopes: tuple[float, ...]

    @classmethod
    def through(
        cls, knots: tuple[float, ...], points_tenths: tuple[int, ...]
    ) -> "Card":
        """A card through these knots, with the slopes computed once."""
        slopes = tuple(
            (points_tenths[i + 1] - points_tenths[i]) / (knots[i + 1] - knots[i])
            for i in range(len(knots) - 1)
        )
        return cls(knots=knots, points_tenths=points_tenths, slopes=slopes)

    @property
    def most_tenths(self) -> int:
        """The most it can give, in tenths."""
        return max(self.points_tenths)

    def points_for(self, reading: float) -> int:
        """Points for a reading, in tenths."""
        knots = self.knots
        if reading <= knots[0]:
            return self.points_tenths[0]
        if reading >= knots[-1]:
            return self.points_tenths[-1]
        i = bisect_right(knots, reading) - 1
        return round(self.points_tenths[i] + (reading - knots[i]) * self.slopes[i])

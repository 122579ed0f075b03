"""QR symbols as their modules, before anybody draws them."""

from collections.abc import Iterator, Sequence
from enum import IntEnum
from functools import lru_cache
from typing import Final

import qrcode

QUIET_ZONE_MODULES: Final = 4
SMALLEST_MODULE_MM: Final = 0.5
"""A telephone in a cellar reads this from a hand's distance; less it may not."""

Modules = Sequence[Sequence[bool]]


class Level(IntEnum):
    """How much of a symbol may be dirty: 15 % and 25 %."""

    M = qrcode.ERROR_CORRECT_M
    Q = qrcode.ERROR_CORRECT_Q


@lru_cache(maxsize=512)
def modules(text: str, *, level: Level = Level.Q) -> Modules:
    """Make the smallest symbol of a text, without its quiet zone."""
    code = qrcode.QRCode(error_correction=level, border=0)
    code.add_data(text)
    code.make()
    return tuple(tuple(row) for row in code.get_matrix())


def side_modules(drawn: Modules) -> int:
    """Count the modules of a side, the quiet zone included."""
    return len(drawn) + 2 * QUIET_ZONE_MODULES


def runs(drawn: Modules) -> Iterator[tuple[int, int, int]]:
    """Yield (column, row, length) of every unbroken run of dark modules.

    They count from the outer corner of the quiet zone.
    """
    for row, cells in enumerate(drawn, start=QUIET_ZONE_MODULES):
        begun: int | None = None
        for column, is_dark in enumerate([*cells, False], start=QUIET_ZONE_MODULES):
            if is_dark and begun is None:
                begun = column
            elif not is_dark and begun is not None:
                yield begun, row, column - begun
                begun = None

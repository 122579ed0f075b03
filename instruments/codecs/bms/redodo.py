"""Redodo, LiTime, Power Queen: one message ``00 00 65 …`` with the sum of 8 bits.

Layout: github.com/patman15/aiobmsble (Apache-2.0; facts only).
"""

from collections.abc import Sequence

from instruments.codecs.bms.claim import BmsClaim, make_claim
from instruments.codecs.bms.fields import (
    Field,
    cells,
    page,
    read,
    temperatures,
    used,
)
from instruments.codecs.frame import find_frames, join, pages_by, sum8

FAMILY = "redodo"
_LENGTH = 0x65
_SLOTS, _SENSORS = 16, 5
_TABLE = (
    Field("voltage_v", 12, per=1000),
    Field("current_a", 48, 4, per=1000, signed=True),
    Field("remaining_ah", 62, per=100),
    Field("rated_ah", 64, 4, per=100),
    Field("heater_on", 68, 4, flag=0xFFFFFFFF),
    Field("problem_code", 76, 8),
    Field("balancing", 84, 4),
    Field("soc_pct", 90),
    Field("soh_pct", 92, 4),
    Field("cycles", 96, 4),
)


def decode(chunks: Sequence[bytes]) -> BmsClaim:
    """What the message says.

    Raises:
        FrameError: It is missing or broken.
    """
    frames = find_frames(
        join(chunks),
        head=bytes([0, 0, _LENGTH]),
        length=lambda _start: _LENGTH + 4,
        good=lambda frame: sum8(frame[:-1]) == frame[-1],
    )
    data = page(pages_by(frames, lambda _frame: 0, "Redodo"), 0)[:-1]
    told = read(data, _TABLE, order="little")
    told["cells_v"] = used(cells(data, 16, _SLOTS, order="little"))
    sensors = temperatures(data, 52, _SENSORS, order="little")
    while len(sensors) > 1 and not sensors[-1].value_c:
        sensors = sensors[:-1]
    told["temperatures"], told["temperature_count"] = sensors, len(sensors)
    return make_claim(FAMILY, told)

"""ABC-BMS (SOK and others): 20-byte messages ``CC kind …`` with CRC-8/MAXIM.

Layout: github.com/patman15/aiobmsble (Apache-2.0; facts only).
"""

from collections.abc import Sequence

from instruments.codecs.bms.claim import BmsClaim, make_claim
from instruments.codecs.bms.fields import Field, page, read, temperatures, whole
from instruments.codecs.frame import FrameError, crc8_maxim, find_frames, join, text

FAMILY = "abc"
_LENGTH = 20
_MODEL, _CELLS, _FAULTS = 0xF1, 0xF4, 0xF9
_TABLE = (
    Field("voltage_v", 2, 3, page=0xF0, per=1000),
    Field("current_a", 5, 3, page=0xF0, per=1000, signed=True),
    Field("rated_ah", 8, 3, page=0xF0, per=1000),
    Field("remaining_ah", 11, 3, page=0xF0, per=1000),
    Field("cycles", 14, page=0xF0),
    Field("soc_pct", 16, 1, page=0xF0),
    Field("charge_on", 2, 1, page=0xF2, flag=0xFF),
    Field("discharge_on", 3, 1, page=0xF2, flag=0xFF),
    Field("temperature_count", 4, 1, page=0xF2),
    Field("heater_on", 8, 1, page=0xF3, flag=0xFF),
    Field("balancing", 10, 1, page=0xF3),
)
_CELL_STARTS = range(2, 18, 4)
_MOST_SENSORS = 7


def decode(chunks: Sequence[bytes]) -> BmsClaim:
    """What the messages F0, F2, F3 and F4 say.

    Raises:
        FrameError: One of them is missing or broken.
    """
    frames = list(
        find_frames(
            join(chunks),
            head=b"\xcc",
            length=lambda _start: _LENGTH,
            good=lambda frame: crc8_maxim(frame[:-1]) == frame[-1],
        )
    )
    pages = {frame[1]: frame for frame in frames}
    told = read(pages, _TABLE, order="little")
    if told["temperature_count"] > _MOST_SENSORS:
        raise FrameError(f"{told['temperature_count']} sensors cannot be")
    told["cells_v"] = _cells([frame for frame in frames if frame[1] == _CELLS])
    told["temperatures"] = temperatures(
        page(pages, 0xF2), 5, told["temperature_count"], order="little"
    )
    if _MODEL in pages:
        told["model"] = text(pages[_MODEL][2:-1])
    if _FAULTS in pages:
        # one bit of each of sixteen bytes
        lowest = [byte & 1 for byte in pages[_FAULTS][2:18]]
        told["problem_code"] = sum(bit << n for n, bit in enumerate(lowest))
    return make_claim(FAMILY, told)


def _cells(frames: Sequence[bytes]) -> tuple[float, ...]:
    """Cells come four to a message, each with its number before it."""
    volts = {
        frame[at]: whole(frame, at + 1, 2, order="little") / 1000
        for frame in frames
        for at in _CELL_STARTS
        if frame[at]
    }
    if not volts or sorted(volts) != list(range(1, len(volts) + 1)):
        raise FrameError("the cells are missing or not numbered in order")
    return tuple(volts[number] for number in sorted(volts))

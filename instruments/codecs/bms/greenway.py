"""Greenway: messages ``47 16 01 kind length … sum``, one value or text each.

They name the pack: serial, cell type, day of making and clock. Layout of the
values: github.com/patman15/aiobmsble (Apache-2.0; facts only). A date is year from
2000, month, day in a byte each, as the clock in the same capture shows.
"""

from collections.abc import Sequence

from instruments.codecs.bms.claim import BmsClaim, iso_date, make_claim
from instruments.codecs.bms.fields import (
    Field,
    cells,
    page,
    read,
    temperatures,
    used,
)
from instruments.codecs.frame import find_frames, join, need, pages_by, sum8, text

FAMILY = "greenway"
SENSORS, CELLS_1, CELLS_2 = 0x08, 0x24, 0x25
VERSION, MADE_ON, CLOCK = 0x1A, 0x1B, 0x1D
MAKER, TYPE, CELL_TYPE, SERIAL = 0x20, 0x21, 0x22, 0x23
_LENGTHS = {
    SENSORS: 32,
    0x16: 16,
    VERSION: 8,
    CLOCK: 6,
    MAKER: 16,
    TYPE: 32,
    CELL_TYPE: 16,
    SERIAL: 32,
    CELLS_1: 32,
    CELLS_2: 32,
}
_DEFAULT_LENGTH = 4
_DATA, _EXTRA = 5, 6
_SENSOR_COUNT = 7
_SLOTS = 16
_TABLE = (
    Field("voltage_v", 0, 4, page=0x09, per=1000),
    Field("current_a", 0, 4, page=0x0A, per=1000, signed=True),
    Field("soc_pct", 0, 4, page=0x0D),
    Field("soh_pct", 0, 4, page=0x0E),
    Field("remaining_ah", 0, 4, page=0x0F, per=1000),
    Field("problem_code", 2, 8, page=0x16),
    Field("cycles", 0, 4, page=0x17),
    Field("rated_ah", 0, 4, page=0x18, per=1000),
)
_TEXTS = {MAKER: "maker", TYPE: "model", CELL_TYPE: "cell_type", SERIAL: "serial"}
REQUESTED = (
    *(row.page for row in _TABLE),
    SENSORS,
    CELLS_1,
    CELLS_2,
    MADE_ON,
    CLOCK,
    *_TEXTS,
)


def request(kind: int) -> bytes:
    """A request for one message; reads and changes nothing."""
    body = bytes([0x46, 0x16, 0x01, kind, _LENGTHS.get(kind, _DEFAULT_LENGTH)])
    return body + bytes([sum8(body)])


def message(kind: int, data: bytes) -> bytes:
    """A message that carries this."""
    body = bytes([0x47, 0x16, 0x01, kind, len(data)]) + data
    return body + bytes([sum8(body)])


def decode(chunks: Sequence[bytes]) -> BmsClaim:
    """What the messages say, with what names the pack if it came.

    Raises:
        FrameError: A message of values is missing or broken.
    """
    frames = find_frames(
        join(chunks),
        head=b"\x47\x16\x01",
        length=lambda start: start[4] + _EXTRA if len(start) > 4 else None,
        good=lambda frame: sum8(frame[:-1]) == frame[-1],
    )
    found = pages_by(frames, lambda frame: frame[3], "Greenway")
    pages = {kind: frame[_DATA:-1] for kind, frame in found.items()}
    told = read(pages, _TABLE, order="little")
    told["cells_v"] = used(
        cells(page(pages, CELLS_1), 0, _SLOTS, order="little")
        + cells(page(pages, CELLS_2), 0, _SLOTS, order="little")
    )
    told["temperatures"] = temperatures(page(pages, SENSORS), 0, _SENSOR_COUNT, size=1)
    for kind, name in _TEXTS.items():
        if kind in pages:
            told[name] = text(pages[kind]) or None
    if VERSION in pages:
        low, high = need(pages[VERSION], 4)[:2]
        told["software"] = f"{high}.{low}"
        told["hardware"] = f"{pages[VERSION][3]}.{pages[VERSION][2]}"
    if MADE_ON in pages:
        told["made_on"] = _date(need(pages[MADE_ON], 3))
    if CLOCK in pages:
        told["clock"] = _clock(need(pages[CLOCK], 6)[:6])
    return make_claim(FAMILY, told)


def _date(data: bytes) -> str | None:
    return iso_date(2000 + data[0], data[1], data[2])


def _clock(data: bytes) -> str | None:
    day = iso_date(2000 + data[0], data[1], data[2])
    hours, minutes, seconds = data[3:6]
    if day is None or hours > 23 or minutes > 59 or seconds > 59:
        return None
    return f"{day} {hours:02}:{minutes:02}:{seconds:02}"

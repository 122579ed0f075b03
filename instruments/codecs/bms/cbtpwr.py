"""CBT Power: messages ``AA 55 kind length … sum 0D 0A``; VB series: hex digits.

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
    whole,
)
from instruments.codecs.frame import (
    FrameError,
    find_frames,
    join,
    lrc16,
    need,
    pages_by,
    sum8,
    unhex,
)

FAMILY, VB_FAMILY = "cbtpwr", "cbtpwr_vb"
_EXTRA = 7
_CELL_KINDS = (0x05, 0x06, 0x07, 0x08)
_PER_KIND = 5


def _seconds(raw: int) -> int:
    """Hundredths of an hour."""
    return raw * 36


_TABLE = (
    Field("temperature_c", 4, page=0x09, signed=True),
    Field("soc_pct", 4, 1, page=0x0A),
    Field("voltage_v", 4, 4, page=0x0B, per=1000),
    Field("current_a", 8, 4, page=0x0B, per=1000, signed=True),
    Field("runtime_s", 14, page=0x0C, make=_seconds),
    Field("rated_ah", 4, page=0x15),
    Field("cycles", 6, page=0x15),
    Field("problem_code", 4, 4, page=0x21),
)


def decode(chunks: Sequence[bytes]) -> BmsClaim:
    """What the messages of values and of cells say.

    Raises:
        FrameError: One of values is missing or broken.
    """
    frames = find_frames(
        join(chunks),
        head=b"\xaa\x55",
        length=lambda start: start[3] + _EXTRA if len(start) > 3 else None,
        good=lambda frame: frame[-2:] == b"\r\n" and sum8(frame[2:-3]) == frame[-3],
    )
    pages = pages_by(frames, lambda frame: frame[1 + 1], "CBT Power")
    told = read(pages, _TABLE, order="little")
    told["temperatures"] = temperatures(pages[0x09], 4, 1, order="little")
    volts: tuple[float, ...] = ()
    for kind in _CELL_KINDS:
        if kind in pages:
            volts += cells(pages[kind][:-3], 4, _PER_KIND, order="little")
    told["cells_v"] = used(volts)
    if told["current_a"] >= 0:
        del told["runtime_s"]
    return make_claim(FAMILY, told)


_VB_CELLS = 6
_VB_PROBLEMS = 0xFFF000FF000F
_VB_MOST = 48
_VB_TABLE = (
    Field("current_a", 0, per=10, signed=True),
    Field("voltage_v", 2, per=10),
    Field("soc_pct", 4, make=lambda raw: min(raw, 100)),
    Field("cycles", 7),
    Field("problem_code", 15, 6, mask=_VB_PROBLEMS),
)


def decode_vb(chunks: Sequence[bytes]) -> BmsClaim:
    """What the answers of a VB battery say; the short one tells its rating.

    Raises:
        FrameError: The long one is missing or broken.
    """
    pages = _vb_pages(join(chunks))
    data = page(pages, 1)
    count = whole(data, _VB_CELLS, 1)
    after = _VB_CELLS + 1 + 2 * count
    sensors = whole(data, after, 1)
    if not 0 < count <= _VB_MOST or sensors > _VB_MOST:
        raise FrameError(f"{count} cells and {sensors} sensors cannot be")
    told = read(data, _VB_TABLE, start=after + 1 + 2 * sensors)
    told["cell_count"], told["temperature_count"] = count, sensors
    told["cells_v"] = cells(data, _VB_CELLS + 1, count)
    told["temperatures"] = temperatures(data, after + 1, sensors, per=10)
    if 0 in pages:
        told["rated_ah"] = whole(pages[0], 6, 2) / 10
    return make_claim(VB_FAMILY, told)


def _vb_pages(stream: bytes) -> dict[int, bytes]:
    """Whole answers, the short one as 0, the long one as 1."""
    found = {}
    for part in stream.split(b"\x7e")[1:]:
        line, mark, _ = part.partition(b"\r")
        if not mark or len(line) < 16:
            continue
        try:
            data, check = unhex(line), whole(unhex(line[-4:]), 0, 2)
        except FrameError:
            continue
        if lrc16(line[:-4]) == check and need(data, 8)[0] == 0x22:
            found[int(len(data) > _SHORT)] = data[:-2]
    return found


_SHORT = 12

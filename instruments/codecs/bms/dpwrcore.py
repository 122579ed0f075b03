"""D-powercore: answers in pages of 20 bytes, each with its number and how many.

The first byte of a page counts the bytes that follow the second; with its top bit
set the page only acknowledges. Layout: github.com/patman15/aiobmsble (Apache-2.0;
facts only).
"""

from collections.abc import Iterator, Sequence

from instruments.codecs.bms.claim import BmsClaim, make_claim
from instruments.codecs.bms.fields import Field, cells, page, read, temperatures
from instruments.codecs.frame import FrameError, checked, pages_by, sum16

FAMILY = "dpwrcore"
_PAGE = 20
_VALUES, _MORE, _CELLS = 0x60, 0x61, 0x62
_MOST_CELLS = 32
_SHORTEST = 8
_TABLE = (
    Field("voltage_v", 6, page=_VALUES, per=10),
    Field("current_a", 8, page=_VALUES, per=1.0, signed=True, make=float),
    Field("remaining_ah", 12, page=_VALUES, per=1000),
    Field("soc_pct", 14, 1, page=_VALUES),
    Field("problem_code", 15, 1, page=_VALUES),
    Field("cycles", 8, page=_MORE),
    Field("cell_count", 6, 1, page=_CELLS),
)


def decode(chunks: Sequence[bytes]) -> BmsClaim:
    """What the answers to 60, 61 and 62 say.

    Raises:
        FrameError: One is missing or broken.
    """
    pages = pages_by(_answers(chunks), lambda frame: frame[3], "D-powercore")
    told = read(pages, _TABLE)
    if not 0 < told["cell_count"] <= _MOST_CELLS:
        raise FrameError(f"{told['cell_count']} cells cannot be")
    told["cells_v"] = cells(pages[_CELLS], 7, told["cell_count"])
    told["temperatures"] = temperatures(
        page(pages, _MORE), 12, 1, per=10, minus=2731.5, signed=False
    )
    return make_claim(FAMILY, told)


def _answers(chunks: Sequence[bytes]) -> Iterator[bytes]:
    joined = b""
    for chunk in checked(chunks):
        if len(chunk) != _PAGE or chunk[0] & 0x80:
            continue
        number, last = chunk[1] >> 4, chunk[1] & 0xF
        joined = (b"" if number == 1 else joined) + chunk[2 : 2 + chunk[0]]
        if number == last and _is_good(joined):
            yield joined


def _is_good(frame: bytes) -> bool:
    """``3A 03 05``, command, data, sum plus 8, ``0D 0A``."""
    if len(frame) < _SHORTEST or frame[-2:] != b"\r\n":
        return False
    return (sum16(frame[3:-4]) + 8).to_bytes(3)[1:] == frame[-4:-2]

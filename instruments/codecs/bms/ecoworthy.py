"""ECO-WORTHY: two messages ``A1`` and ``A2`` sent unasked, with the CRC of Modbus.

A second version puts the device's address of six bytes in front. Layout:
github.com/patman15/aiobmsble (Apache-2.0; facts only).
"""

from collections.abc import Sequence
from dataclasses import replace

from instruments.codecs.bms.claim import BmsClaim, make_claim
from instruments.codecs.bms.fields import Field, cells, page, read, temperatures
from instruments.codecs.frame import FrameError, checked, crc16_modbus

FAMILY = "ecoworthy"
_VALUES, _CELLS = 0xA1, 0xA2
_ADDRESS = 6
# the second version is two bytes shorter before its values
_SHIFT = 2
_MOST_CELLS, _MOST_SENSORS = 32, 8
_TABLE = (
    Field("soc_pct", 16, page=_VALUES),
    Field("soh_pct", 18, page=_VALUES),
    Field("voltage_v", 20, page=_VALUES, per=100),
    Field("current_a", 22, page=_VALUES, per=100, signed=True),
    Field("rated_ah", 26, page=_VALUES, per=100),
    Field("problem_code", 51, page=_VALUES),
    Field("cell_count", 14, page=_CELLS),
    Field("temperature_count", 80, page=_CELLS),
)
_TABLE_2 = tuple(
    replace(row, per=10) if row.name == "current_a" else row for row in _TABLE
)


def decode(chunks: Sequence[bytes]) -> BmsClaim:
    """What the last whole message of each kind says; one chunk is one message.

    Raises:
        FrameError: One is missing or broken.
    """
    pages: dict[int, bytes] = {}
    second = False
    for chunk in checked(chunks):
        if crc16_modbus(chunk[:-2]).to_bytes(2, "little") != chunk[-2:]:
            continue
        if chunk[0] in (_VALUES, _CELLS):
            pages[chunk[0]] = chunk[:-2]
        elif len(chunk) > _ADDRESS and chunk[_ADDRESS] in (_VALUES, _CELLS):
            second = True
            pages[chunk[_ADDRESS]] = bytes(_SHIFT) + chunk[:-2]
    told = read(pages, _TABLE_2 if second else _TABLE)
    count, sensors = told["cell_count"], told["temperature_count"]
    if not 0 < count <= _MOST_CELLS or sensors > _MOST_SENSORS:
        raise FrameError(f"{count} cells and {sensors} sensors cannot be")
    told["cells_v"] = cells(page(pages, _CELLS), 16, count)
    told["temperatures"] = temperatures(pages[_CELLS], 82, sensors, per=10)
    return make_claim(FAMILY, told)

"""LiPower (Ective): one answer of Modbus; the device's number differs by model.

Layout: github.com/patman15/aiobmsble (Apache-2.0; facts only).
"""

from collections.abc import Sequence

from instruments.codecs.bms import modbus
from instruments.codecs.bms.claim import BmsClaim, make_claim
from instruments.codecs.bms.fields import Field, read
from instruments.codecs.frame import FrameError, join

FAMILY = "lipower"
_DEVICES = (0x22, 0x0B, 0x08)


def _seconds(raw: int) -> int:
    return (raw >> 16) * 3600 + (raw & 0xFFFF) * 60


def _current(raw: int) -> float:
    """The first byte says discharging; hundredths."""
    return (raw & 0xFFFF) * (-1 if raw >> 16 & 1 else 1) / 100


_TABLE = (
    Field("remaining_ah", 3),
    Field("soc_pct", 5),
    Field("runtime_s", 7, 4, make=_seconds),
    Field("current_a", 12, 3, make=_current),
    Field("voltage_v", 15, per=10),
)


def decode(chunks: Sequence[bytes]) -> BmsClaim:
    """What the answer says, whichever number the device has.

    Raises:
        FrameError: There is none.
    """
    stream = join(chunks)
    for device in _DEVICES:
        for frame in modbus.answers(stream, device):
            told = read(frame[:-2], _TABLE)
            if told["current_a"] >= 0:
                del told["runtime_s"]
            return make_claim(FAMILY, told)
    raise FrameError("no whole answer with a right check sum")

"""Lithionics: lines of text sent unasked, values by commas, no check sum.

Layout: github.com/patman15/aiobmsble (Apache-2.0; facts only). Temperatures come
in degrees Fahrenheit.
"""

import re
from collections.abc import Sequence

from instruments.codecs.bms.claim import BmsClaim, Temperature, make_claim
from instruments.codecs.frame import FrameError, join

FAMILY = "lithionics"
_VALUES = re.compile(
    r"[0-9]{1,5}(?:,[0-9]{1,4}){4}(?:,-?[0-9]{1,3}){2},-?[0-9]{1,4}(?:\.[0-9]{1,3})?"
    r",[0-9]{1,3},[0-9A-Fa-f]{1,8}(?:,[^,]{0,20}){0,10}"
)
_STATUS = re.compile(r"&,[^,]{0,20},([0-9]{1,6}),([0-9]{1,9})(?:,[^,]{0,20}){0,10}")
_LINE_END = b"\r\n"


def decode(chunks: Sequence[bytes]) -> BmsClaim:
    """What the last line of values and the last line of status say.

    Raises:
        FrameError: One of the two is missing.
    """
    lines = join(chunks).split(_LINE_END)[:-1]
    texts = [line.decode("ascii", errors="replace").strip() for line in lines]
    values = [line for line in texts if _VALUES.fullmatch(line)]
    status = [found for line in texts if (found := _STATUS.fullmatch(line))]
    if not values or not status:
        raise FrameError("the line of values or of status is missing")
    parts = values[-1].split(",")
    told = {
        "voltage_v": int(parts[0]) / 100,
        "cells_v": tuple(int(part) / 100 for part in parts[1:5]),
        "temperatures": tuple(_celsius(int(part)) for part in parts[5:7]),
        "temperature_count": 2,
        "current_a": float(parts[7]),
        "soc_pct": int(parts[8]),
        "problem_code": int(parts[9], 16),
        "remaining_ah": float(status[-1][1]),
        "total_charge_ah": float(status[-1][2]),
    }
    return make_claim(FAMILY, told)


def _celsius(fahrenheit: int) -> Temperature:
    return Temperature(value_c=round((fahrenheit - 32) * 5 / 9, 3))

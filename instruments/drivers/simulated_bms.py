"""Simulated battery management systems: JBD, Daly and JK as they answer a cable."""

from collections.abc import Sequence

from instruments.codecs.bms import daly, jbd, jk_uart
from instruments.codecs.bms.claim import BmsClaim, Place, Temperature, make_claim
from instruments.codecs.frame import find_frames

_LONGEST_REQUEST = 64


def make_pack_claim() -> BmsClaim:
    """A used 13-cell pack of an e-bike, as its system sees it."""
    volts = (*[3.912] * 6, 3.905, *[3.913] * 5, 3.898)
    return make_claim(
        "simulated",
        {
            "voltage_v": 50.84,
            "current_a": -1.5,
            "soc_pct": 71,
            "remaining_ah": 8.52,
            "rated_ah": 12,
            "cycles": 211,
            "cells_v": volts,
            "temperatures": (
                Temperature(value_c=24.0, place=Place.MOSFET),
                Temperature(value_c=22.0, place=Place.CELL),
            ),
            "charge_on": True,
            "discharge_on": True,
            "problem_code": 0,
            "model": "SIM-13S12",
            "serial": "SIM0001",
        },
    )


class _Listener:
    """Keeps the end of what was heard until a request is whole."""

    def __init__(self, claim: BmsClaim) -> None:
        """Say this of the pack."""
        self._claim = claim
        self._heard = b""

    def speak(self, now_s: float) -> Sequence[bytes]:
        """See `Device`; none of them speaks unasked."""
        del now_s
        return ()

    def _more(self, data: bytes) -> bytes:
        self._heard = (self._heard + data)[-_LONGEST_REQUEST:]
        return self._heard


class SimulatedJbd(_Listener):
    """A JBD over UART."""

    def hear(self, data: bytes) -> Sequence[bytes]:
        """See `Device`."""
        heard = self._more(data)
        for command, content in jbd.encode(self._claim).items():
            if heard.endswith(jbd.request(command)):
                self._heard = b""
                return [jbd.answer(command, content)]
        return []


class SimulatedDaly(_Listener):
    """A Daly over UART."""

    def hear(self, data: bytes) -> Sequence[bytes]:
        """See `Device`."""
        heard = self._more(data)
        for command, frames in daly.encode(self._claim).items():
            if heard.endswith(daly.request(command)):
                self._heard = b""
                return frames
        return []


class SimulatedJk(_Listener):
    """A JK over UART."""

    def hear(self, data: bytes) -> Sequence[bytes]:
        """See `Device`."""
        heard = self._more(data)
        whole = find_frames(
            heard, head=jk_uart.HEAD, length=jk_uart.length, good=jk_uart.is_good
        )
        if next(whole, None) is None:
            return []
        self._heard = b""
        return [jk_uart.answer(jk_uart.encode(self._claim))]

"""Driver of the RC3563 resistance tester, which repeats its display unasked.

Its packets carry no check sum. So five in a row must agree within 2 % before
their median counts; where a packet starts is found by the bytes that only few
values may have.
"""

from statistics import median
from typing import ClassVar

from instruments.codecs.rc3563 import PACKET_LENGTH, Packet, PacketError, decode
from instruments.drivers.interface import DriverError, Identity, Line, Measured
from instruments.drivers.talk import PortDriver
from instruments.reading import ResistanceMethod

_PACKETS = 5
_AGREE = 0.02
_AGREE_MOHM = 0.05
_AGREE_V = 0.05
_HIGHEST_V = 100.0
_PROBES = "Check the four probes and measure again."


class Rc3563Driver(PortDriver):
    """Resistance at 1 kHz and voltage, four wires."""

    name: ClassVar[str] = "rc3563"
    line: ClassVar[Line] = Line(baud=115200)

    def identify(self) -> Identity:
        """See `Driver`; the tester tells nothing, so its packets must do."""
        self._packets()
        return Identity(maker="", model="RC3563")

    def measure(self) -> Measured:
        """See `Driver`."""
        packets = self._packets()
        shown = [p.resistance_mohm for p in packets if p.resistance_mohm is not None]
        if len(shown) < len(packets):
            message = "The tester shows no resistance: over the range, or open probes."
            raise DriverError("out_of_range", message, _PROBES)
        ohms, volts = median(shown), median(p.voltage_v for p in packets)
        if ohms <= 0:
            message = "The tester shows 0 milliohm: shorted probes, not a perfect pack."
            raise DriverError("below_resolution", message, _PROBES)
        limit = max(ohms * _AGREE, _AGREE_MOHM)
        steady = all(abs(value - ohms) <= limit for value in shown)
        level = max(abs(volts) * _AGREE, _AGREE_V)
        if not steady or any(abs(p.voltage_v - volts) > level for p in packets):
            message = "Five values in a row differ by more than 2 %."
            raise DriverError("unstable", message, _PROBES)
        return Measured(
            driver=self.name,
            instrument=Identity(maker="", model="RC3563"),
            voltage_v=volts,
            resistance_mohm=ohms,
            resistance_method=ResistanceMethod.AC_1KHZ,
        )

    def _packets(self) -> list[Packet]:
        self._port.flush()
        return self._listen(_find)


def _find(heard: bytes) -> list[Packet] | None:
    """Five packets in a row; None while there are none."""
    length = _PACKETS * PACKET_LENGTH
    for start in range(len(heard) - length + 1):
        try:
            found = [
                decode(heard[at : at + PACKET_LENGTH])
                for at in range(start, start + length, PACKET_LENGTH)
            ]
        except PacketError:
            continue
        if all(abs(packet.voltage_v) <= _HIGHEST_V for packet in found):
            return found
    return None

"""Drivers of battery management systems on a cable: JBD, Daly, JK.

They ask and change nothing. What they bring is the maker's claim.
"""

from typing import ClassVar

from instruments.codecs.bms import daly, jbd, jk_uart
from instruments.codecs.bms.claim import BmsClaim
from instruments.codecs.frame import FrameError, find_frames
from instruments.drivers.interface import DriverError, Identity, Line, Measured
from instruments.drivers.talk import PortDriver, broken

_CLAIM = "What a battery management system says is a claim, not a measurement."


class _BmsDriver(PortDriver):
    """What the three have in common."""

    name: ClassVar[str]
    maker: ClassVar[str]

    def identify(self) -> Identity:
        """See `Driver`."""
        return self.measure().instrument

    def measure(self) -> Measured:
        """See `Driver`."""
        try:
            claim = self._claim()
        except FrameError as error:
            raise broken(error) from error
        return Measured(
            driver=self.name,
            instrument=Identity(
                maker=self.maker,
                model=claim.model or "",
                serial=claim.serial or "",
                firmware=claim.software or "",
            ),
            claim=claim,
            notes=(_CLAIM, *_dead(claim)),
        )

    def _claim(self) -> BmsClaim:
        raise NotImplementedError


def _dead(claim: BmsClaim) -> tuple[str, ...]:
    return tuple(
        f"Cell {number} shows no voltage: a broken wire or a dead cell."
        for number in claim.dead_cells
    )


class JbdDriver(_BmsDriver):
    """JBD over UART."""

    name: ClassVar[str] = "jbd"
    maker: ClassVar[str] = "JBD"
    line: ClassVar[Line] = Line(baud=9600)

    def _claim(self) -> BmsClaim:
        parts = [self._answer(jbd.BASIC), self._answer(jbd.CELLS)]
        try:
            parts.append(self._answer(jbd.MODEL))
        except DriverError as error:
            # some systems tell no model
            if error.code == "unplugged":
                raise
        return jbd.decode(parts)

    def _answer(self, command: int) -> bytes:
        def find(heard: bytes) -> bytes | None:
            head = bytes([0xDD, command])
            found = find_frames(heard, head=head, length=jbd.length, good=jbd.is_good)
            return next(found, None)

        return self._query(jbd.request(command), find)


class DalyDriver(_BmsDriver):
    """Daly over UART, 13-byte frames."""

    name: ClassVar[str] = "daly"
    maker: ClassVar[str] = "Daly"
    line: ClassVar[Line] = Line(baud=9600)

    def _claim(self) -> BmsClaim:
        single = {command: self._answers(command, 1) for command in _DALY_SINGLE}
        status = single[daly.STATUS][0]
        counts = {
            daly.VOLTS: daly.volt_frames(status[4]),
            daly.TEMPERATURES: daly.sensor_frames(status[5]),
        }
        parts = [frame for frames in single.values() for frame in frames]
        for command, count in counts.items():
            parts += self._answers(command, count) if count else []
        return daly.decode(parts)

    def _answers(self, command: int, count: int) -> list[bytes]:
        def find(heard: bytes) -> list[bytes] | None:
            found = [one for one in daly.find(heard) if one[2] == command]
            if command in (daly.VOLTS, daly.TEMPERATURES):
                numbered = {one[4]: one for one in found}
                found = [numbered[n] for n in range(1, count + 1) if n in numbered]
            return found[:count] if len(found) >= count else None

        return self._query(daly.request(command), find)


_DALY_SINGLE = (daly.SOC, daly.STATE, daly.STATUS, daly.FAULTS, daly.RATED)


class JkDriver(_BmsDriver):
    """JK over UART, tagged values."""

    name: ClassVar[str] = "jk"
    maker: ClassVar[str] = "JK"
    line: ClassVar[Line] = Line(baud=115200)

    def _claim(self) -> BmsClaim:
        def find(heard: bytes) -> bytes | None:
            found = find_frames(
                heard, head=jk_uart.HEAD, length=jk_uart.length, good=jk_uart.is_good
            )
            return next(found, None)

        return jk_uart.decode([self._query(jk_uart.request(), find)])

"""Driver of the Hioki BT3561A, BT3562(A) and BT3563(A).

The sequence of the manual: set up, ask ``*ESR?`` whether that was understood,
then ``:READ?``. A time-out there is an unknown result and no reason to trigger
again: bit 0 of ``*STB?`` says when it is there, ``:FETCH?`` brings it.
"""

import time
from collections.abc import Callable
from typing import ClassVar, TypeVar

from instruments.codecs import hioki
from instruments.codecs.frame import FrameError
from instruments.drivers.interface import DriverError, Identity, Line, Measured
from instruments.drivers.talk import PortDriver
from instruments.reading import ResistanceMethod

Answer = TypeVar("Answer")
_MODELS = ("BT3561", "BT3562", "BT3563")
_FAULTS = {
    hioki.Fault.OUT_OF_RANGE: "The instrument shows over the range.",
    hioki.Fault.PROBE_OPEN: "The instrument shows an open probe.",
}
_PROBES = "Check the four probes and measure again."
_POLL_S = 0.1


class HiokiDriver(PortDriver):
    """Resistance at 1 kHz and voltage, four wires."""

    name: ClassVar[str] = "hioki"
    line: ClassVar[Line] = Line(baud=9600)

    def identify(self) -> Identity:
        """See `Driver`; the serial number is always 0 and left out."""
        found = self._line_of(hioki.IDENTIFY, hioki.decode_identity)
        if not found.model.startswith(_MODELS):
            message = f"A Hioki {found.model} answers, not a BT3561 to BT3563."
            raise DriverError("wrong_instrument", message)
        return Identity(maker="HIOKI", model=found.model, firmware=found.firmware)

    def measure(self) -> Measured:
        """See `Driver`."""
        identity = self.identify()
        self._set_up()
        found = self._read()
        fault = found.resistance_fault or found.voltage_fault
        if fault is not None:
            raise DriverError(fault.value, _FAULTS[fault], _PROBES)
        ohms, volts = found.resistance_ohm, found.voltage_v
        if ohms is None or volts is None or ohms <= 0:
            message = "The instrument shows no resistance above zero."
            raise DriverError("below_resolution", message, _PROBES)
        return Measured(
            driver=self.name,
            instrument=identity,
            voltage_v=float(volts),
            resistance_mohm=float(ohms * 1000),
            resistance_method=ResistanceMethod.AC_1KHZ,
        )

    def _set_up(self) -> None:
        """Send the settings and have them confirmed; all again if no answer comes.

        Reading the events clears them: asked once more by itself, the instrument
        would say that nothing is wrong.
        """
        for command in hioki.SETUP:
            self._port.write(_line(command))
        try:
            self._check_events()
        except DriverError as error:
            if error.code not in {"no_answer", "broken_frame"}:
                raise
            for command in hioki.SETUP:
                self._port.write(_line(command))
            self._check_events()

    def _check_events(self) -> None:
        events = self._ask(_line(hioki.EVENTS), _finder(hioki.decode_register))
        errors = hioki.errors_of(events)
        if errors:
            message = f"The instrument refuses a setting: {', '.join(errors)}."
            raise DriverError("refused", message)

    def _read(self) -> hioki.HiokiReading:
        try:
            # triggers a measurement: never asked twice
            return self._ask(_line(hioki.READ), _finder(hioki.decode_reading))
        except DriverError as error:
            if error.code not in {"no_answer", "broken_frame"}:
                raise
        self._wait_until_measured()
        return self._line_of(hioki.FETCH, hioki.decode_reading)

    def _wait_until_measured(self) -> None:
        ends = time.monotonic() + self._timeout_s
        while True:
            if self._line_of(hioki.STATUS, hioki.decode_register) & hioki.MEASURED:
                return
            if time.monotonic() >= ends:
                self._check_events()
                message = "The instrument does not finish its measurement."
                raise DriverError("no_answer", message)
            time.sleep(_POLL_S)

    def _line_of(self, query: str, decode: Callable[[bytes], Answer]) -> Answer:
        return self._query(_line(query), _finder(decode))


def _line(command: str) -> bytes:
    return command.encode() + hioki.TERMINATOR


def _finder(decode: Callable[[bytes], Answer]) -> Callable[[bytes], Answer | None]:
    """The first whole line that is such an answer.

    Others are passed over: an answer that comes late belongs to another query.
    """

    def find(heard: bytes) -> Answer | None:
        for line in heard.split(hioki.TERMINATOR)[:-1]:
            try:
                return decode(line)
            except FrameError:
                continue
        return None

    return find

"""A simulated Hioki BT3562A, as strict as the manual: commands answer nothing."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from instruments.codecs import hioki
from instruments.codecs.hioki import HiokiReading

_POWER_ON, _COMMAND_ERROR, _EXECUTION_ERROR = 128, 32, 16
_HEADERS = (
    ":FUNC",
    ":RES:RANG",
    ":VOLT:RANG",
    ":SAMP:RATE",
    ":TRIG:SOUR",
    ":INIT:CONT",
    ":AUT",
)


class SimulatedHioki:
    """One pack between the probes.

    Args:
        reading: What it measures.
        model: As ``*IDN?`` tells it.
        ticks_to_measure: Status queries until a result is there.
    """

    def __init__(
        self,
        reading: HiokiReading,
        *,
        model: str = "BT3562A",
        ticks_to_measure: int = 0,
    ) -> None:
        """Power on: continuous measurement, event bit 7 set."""
        self._reading = reading
        self._waits = ticks_to_measure
        self._events = _POWER_ON
        self._continuous = True
        self._heard = b""
        self._queries: dict[str, Callable[[], bytes | None]] = {
            hioki.IDENTIFY: f"HIOKI,{model},0,V1.05".encode,
            hioki.EVENTS: self._event_register,
            hioki.STATUS: self._status_register,
            hioki.READ: self._read,
            hioki.FETCH: self._result,
        }

    def hear(self, data: bytes) -> Sequence[bytes]:
        """See `Device`."""
        self._heard += data
        *lines, self._heard = self._heard.split(b"\n")
        answers = [self._line(line.strip().decode("latin-1")) for line in lines]
        return [one + hioki.TERMINATOR for one in answers if one is not None]

    def speak(self, now_s: float) -> Sequence[bytes]:
        """See `Device`; it never speaks unasked."""
        del now_s
        return ()

    def _line(self, line: str) -> bytes | None:
        query = self._queries.get(line.upper())
        if query is not None:
            return query()
        if line.upper() == "*CLS":
            self._events = 0
        elif line.upper().startswith(":INIT:CONT"):
            self._continuous = line.upper().endswith("ON")
        elif not line.upper().startswith(_HEADERS):
            self._events |= _COMMAND_ERROR
        return None

    def _event_register(self) -> bytes:
        events, self._events = self._events, 0
        return str(events).encode()

    def _status_register(self) -> bytes:
        if self._waits > 0:
            self._waits -= 1
            return b"0"
        return b"1"

    def _read(self) -> bytes | None:
        if self._continuous:
            self._events |= _EXECUTION_ERROR
            return None
        return None if self._waits else self._result()

    def _result(self) -> bytes:
        return hioki.encode_reading(self._reading).strip(b"\r\n")


def make_reading(resistance_mohm: float, voltage_v: float) -> HiokiReading:
    """A reading without fault."""
    return HiokiReading(
        resistance_ohm=Decimal(str(resistance_mohm)) / 1000,
        voltage_v=Decimal(str(voltage_v)),
    )

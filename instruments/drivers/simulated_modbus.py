"""A simulated Modbus RTU instrument: registers that answer functions 3 and 4."""

from collections.abc import Mapping, Sequence

from instruments.codecs.bms import modbus
from instruments.codecs.frame import crc16_modbus

_REQUEST = 8
_NO_SUCH_ADDRESS = 2
_FUNCTIONS = (modbus.READ_HOLDING, modbus.READ_INPUT)


class SimulatedModbus:
    """Registers by their number; others are refused.

    Args:
        registers: Words of 0 to 65535.
        device: Number on the line.
    """

    def __init__(self, registers: Mapping[int, int], *, device: int = 1) -> None:
        """Hold these; see the class."""
        self._registers = registers
        self._device = device
        self._heard = b""

    def hear(self, data: bytes) -> Sequence[bytes]:
        """See `Device`."""
        self._heard = (self._heard + data)[-_REQUEST:]
        request = self._heard
        ours = len(request) == _REQUEST and request[0] == self._device
        if not ours or request[1] not in _FUNCTIONS or not modbus.is_good(request):
            return []
        self._heard = b""
        first, count = int.from_bytes(request[2:4]), int.from_bytes(request[4:6])
        wanted = range(first, first + count)
        if not all(number in self._registers for number in wanted):
            body = bytes([self._device, request[1] | 0x80, _NO_SUCH_ADDRESS])
            return [body + crc16_modbus(body).to_bytes(2, "little")]
        words = b"".join(self._registers[number].to_bytes(2) for number in wanted)
        return [modbus.answer(self._device, words, request[1])]

    def speak(self, now_s: float) -> Sequence[bytes]:
        """See `Device`; it never speaks unasked."""
        del now_s
        return ()

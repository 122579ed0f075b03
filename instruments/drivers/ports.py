"""Ways to an instrument: a serial line, a TCP socket, a VISA resource.

``/dev/ttyUSB0`` or ``COM3`` is a serial line, ``tcp://host:port`` a socket,
``visa:RESOURCE`` whatever pyvisa opens, for instance ``visa:ASRL3::INSTR``.
"""

import contextlib
import re
import select
import socket
import sys
import time
from collections.abc import Iterator
from typing import Any

from instruments.drivers.interface import DriverError, Line, Port

if sys.platform == "win32":
    _LINE_ERRORS: tuple[type[Exception], ...] = (OSError,)
else:
    import termios

    _LINE_ERRORS = (OSError, termios.error)

_CONNECT_S = 3.0
_POLL_S = 0.005
_WRITE_MS = 2000
_PSEUDO = "/dev/pts/"
_CHUNK = 4096
_TCP = re.compile(r"tcp://(?P<host>[^:/]+|\[[0-9a-fA-F:]+\]):(?P<port>[0-9]{1,5})")
_VISA = "visa:"
_PLUG = "Check the cable and the power, then measure again."


def open_port(address: str, line: Line) -> Port:
    """A port by its address.

    Args:
        address: See the module.
        line: Settings, if it turns out to be a serial line.

    Raises:
        DriverError: ``not_opened``.
    """
    tcp = _TCP.fullmatch(address)
    if tcp is not None:
        return TcpPort(tcp["host"].strip("[]"), int(tcp["port"]))
    if address.startswith(_VISA):
        return VisaPort(address.removeprefix(_VISA), line)
    return SerialPort(address, line)


class SerialPort:
    """A serial line through pyserial.

    It is polled: a change of pyserial's time-out sets the whole line anew.
    """

    def __init__(self, path: str, line: Line) -> None:
        """Open it.

        Raises:
            DriverError: ``not_opened``.
        """
        # pyserial is wanted only where an instrument hangs on a cable
        import serial  # noqa: PLC0415  (lazy)

        self.name = path
        # a pseudo-terminal has no parity and refuses to be told one
        parity = "N" if path.startswith(_PSEUDO) else line.parity
        try:
            self._serial = serial.Serial(
                path, line.baud, parity=parity, timeout=0, write_timeout=2
            )
        except (*_LINE_ERRORS, ValueError) as error:
            raise _not_opened(path, error) from error

    def write(self, data: bytes) -> None:
        """See `Port`."""
        with _unplugged(self.name):
            self._serial.write(data)

    def read(self, timeout_s: float) -> bytes:
        """See `Port`."""
        ends = time.monotonic() + timeout_s
        with _unplugged(self.name):
            while True:
                data = self._serial.read(_CHUNK)
                if data or time.monotonic() >= ends:
                    return bytes(data)
                time.sleep(_POLL_S)

    def flush(self) -> None:
        """See `Port`."""
        while self.read(0):
            pass

    def close(self) -> None:
        """See `Port`."""
        with contextlib.suppress(*_LINE_ERRORS):
            self._serial.close()


class TcpPort:
    """A socket, for instruments on a network and serial servers."""

    def __init__(self, host: str, port: int) -> None:
        """Connect.

        Raises:
            DriverError: ``not_opened``.
        """
        self.name = f"tcp://{host}:{port}"
        try:
            self._socket = socket.create_connection((host, port), _CONNECT_S)
        except (OSError, OverflowError) as error:
            raise _not_opened(self.name, error) from error
        self._socket.setblocking(False)

    def write(self, data: bytes) -> None:
        """See `Port`."""
        with _unplugged(self.name):
            self._socket.settimeout(_CONNECT_S)
            self._socket.sendall(data)
            self._socket.setblocking(False)

    def read(self, timeout_s: float) -> bytes:
        """See `Port`."""
        with _unplugged(self.name):
            ready, _, _ = select.select([self._socket], [], [], timeout_s)
            if not ready:
                return b""
            data = self._socket.recv(_CHUNK)
            if not data:
                raise OSError("the other end has closed")
            return data

    def flush(self) -> None:
        """See `Port`."""
        while self.read(0):
            pass

    def close(self) -> None:
        """See `Port`."""
        self._socket.close()


class VisaPort:
    """A VISA resource through pyvisa and its pure Python back end."""

    def __init__(self, resource: str, line: Line) -> None:
        """Open it.

        Raises:
            DriverError: ``not_opened``.
        """
        # pyvisa takes a third of a second to import
        import pyvisa  # noqa: PLC0415  (lazy)

        self.name = resource
        self._error: type[Exception] = pyvisa.errors.VisaIOError
        self._timeout = int(pyvisa.constants.StatusCode.error_timeout)
        try:
            self._manager = pyvisa.ResourceManager("@py")
            opened: Any = self._manager.open_resource(resource)
        except (OSError, ValueError, self._error) as error:
            raise _not_opened(resource, error) from error
        self._visa = opened
        if resource.upper().startswith("ASRL"):
            parities = {"N": "none", "E": "even", "O": "odd"}
            opened.baud_rate = line.baud
            opened.parity = pyvisa.constants.Parity[parities[line.parity]]

    def write(self, data: bytes) -> None:
        """See `Port`."""
        try:
            self._visa.timeout = _WRITE_MS
            self._visa.write_raw(data)
        except (OSError, self._error) as error:
            raise _gone(self.name) from error

    def read(self, timeout_s: float) -> bytes:
        """See `Port`."""
        self._visa.timeout = max(1, round(timeout_s * 1000))
        try:
            return bytes(self._visa.read_bytes(1, break_on_termchar=True))
        except self._error as error:
            if getattr(error, "error_code", None) == self._timeout:
                return b""
            raise _gone(self.name) from error
        except OSError as error:
            raise _gone(self.name) from error

    def flush(self) -> None:
        """See `Port`."""
        while self.read(0):
            pass

    def close(self) -> None:
        """See `Port`."""
        with contextlib.suppress(OSError, self._error):
            self._visa.close()
            self._manager.close()


@contextlib.contextmanager
def _unplugged(name: str) -> Iterator[None]:
    """Whatever the system says when a device is gone."""
    try:
        yield
    except _LINE_ERRORS as error:
        raise _gone(name) from error


def _gone(name: str) -> DriverError:
    return DriverError("unplugged", f"{name} is gone.", _PLUG)


def _not_opened(name: str, error: Exception) -> DriverError:
    return DriverError("not_opened", f"{name} cannot be opened: {error}.", _PLUG)

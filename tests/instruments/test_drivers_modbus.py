"""Modbus against a foreign server, and maps that cannot be used."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pymodbus import FramerType
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from instruments.drivers.interface import DriverError
from instruments.drivers.modbus import ModbusDriver, parse_map, read_map
from instruments.drivers.playing import TcpEndpoint, playing
from instruments.drivers.ports import open_port
from instruments.drivers.simulated_modbus import SimulatedModbus
from tests.instruments.played_instruments import MAP


@contextmanager
def serving(words: list[int]) -> Iterator[str]:
    """A server of pymodbus that speaks the framing of RTU over TCP."""
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    # its types are unfinished: no signature of shutdown, no sockets
    servers: list[Any] = []

    async def serve() -> None:
        data = SimData(0, values=words, datatype=DataType.REGISTERS)
        server = ModbusTcpServer(
            SimDevice(1, [data]), framer=FramerType.RTU, address=("127.0.0.1", 0)
        )
        await server.serve_forever(background=True)
        servers.append(server)
        ready.set()

    async def stop() -> None:
        await servers[0].shutdown()

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(serve(), loop)
    assert ready.wait(10)
    host, port = servers[0].transport.sockets[0].getsockname()[:2]
    try:
        yield f"tcp://{host}:{port}"
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def test_a_foreign_server_is_read() -> None:
    with (
        serving([5084, 65_386, 1, 10]) as address,
        ModbusDriver(
            open_port(address, ModbusDriver.line),
            registers=parse_map(MAP),
            timeout_s=5.0,
        ) as driver,
    ):
        assert driver.identify().maker == "EA"
        found = driver.measure()

    assert (found.voltage_v, found.current_a) == (50.84, -1.5)
    assert found.values == {"energy_wh": 6554.6}


def test_a_register_that_is_not_there_is_refused() -> None:
    with (
        playing(SimulatedModbus({0: 1}), TcpEndpoint()) as address,
        ModbusDriver(
            open_port(address, ModbusDriver.line), registers=parse_map(MAP)
        ) as driver,
        pytest.raises(DriverError, match="refused, code 2") as caught,
    ):
        driver.measure()

    assert caught.value.code == "refused"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"values": []}, "values must be"),
        ({"values": [1]}, "a value must be"),
        ({"values": [{"name": "V"}]}, "name must be"),
        ({"values": [{"name": "a"}]}, "register is missing"),
        ({"values": [{"name": "a", "register": 0, "per": 0}]}, "per must be"),
        ({"values": [{"name": "a", "register": 0, "words": 3}]}, "words is"),
        ({"values": [{"name": "a", "register": True}]}, "register is"),
        ({"device": 0}, "device is"),
        ({"function": 6}, "function is"),
    ],
)
def test_a_map_that_cannot_be_used_names_its_field(
    changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(DriverError, match=reason) as caught:
        parse_map({**MAP, **changes})

    assert caught.value.code == "bad_map"


def test_a_map_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "map.json"
    path.write_text(json.dumps(MAP))

    assert read_map(path) == parse_map(MAP)
    for content in ("{", "[]", "[" * 100_000, '{"values": 1}', " " * 70_000):
        path.write_text(content)
        with pytest.raises(DriverError):
            read_map(path)
    with pytest.raises(DriverError, match=r"none\.json"):
        read_map(tmp_path / "none.json")

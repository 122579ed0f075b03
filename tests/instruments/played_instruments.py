"""Simulated instruments, what they truly measure, and drivers against them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from instruments.codecs.rc3563 import PACKET_LENGTH
from instruments.drivers.bms import DalyDriver, JbdDriver, JkDriver
from instruments.drivers.ebc import EbcDriver
from instruments.drivers.hioki import HiokiDriver
from instruments.drivers.interface import Measured
from instruments.drivers.modbus import ModbusDriver, parse_map
from instruments.drivers.playing import (
    Device,
    Endpoint,
    Faults,
    PtyEndpoint,
    TcpEndpoint,
    playing,
)
from instruments.drivers.ports import open_port
from instruments.drivers.rc3563 import Rc3563Driver
from instruments.drivers.simulated_bms import (
    SimulatedDaly,
    SimulatedJbd,
    SimulatedJk,
    make_pack_claim,
)
from instruments.drivers.simulated_hioki import SimulatedHioki, make_reading
from instruments.drivers.simulated_modbus import SimulatedModbus
from instruments.drivers.simulated_rc3563 import make_packets
from instruments.drivers.simulated_stream import SimulatedStream
from instruments.drivers.simulated_tester import SimulatedTester
from tests.instruments.simulated_packs import make_pack

TIMEOUT_S = 0.2
ENDPOINTS: dict[str, Callable[[], Endpoint]] = {"pty": PtyEndpoint, "tcp": TcpEndpoint}
MAP = {
    "maker": "EA",
    "device": 1,
    "values": [
        {"name": "voltage_v", "register": 0, "per": 100},
        {"name": "current_a", "register": 1, "per": 100, "signed": True},
        {"name": "energy_wh", "register": 2, "words": 2, "per": 10},
    ],
}
_RESISTANCE_MOHM, _VOLTAGE_V = 181.25, 52.31
_PERIOD_S = 0.01


@dataclass(frozen=True, kw_only=True)
class Played:
    """A device, its driver, and what the driver must bring."""

    device: Callable[[], Device]
    driver: Callable[..., Any]
    check: Callable[[Measured], None]
    line: Any


def check_hioki(found: Measured) -> None:
    assert found.resistance_mohm == _RESISTANCE_MOHM
    assert found.voltage_v == _VOLTAGE_V
    assert found.resistance_method == "ac_1khz"


def check_rc3563(found: Measured) -> None:
    pack = make_pack()
    assert found.resistance_mohm is not None
    assert found.voltage_v is not None
    assert abs(found.resistance_mohm - pack.resistance_mohm) < 1.0
    assert abs(found.voltage_v - pack.full_v) < 0.1


def check_claim(found: Measured) -> None:
    true = make_pack_claim()
    claim = found.claim
    assert claim is not None
    assert claim.cells_v == true.cells_v
    assert claim.current_a == true.current_a
    assert claim.soc_pct == true.soc_pct
    assert claim.cycles == true.cycles
    assert claim.rated_ah == true.rated_ah
    # Daly tells tenths
    assert claim.voltage_v in (true.voltage_v, 50.8)
    assert [s.value_c for s in claim.temperatures] == [24.0, 22.0]
    assert found.voltage_v is None
    assert found.resistance_mohm is None
    assert found.capacity_ah is None


def check_tester(found: Measured) -> None:
    assert found.voltage_v is not None
    assert abs(found.voltage_v - make_pack().full_v) <= 0.011
    assert (found.current_a, found.capacity_ah) == (0.0, 0.0)
    assert found.instrument.model == "EBC-B20H"


def check_modbus(found: Measured) -> None:
    assert (found.voltage_v, found.current_a) == (50.84, -1.5)
    assert found.values == {"energy_wh": 6554.6}


def make_rc3563() -> Device:
    data = make_packets(make_pack(), seed=1)
    starts = range(0, len(data), PACKET_LENGTH)
    frames = [data[at : at + PACKET_LENGTH] for at in starts]
    return SimulatedStream(frames, period_s=_PERIOD_S)


def make_modbus(port: Any, *, timeout_s: float) -> ModbusDriver:
    return ModbusDriver(port, registers=parse_map(MAP), timeout_s=timeout_s)


PLAYED: dict[str, Played] = {
    "hioki": Played(
        device=lambda: SimulatedHioki(make_reading(_RESISTANCE_MOHM, _VOLTAGE_V)),
        driver=HiokiDriver,
        check=check_hioki,
        line=HiokiDriver.line,
    ),
    "rc3563": Played(
        device=make_rc3563,
        driver=Rc3563Driver,
        check=check_rc3563,
        line=Rc3563Driver.line,
    ),
    "jbd": Played(
        device=lambda: SimulatedJbd(make_pack_claim()),
        driver=JbdDriver,
        check=check_claim,
        line=JbdDriver.line,
    ),
    "daly": Played(
        device=lambda: SimulatedDaly(make_pack_claim()),
        driver=DalyDriver,
        check=check_claim,
        line=DalyDriver.line,
    ),
    "jk": Played(
        device=lambda: SimulatedJk(make_pack_claim()),
        driver=JkDriver,
        check=check_claim,
        line=JkDriver.line,
    ),
    "ebc": Played(
        device=lambda: SimulatedTester(make_pack(), period_s=_PERIOD_S),
        driver=EbcDriver,
        check=check_tester,
        line=EbcDriver.line,
    ),
    "modbus": Played(
        device=lambda: SimulatedModbus({0: 5084, 1: 65_386, 2: 1, 3: 10}),
        driver=make_modbus,
        check=check_modbus,
        line=ModbusDriver.line,
    ),
}


def measure_played(
    name: str, endpoint: str, faults: Faults, *, timeout_s: float = TIMEOUT_S
) -> Measured:
    """One measurement of a played instrument."""
    played = PLAYED[name]
    with (
        playing(played.device(), ENDPOINTS[endpoint](), faults) as address,
        played.driver(open_port(address, played.line), timeout_s=timeout_s) as driver,
    ):
        found: Measured = driver.measure()
        return found

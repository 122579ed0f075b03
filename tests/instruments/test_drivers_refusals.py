"""What drivers refuse to call a value."""

from collections.abc import Sequence

import pytest

from instruments.codecs import hioki
from instruments.codecs.bms.claim import make_claim
from instruments.codecs.hioki import Fault, HiokiReading
from instruments.codecs.rc3563 import Packet, encode
from instruments.drivers.bms import DalyDriver, JbdDriver
from instruments.drivers.hioki import HiokiDriver
from instruments.drivers.interface import DriverError, Measured
from instruments.drivers.playing import TcpEndpoint, playing
from instruments.drivers.ports import open_port
from instruments.drivers.rc3563 import Rc3563Driver
from instruments.drivers.simulated_bms import SimulatedDaly, SimulatedJbd
from instruments.drivers.simulated_hioki import SimulatedHioki, make_reading
from instruments.drivers.simulated_stream import SimulatedStream

_TIMEOUT_S = 5.0


def measure_rc3563(*resistances: float | None, voltage_v: float = 52.0) -> Measured:
    frames = [
        encode(Packet(resistance_mohm=value, voltage_v=voltage_v))
        for value in resistances
    ]
    stream = SimulatedStream(frames, period_s=0.005)
    with (
        playing(stream, TcpEndpoint()) as address,
        Rc3563Driver(
            open_port(address, Rc3563Driver.line), timeout_s=_TIMEOUT_S
        ) as driver,
    ):
        assert driver.identify().model == "RC3563"
        return driver.measure()


def test_swapped_probes_change_the_sign_only() -> None:
    found = measure_rc3563(180.0, voltage_v=-52.0)

    assert (found.resistance_mohm, found.voltage_v) == (180.0, -52.0)
    assert found.wire_fields()["ocv_v"] == 52.0


@pytest.mark.parametrize(
    ("resistances", "code"),
    [
        ((None,), "out_of_range"),
        ((0.0,), "below_resolution"),
        ((180.0, 190.0), "unstable"),
        ((180.0, 180.0, 180.0, 180.0, 171.0), "unstable"),
    ],
)
def test_an_rc3563_that_shows_no_value(
    resistances: tuple[float | None, ...], code: str
) -> None:
    with pytest.raises(DriverError) as caught:
        measure_rc3563(*resistances)

    assert caught.value.code == code


def measure_hioki(device: SimulatedHioki) -> Measured:
    with (
        playing(device, TcpEndpoint()) as address,
        HiokiDriver(open_port(address, HiokiDriver.line), timeout_s=_TIMEOUT_S) as one,
    ):
        return one.measure()


@pytest.mark.parametrize("fault", Fault)
def test_a_fault_of_a_hioki_is_named(fault: Fault) -> None:
    reading = HiokiReading(
        resistance_ohm=None,
        voltage_v=make_reading(1.0, 52.0).voltage_v,
        resistance_fault=fault,
    )

    with pytest.raises(DriverError) as caught:
        measure_hioki(SimulatedHioki(reading))

    assert caught.value.code == fault.value


class _Deaf(SimulatedHioki):
    """Does not know how to stop its continuous measurement."""

    def hear(self, data: bytes) -> Sequence[bytes]:
        return super().hear(data.replace(b":INIT:CONT OFF", b":NONSENSE"))


def test_a_setting_that_is_not_understood_is_named() -> None:
    with pytest.raises(DriverError, match="command_error") as caught:
        measure_hioki(_Deaf(make_reading(180.0, 52.0)))

    assert caught.value.code == "refused"


def test_a_reading_in_continuous_mode_gives_no_answer() -> None:
    device = SimulatedHioki(make_reading(180.0, 52.0))

    assert device.hear(b":READ?\r\n") == []
    (events,) = device.hear(b"*ESR?\r\n")
    assert hioki.errors_of(hioki.decode_register(events)) == ("execution_error",)
    # reading the register has cleared it
    assert device.hear(b"*ESR?\r\n") == [b"0\r\n"]


def test_a_dead_cell_is_noted() -> None:
    claim = make_claim(
        "x", {"voltage_v": 10.0, "soc_pct": 50, "cells_v": (3.3, 0.0, 3.3)}
    )
    with (
        playing(SimulatedJbd(claim), TcpEndpoint()) as address,
        JbdDriver(open_port(address, JbdDriver.line), timeout_s=_TIMEOUT_S) as driver,
    ):
        assert driver.identify().maker == "JBD"
        found = driver.measure()

    assert "Cell 2 shows no voltage: a broken wire or a dead cell." in found.notes


def test_an_answer_that_makes_no_sense_is_named() -> None:
    claim = make_claim("x", {"voltage_v": 10.0, "soc_pct": 50})
    with (
        playing(SimulatedDaly(claim), TcpEndpoint()) as address,
        DalyDriver(open_port(address, DalyDriver.line), timeout_s=_TIMEOUT_S) as driver,
        pytest.raises(DriverError, match="0 cells") as caught,
    ):
        driver.measure()

    assert caught.value.code == "broken_frame"


def test_a_port_may_be_closed_twice() -> None:
    with playing(SimulatedHioki(make_reading(180.0, 52.0)), TcpEndpoint()) as address:
        driver = HiokiDriver(open_port(address, HiokiDriver.line))
        driver.close()
        driver.close()

"""Drivers by name: ours and those of plug-ins, ports, and the commands."""

import json
import subprocess
import sys
import tomllib
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, ClassVar

import pytest
from click.testing import CliRunner

from instruments.drivers import registry
from instruments.drivers.commands import COMMANDS
from instruments.drivers.hioki import HiokiDriver
from instruments.drivers.interface import DriverError, Identity, Line, Measured
from instruments.drivers.playing import PtyEndpoint, TcpEndpoint, playing
from instruments.drivers.ports import open_port
from instruments.drivers.registry import BUILT_IN, GROUP, find_drivers, get_driver
from instruments.drivers.simulated_bms import make_pack_claim
from instruments.drivers.simulated_hioki import SimulatedHioki, make_reading
from tests.instruments.played_instruments import MAP, PLAYED

PROJECT = Path(__file__).parents[2]
COMMAND = {command.name: command for command in COMMANDS}


class SamplePlugIn:
    """A driver that imports nothing of ours but what it gives back."""

    name: ClassVar[str] = "sample"
    line: ClassVar[Line] = Line(baud=9600)

    def __init__(self, port: Any, *, timeout_s: float) -> None:
        self._port = port

    def identify(self) -> Identity:
        return Identity(maker="Sample")

    def measure(self) -> Measured:
        return Measured(driver="sample", instrument=self.identify(), voltage_v=42.0)

    def close(self) -> None:
        self._port.close()

    def __enter__(self) -> "SamplePlugIn":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def make_point(name: str, value: str) -> EntryPoint:
    return EntryPoint(name=name, value=value, group=GROUP)


PLUGGED = make_point("sample", f"{__name__}:SamplePlugIn")


def test_the_package_registers_its_drivers_like_a_plug_in() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())

    assert project["project"]["entry-points"][GROUP] == dict(BUILT_IN)


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_driver_of_ours_loads(name: str) -> None:
    assert get_driver(name, []).name == name


def test_a_plug_in_is_found_by_its_name() -> None:
    assert get_driver("sample", [PLUGGED]) is SamplePlugIn


def test_a_name_of_ours_cannot_be_taken_over() -> None:
    thief = make_point("hioki", f"{__name__}:SamplePlugIn")

    with pytest.warns(UserWarning, match="a name that is taken"):
        found = find_drivers([thief])

    assert found["hioki"].value == BUILT_IN["hioki"]


@pytest.mark.parametrize("value", ["no.such.module:X", f"{__name__}:NoSuchClass"])
def test_a_broken_plug_in_is_named(value: str) -> None:
    with pytest.raises(DriverError, match="cannot be loaded"):
        get_driver("broken", [make_point("broken", value)])
    with pytest.raises(DriverError, match=r"No driver nobody; there are .*hioki"):
        get_driver("nobody", [])


def invoke(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(COMMAND["measure"], list(arguments))
    return result.exit_code, result.output


@pytest.mark.parametrize("name", [name for name in PLAYED if name != "modbus"])
@pytest.mark.parametrize("endpoint", [PtyEndpoint, TcpEndpoint])
def test_the_command_prints_a_reading(name: str, endpoint: Callable[[], Any]) -> None:
    with playing(PLAYED[name].device(), endpoint()) as address:
        code, text = invoke(name, "--port", address, "--json")
        plain_code, plain = invoke(name, "--port", address)

    assert (code, plain_code) == (0, 0)
    document = json.loads(text)
    assert document["driver"] == name
    assert f"driver: {name}" in plain
    if "claim" in document:
        assert document["claim"]["method"] == "bms_reported"
        assert "voltage_v" not in document


def test_the_command_reads_modbus_by_a_map(tmp_path: Path) -> None:
    path = tmp_path / "map.json"
    path.write_text(json.dumps(MAP))
    with playing(PLAYED["modbus"].device(), TcpEndpoint()) as address:
        code, text = invoke("modbus", "--map", str(path), "--port", address, "--json")

    assert code == 0
    assert json.loads(text)["voltage_v"] == 50.84


def test_the_command_runs_a_plug_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "entry_points", lambda group: [PLUGGED])
    with playing(PLAYED["jbd"].device(), TcpEndpoint()) as address:
        code, text = invoke("plugin", "sample", "--port", address, "--json")

    assert (code, json.loads(text)["voltage_v"]) == (0, 42.0)


def test_an_error_has_its_name() -> None:
    code, text = invoke("hioki", "--port", "/dev/no-such-line", "--json")
    assert (code, json.loads(text)["error"]["code"]) == (2, "not_opened")

    code, text = invoke("hioki", "--port", "tcp://127.0.0.1:1")
    assert (code, text.startswith("not_opened: ")) == (2, True)

    code, text = invoke("hioki", "--port", "tcp://127.0.0.1:99999")
    assert (code, text.startswith("not_opened: ")) == (2, True)


@pytest.mark.parametrize("endpoint", [PtyEndpoint, TcpEndpoint])
@pytest.mark.parametrize("name", ["hioki", "jbd"])
def test_visa_brings_the_same(name: str, endpoint: Callable[[], Any]) -> None:
    with playing(PLAYED[name].device(), endpoint()) as address:
        resource = f"ASRL{address}::INSTR"
        if address.startswith("tcp://"):
            host, port = address.removeprefix("tcp://").split(":")
            resource = f"TCPIP0::{host}::{port}::SOCKET"
        opened = open_port(f"visa:{resource}", PLAYED[name].line)
        with PLAYED[name].driver(opened, timeout_s=5.0) as driver:
            PLAYED[name].check(driver.measure())


def test_visa_names_what_is_not_there() -> None:
    for resource in ("ASRL/dev/no-such-line::INSTR", "nonsense"):
        with pytest.raises(DriverError) as caught:
            open_port(f"visa:{resource}", Line(baud=9600))
        assert caught.value.code == "not_opened"


def measure_hioki(device: SimulatedHioki, *, timeout_s: float = 1.0) -> Measured:
    with (
        playing(device, TcpEndpoint()) as address,
        HiokiDriver(open_port(address, HiokiDriver.line), timeout_s=timeout_s) as one,
    ):
        return one.measure()


def test_a_slow_measurement_is_fetched_not_triggered_again() -> None:
    slow = SimulatedHioki(make_reading(181.25, 52.31), ticks_to_measure=3)

    assert measure_hioki(slow, timeout_s=0.3).resistance_mohm == 181.25


def test_a_measurement_that_never_ends_is_named() -> None:
    stuck = SimulatedHioki(make_reading(181.25, 52.31), ticks_to_measure=10**6)

    with pytest.raises(DriverError, match="does not finish"):
        measure_hioki(stuck, timeout_s=0.3)


def test_another_hioki_is_refused() -> None:
    with pytest.raises(DriverError, match="IM3590") as caught:
        measure_hioki(SimulatedHioki(make_reading(1.0, 1.0), model="IM3590"))

    assert caught.value.code == "wrong_instrument"


def test_zero_ohms_are_no_perfect_pack() -> None:
    with pytest.raises(DriverError) as caught:
        measure_hioki(SimulatedHioki(make_reading(0.0, 52.31)))

    assert caught.value.code == "below_resolution"


def test_a_claim_fills_nothing_a_pack_can_pass_by() -> None:
    claim = make_pack_claim()
    told = Measured(
        driver="jbd", instrument=Identity(maker="JBD"), claim=claim
    ).wire_fields()

    assert told == {
        "cycle_count": 211,
        "cell_count_series": 13,
        "soc_pct": 71,
        "soc_source": "bms",
        "cell_voltage_min_v": 3.898,
        "cell_voltage_max_v": 3.913,
    }


def test_a_measurement_fills_what_was_measured() -> None:
    with playing(PLAYED["hioki"].device(), TcpEndpoint()) as address:
        port = open_port(address, HiokiDriver.line)
        with HiokiDriver(port, timeout_s=5.0) as driver:
            fields = driver.measure().wire_fields()

    assert fields == {
        "ocv_v": 52.31,
        "internal_resistance_mohm": 181.25,
        "resistance_method": "ac_1khz",
    }


@pytest.mark.parametrize(
    "arguments", [["hioki", "--tcp", "0"], ["jbd", "--pty"], ["ebc", "--tcp", "0"]]
)
def test_a_simulated_instrument_can_be_talked_to(arguments: list[str]) -> None:
    command = "from instruments.drivers.commands import simulate; simulate()"
    with subprocess.Popen(
        [sys.executable, "-c", command, *arguments, "--seconds", "60"],
        stdout=subprocess.PIPE,
        text=True,
    ) as simulator:
        assert simulator.stdout is not None
        address = simulator.stdout.readline().strip()
        code, text = invoke(arguments[0], "--port", address, "--json")
        simulator.terminate()

    assert code == 0, text


def test_a_simulated_instrument_is_in_one_place_and_may_end() -> None:
    simulate = COMMAND["simulate"]

    assert CliRunner().invoke(simulate, ["jk"]).exit_code == 2
    assert CliRunner().invoke(simulate, ["jk", "--pty", "--tcp", "0"]).exit_code == 2
    ended = CliRunner().invoke(
        simulate, ["rc3563", "--tcp", "0", "--fault", "silent", "--seconds", "0"]
    )
    assert (ended.exit_code, ended.output.startswith("tcp://127.0.0.1:")) == (0, True)

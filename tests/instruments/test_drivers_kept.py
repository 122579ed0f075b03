"""``measure --out``: what was measured is on the disk, a line each."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from instruments.cli import main
from instruments.codecs.bms.claim import make_claim
from instruments.drivers import registry
from instruments.drivers.hioki import HiokiDriver
from instruments.drivers.interface import DriverError, Identity, Measured
from instruments.drivers.kept import check_place, keep
from instruments.drivers.playing import PtyEndpoint, TcpEndpoint, playing
from instruments.drivers.ports import open_port
from instruments.drivers.simulated_hioki import SimulatedHioki, make_reading
from tests.instruments.played_instruments import MAP, PLAYED
from tests.instruments.test_drivers_registry import PLUGGED

_HIOKI = {
    "ocv_v": 52.31,
    "internal_resistance_mohm": 181.25,
    "resistance_method": "ac_1khz",
}


def measure(name: str, address: str, *arguments: object) -> Result:
    options = ["--port", address, *map(str, arguments)]
    return CliRunner().invoke(main, ["measure", *name.split(), *options])


def read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("endpoint", [PtyEndpoint, TcpEndpoint])
def test_a_tester_and_a_system_are_kept_in_one_file(
    tmp_path: Path, endpoint: Callable[[], Any]
) -> None:
    out = tmp_path / "a.measured"
    before = datetime.now(UTC)
    for name in ("hioki", "jbd"):
        with playing(PLAYED[name].device(), endpoint()) as address:
            done = measure(name, address, "--json", "--out", out)
        assert done.exit_code == 0, done.output
        assert json.loads(done.stdout) == read_lines(out)[-1]

    hioki, jbd = read_lines(out)
    assert hioki["inspection"] == _HIOKI
    assert jbd["inspection"]["cycle_count"] == 211
    assert len(jbd["claim"]["cells_v"]) == 13
    for line in (hioki, jbd):
        assert before <= datetime.fromisoformat(line["made_at"]) <= datetime.now(UTC)
    assert out.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["rc3563", "daly", "jk", "ebc"])
def test_every_instrument_can_be_kept(tmp_path: Path, name: str) -> None:
    out = tmp_path / "a.measured"
    with playing(PLAYED[name].device(), TcpEndpoint()) as address:
        done = measure(name, address, "--out", out)

    assert done.exit_code == 0, done.output
    (line,) = read_lines(out)
    assert (line["driver"], bool(line["inspection"])) == (name, True)


def test_a_plug_in_can_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "entry_points", lambda group: [PLUGGED])
    out = tmp_path / "a.measured"
    with playing(PLAYED["jbd"].device(), TcpEndpoint()) as address:
        assert measure("plugin sample", address, "--out", out).exit_code == 0

    assert read_lines(out)[0]["inspection"] == {"ocv_v": 42.0}


def test_a_voltage_under_load_is_kept_and_fills_nothing(tmp_path: Path) -> None:
    path, out = tmp_path / "map.json", tmp_path / "a.measured"
    path.write_text(json.dumps(MAP))
    with playing(PLAYED["modbus"].device(), TcpEndpoint()) as address:
        done = measure("modbus", address, "--map", path, "--out", out)

    (line,) = read_lines(out)
    assert (line["voltage_v"], line["current_a"]) == (50.84, -1.5)
    assert line["inspection"] == {}
    assert "fills no field" in done.stderr


@pytest.mark.parametrize(
    ("current_a", "wanted"),
    [(None, True), (0.0, True), (-0.02, True), (-1.5, False), (2.0, False)],
)
def test_an_open_circuit_has_no_current(current_a: float | None, wanted: bool) -> None:
    found = Measured(
        driver="x", instrument=Identity(maker="x"), voltage_v=-50.0, current_a=current_a
    )
    assert found.wire_fields() == ({"ocv_v": 50.0} if wanted else {})


def test_a_claim_tells_extremes_and_no_memory_that_was_never_set() -> None:
    told = {"extremes_v": (4.1, 0.0), "cycles": 65_535, "soc_pct": 255, "cell_count": 0}
    claim = make_claim("x", told)
    found = Measured(driver="x", instrument=Identity(maker="x"), claim=claim)

    assert found.wire_fields() == {"cell_voltage_min_v": 0.0, "cell_voltage_max_v": 4.1}


def test_an_instrument_that_fails_leaves_no_line(tmp_path: Path) -> None:
    out = tmp_path / "a.measured"
    done = measure("hioki", "tcp://127.0.0.1:1", "--out", out, "--json")

    assert (done.exit_code, out.exists()) == (2, False)
    assert json.loads(done.stdout)["error"]["code"] == "not_opened"


def test_a_place_that_cannot_be_written_is_told_before_anything_is_asked(
    tmp_path: Path,
) -> None:
    for out in (tmp_path / "no" / "a.measured", tmp_path / "b.measured"):
        (tmp_path / "b.measured").mkdir(exist_ok=True)
        with pytest.raises(DriverError) as caught:
            check_place(out)
        assert caught.value.code == "not_kept"
    done = measure("jk", "/dev/no-such-line", "--out", tmp_path / "no" / "a.measured")
    assert (done.exit_code, done.stderr.startswith("not_kept: ")) == (2, True)


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    full = tmp_path / "a.measured"
    full.symlink_to("/dev/full")
    with pytest.raises(DriverError, match="No space left"):
        keep(full, {"inspection": {}})


@pytest.mark.parametrize("name", ["a.log", "a.json", "a"])
def test_nothing_is_written_into_another_file(tmp_path: Path, name: str) -> None:
    out = tmp_path / name
    out.write_text("{}")
    for device in ("jbd", "ebc"):
        done = measure(device, "/dev/no-such-line", "--out", out)
        assert (done.exit_code, "must end in .measured" in done.stderr) == (2, True)
    assert out.read_text() == "{}"


def test_a_line_that_was_broken_off_spoils_no_other(tmp_path: Path) -> None:
    out = tmp_path / "a.measured"
    out.write_text('{"made_at": "2026')
    out.chmod(0o644)
    keep(out, {"inspection": {}})

    assert out.read_text().splitlines() == ['{"made_at": "2026', '{"inspection": {}}']
    assert out.stat().st_mode & 0o777 == 0o600


class Forgetful(SimulatedHioki):
    """Refuses a setting, and its first answer to ``*ESR?`` is lost."""

    def __init__(self) -> None:
        super().__init__(make_reading(181.25, 52.31))
        self.asked = 0

    def _line(self, line: str) -> bytes | None:
        if line.startswith(":SAMP"):
            line = ":NO:SUCH"
        answer = super()._line(line)
        if line != "*ESR?":
            return answer
        self.asked += 1
        return None if self.asked == 1 else answer


def test_a_refused_setting_is_not_forgotten_with_a_lost_answer() -> None:
    device = Forgetful()
    with (
        playing(device, TcpEndpoint()) as address,
        HiokiDriver(open_port(address, HiokiDriver.line), timeout_s=0.5) as driver,
        pytest.raises(DriverError) as caught,
    ):
        driver.measure()

    assert (caught.value.code, device.asked) == ("refused", 2)

"""A discharge starts only when confirmed, and stops when anything is wrong."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from instruments.codecs.zketech import EbcFrame, EbcMode, EbcState, make_frame
from instruments.drivers.commands import COMMANDS
from instruments.drivers.discharge import DischargeEnd, DischargePlan, Watch
from instruments.drivers.ebc import EbcDriver
from instruments.drivers.interface import DriverError
from instruments.drivers.journal import Journal
from instruments.drivers.playing import Fault, Faults, TcpEndpoint, playing
from instruments.drivers.ports import open_port
from instruments.drivers.simulated_bms import SimulatedJbd, make_pack_claim
from instruments.drivers.simulated_tester import SimulatedTester
from instruments.readers import read_file
from instruments.readers.interface import Hints
from tests.instruments.simulated_packs import make_pack

_FAST = 10_000.0
_PERIOD_S = 0.005


def make_plan(**changes: Any) -> DischargePlan:
    values: dict[str, Any] = {
        "current_a": 6.0,
        "cutoff_v": 39.0,
        "full_v": 54.6,
        "confirmed": True,
    }
    return DischargePlan(**{**values, **changes})


def make_report(**changes: Any) -> EbcFrame:
    values: dict[str, Any] = {
        "state": EbcState.ACTIVE,
        "mode": EbcMode.DISCHARGE_CURRENT,
        "voltage_v": 50.0,
        "current_a": 6.0,
    }
    return make_frame(**{**values, **changes})


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"confirmed": False}, "unconfirmed"),
        ({"current_a": 0.0}, "unsafe"),
        ({"current_a": 25.0}, "unsafe"),
        ({"current_a": float("nan")}, "unsafe"),
        ({"cutoff_v": 0.5}, "unsafe"),
        ({"cutoff_v": 54.6}, "unsafe"),
        ({"full_v": 101.0}, "unsafe"),
        ({"hottest_c": 61.0}, "unsafe"),
        ({"limit_min": 0}, "unsafe"),
    ],
)
def test_a_plan_that_protects_nothing_is_refused(
    changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(DriverError) as caught:
        make_plan(**changes)

    assert caught.value.code == code


def make_watch(**changes: Any) -> Watch:
    times = iter(changes.pop("times", range(0, 100_000, 2)))
    return Watch(plan=make_plan(**changes), clock=lambda: float(next(times)))


@pytest.mark.parametrize(
    ("report", "temperature"),
    [
        ({"state": EbcState.ACTIVE}, 25.0),
        ({"state": EbcState.IDLE, "voltage_v": 39.0}, 25.0),
        ({"state": EbcState.IDLE, "voltage_v": 55.2}, 25.0),
        ({"state": EbcState.IDLE}, None),
        ({"state": EbcState.IDLE}, 51.0),
        ({"state": EbcState.IDLE}, -1.0),
        ({"state": EbcState.IDLE}, float("nan")),
    ],
)
def test_what_may_not_start(report: dict[str, Any], temperature: float | None) -> None:
    with pytest.raises(DriverError) as caught:
        make_watch().check_before(make_report(**report), temperature)

    assert caught.value.code == "unsafe"


def test_an_attended_pack_needs_no_thermometer() -> None:
    idle = make_report(state=EbcState.IDLE)

    make_watch(attended=True).check_before(idle, None)


@pytest.mark.parametrize(
    ("report", "temperature", "reason"),
    [
        ({"voltage_v": 38.6}, 25.0, "below its cut-off"),
        ({"current_a": 6.6}, 25.0, "draws 6.6 A"),
        ({"mode": EbcMode.CHARGE}, 25.0, "something else"),
        ({"state": EbcState.IDLE}, 25.0, "by hand"),
        ({}, 50.5, "has 50.5"),
        ({}, None, "temperature is lost"),
    ],
)
def test_what_stops_a_discharge(
    report: dict[str, Any], temperature: float | None, reason: str
) -> None:
    watch = make_watch()
    assert watch.see(make_report(), 25.0) is None

    with pytest.raises(DriverError, match=reason) as caught:
        watch.see(make_report(**report), temperature)

    assert caught.value.code == "stopped"


def test_a_discharge_without_end_is_stopped() -> None:
    watch = make_watch(limit_min=1, times=[0, 60, 61])
    watch.see(make_report(), 25.0)
    watch.see(make_report(), 25.0)

    with pytest.raises(DriverError, match="has run 1 minutes"):
        watch.see(make_report(), 25.0)


def test_a_tester_that_does_not_start_is_given_up() -> None:
    watch = make_watch(times=[0, 5, 11])
    idle = make_report(state=EbcState.IDLE)
    assert watch.see(idle, 25.0) is None
    assert watch.see(idle, 25.0) is None

    with pytest.raises(DriverError, match="does not start"):
        watch.see(idle, 25.0)


@pytest.fixture
def play() -> Iterator[Callable[..., tuple[SimulatedTester, EbcDriver]]]:
    """A tester at play and a driver on it."""
    with ExitStack() as stack:

        def start(
            faults: Faults | None = None, *, speed: float = _FAST
        ) -> tuple[SimulatedTester, EbcDriver]:
            tester = SimulatedTester(make_pack(), period_s=_PERIOD_S, speed=speed)
            address = stack.enter_context(playing(tester, TcpEndpoint(), faults))
            port = open_port(address, EbcDriver.line)
            return tester, stack.enter_context(EbcDriver(port, timeout_s=1.0))

        yield start


Play = Callable[..., tuple[SimulatedTester, EbcDriver]]


def run(driver: EbcDriver, **changes: Any) -> DischargeEnd:
    temperature = changes.pop("temperature", lambda: 25.0)
    log = changes.pop("log", lambda _raw: None)
    return driver.discharge(make_plan(**changes), log=log, temperature_c=temperature)


def test_a_discharge_runs_to_the_cut_off(play: Play, tmp_path: Path) -> None:
    tester, driver = play()
    path = tmp_path / "pack.log"

    with Journal(path, now=lambda: 1_750_000_000.0) as journal:
        ended = run(driver, log=journal.frame)
        journal.event("ended", capacity_ah=ended.capacity_ah)

    assert ended.capacity_ah == pytest.approx(make_pack().capacity_ah, abs=0.1)
    assert ended.hottest_c == 25.0
    recording = read_file(path, hints=Hints(frame_period_s=60))
    assert recording.reader == "zketech_log"
    event = json.loads((tmp_path / "pack.log.events.jsonl").read_text())
    assert event["event"] == "ended"
    assert event["at"] == "2025-06-15T15:06:40.000+00:00"
    assert tester.state is EbcState.ENDED


def wait_until_idle(tester: SimulatedTester) -> bool:
    ends = time.monotonic() + 10
    while tester.state is not EbcState.IDLE and time.monotonic() < ends:
        time.sleep(0.01)
    return tester.state is EbcState.IDLE


def test_a_hot_pack_is_stopped(play: Play) -> None:
    tester, driver = play(speed=1.0)
    temperatures = iter([25.0, 30.0, 40.0, 51.0])

    with pytest.raises(DriverError, match=r"has 51\.0") as caught:
        run(driver, temperature=lambda: next(temperatures))

    assert caught.value.code == "stopped"
    assert wait_until_idle(tester)


def test_an_interrupted_discharge_is_stopped(play: Play) -> None:
    tester, driver = play(speed=1.0)

    def interrupt(_raw: bytes) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(driver, log=interrupt)

    assert wait_until_idle(tester)


@pytest.mark.parametrize("fault", [Fault.SILENT, Fault.TRUNCATED, Fault.BAD_CHECKSUM])
def test_a_lost_link_stops_the_tester(play: Play, fault: Fault) -> None:
    tester, driver = play(Faults(kind=fault, after=5), speed=1.0)

    with pytest.raises(DriverError, match="by hand") as caught:
        run(driver)

    assert caught.value.code == "link_lost"
    assert wait_until_idle(tester)


def test_a_pulled_plug_is_told(play: Play) -> None:
    _, driver = play(Faults(kind=Fault.UNPLUGGED, after=5), speed=1.0)

    with pytest.raises(DriverError, match="switch it off by hand"):
        run(driver)


def test_a_tester_at_work_is_left_alone(play: Play) -> None:
    tester, driver = play(speed=1.0)
    tester.start_discharge(current_a=2.0, cutoff_v=40.0)

    with pytest.raises(DriverError, match="at work already"):
        run(driver)

    assert tester.state is EbcState.ACTIVE


def invoke(*arguments: str) -> tuple[int, str]:
    command = next(one for one in COMMANDS if one.name == "measure")
    result = CliRunner().invoke(command, list(arguments))
    return result.exit_code, result.output


def test_the_command_needs_limits_and_confirmation(tmp_path: Path) -> None:
    start = ["ebc", "--port", "tcp://127.0.0.1:1", "--discharge"]
    limits = ["--current-a", "6", "--cutoff-v", "39", "--full-v", "54.6"]
    out = ["--out", str(tmp_path / "x.log")]

    assert invoke(*start) == (2, invoke(*start)[1])
    assert "needs --current-a, --cutoff-v, --full-v, --out" in invoke(*start)[1]
    code, text = invoke(*start, *limits, *out)
    assert (code, "unconfirmed" in text) == (2, True)
    code, text = invoke(*start, *limits, *out, "--bms", "jbd")
    assert "--bms and --bms-port together" in text
    assert not (tmp_path / "x.log").exists()


def test_the_command_discharges_with_a_thermometer(tmp_path: Path) -> None:
    tester = SimulatedTester(make_pack(), period_s=_PERIOD_S, speed=_FAST)
    system = SimulatedJbd(make_pack_claim())
    out = tmp_path / "x.log"
    with (
        playing(tester, TcpEndpoint()) as port,
        playing(system, TcpEndpoint()) as bms_port,
    ):
        arguments = ["ebc", "--port", port, "--discharge", "--confirm", "--json"]
        arguments += ["--current-a", "6", "--cutoff-v", "39", "--full-v", "54.6"]
        arguments += ["--bms", "jbd", "--bms-port", bms_port, "--out", str(out)]
        code, text = invoke(*arguments)
        again, refusal = invoke(*arguments)

    assert code == 0, text
    ended = json.loads(text)["ended"]
    assert ended["hottest_c"] == 24.0
    assert ended["capacity_ah"] == pytest.approx(9.0, abs=0.1)
    events = (tmp_path / "x.log.events.jsonl").read_text().splitlines()
    assert [json.loads(line)["event"] for line in events] == ["asked", "ended"]
    # a log is never written over
    assert again == 2
    assert json.loads(refusal)["error"]["code"] == "not_opened"


def test_a_thermometer_that_is_lost_is_not_taken_for_the_tester(
    tmp_path: Path,
) -> None:
    tester = SimulatedTester(make_pack(), period_s=_PERIOD_S)
    silent = Faults(kind=Fault.SILENT, after=3)
    out = tmp_path / "x.log"
    with (
        playing(tester, TcpEndpoint()) as port,
        playing(SimulatedJbd(make_pack_claim()), TcpEndpoint(), silent) as bms_port,
    ):
        arguments = ["ebc", "--port", port, "--discharge", "--confirm", "--json"]
        arguments += ["--current-a", "6", "--cutoff-v", "39", "--full-v", "54.6"]
        arguments += ["--bms", "jbd", "--bms-port", bms_port, "--out", str(out)]
        code, text = invoke(*arguments, "--timeout-s", "1")

    error = json.loads(text)["error"]
    assert (code, error["code"]) == (2, "stopped")
    assert "the temperature is lost" in error["message"]


def test_the_command_keeps_why_it_was_refused(tmp_path: Path) -> None:
    tester = SimulatedTester(make_pack(), period_s=_PERIOD_S)
    out = tmp_path / "x.log"
    with playing(tester, TcpEndpoint()) as port:
        arguments = ["ebc", "--port", port, "--discharge", "--confirm"]
        arguments += ["--current-a", "6", "--cutoff-v", "39", "--full-v", "54.6"]
        code, text = invoke(*arguments, "--out", str(out))

    assert (code, "Nothing measures the pack's temperature" in text) == (2, True)
    event = json.loads((tmp_path / "x.log.events.jsonl").read_text().splitlines()[-1])
    assert (event["event"], event["code"]) == ("refused_or_stopped", "unsafe")

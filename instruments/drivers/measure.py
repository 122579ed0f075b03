"""The command ``battery-station measure``."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from instruments.drivers.answer import make_finish, named_errors, print_document
from instruments.drivers.discharge import DischargePlan
from instruments.drivers.ebc import EbcDriver
from instruments.drivers.interface import DriverError, Measured
from instruments.drivers.journal import Journal
from instruments.drivers.kept import SUFFIX
from instruments.drivers.modbus import ModbusDriver, read_map
from instruments.drivers.ports import open_port
from instruments.drivers.registry import get_driver

_PORT = click.option(
    "--port",
    required=True,
    help="Serial line, tcp://host:port or visa:RESOURCE.",
)
_TIMEOUT = click.option(
    "--timeout-s",
    type=click.FloatRange(min=0.05, max=60),
    default=3.0,
    show_default=True,
    help="Longest wait for an answer.",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object.")
_POSITIVE = click.FloatRange(min=0, min_open=True)
_PATH = click.Path(path_type=Path, dir_okay=False)


def _measured_name(
    _context: click.Context, _parameter: click.Parameter, path: Path | None
) -> Path | None:
    """No slip may write a line into a recording or a checklist."""
    if path is not None and path.suffix != SUFFIX:
        raise click.BadParameter(f"{path.name} must end in {SUFFIX}")
    return path


_OUT = click.option(
    "--out",
    type=_PATH,
    callback=_measured_name,
    help="Keep it as a line of NAME.measured; `send` takes it with NAME.log.",
)


@click.group()
def measure() -> None:
    """Read one instrument on a cable or a network; changes nothing by itself."""


def _make_plain(name: str, text: str) -> click.Command:
    @click.command(name, help=text)
    @_PORT
    @_TIMEOUT
    @_OUT
    @_JSON
    def command(port: str, timeout_s: float, out: Path | None, as_json: bool) -> None:
        with named_errors(as_json=as_json):
            finish = make_finish(out, as_json=as_json)
            finish(measure_once(name, port, timeout_s=timeout_s))

    return command


_PLAIN = {
    "hioki": "Hioki BT3561 to BT3563: resistance at 1 kHz and voltage.",
    "rc3563": "RC3563: resistance at 1 kHz and voltage.",
    "jbd": "JBD battery management system: what it claims.",
    "daly": "Daly battery management system: what it claims.",
    "jk": "JK battery management system: what it claims.",
}
for _name, _text in _PLAIN.items():
    measure.add_command(_make_plain(_name, _text))


@measure.command("plugin")
@click.argument("name")
@_PORT
@_TIMEOUT
@_OUT
@_JSON
def plugin(
    name: str, port: str, timeout_s: float, out: Path | None, as_json: bool
) -> None:
    """A driver that a plug-in brings, by its name."""
    with named_errors(as_json=as_json):
        finish = make_finish(out, as_json=as_json)
        finish(measure_once(name, port, timeout_s=timeout_s))


@measure.command("modbus")
@click.option(
    "--map",
    "map_path",
    required=True,
    type=_PATH,
    help="JSON file that says which registers hold what.",
)
@_PORT
@_TIMEOUT
@_OUT
@_JSON
def modbus(
    map_path: Path, port: str, timeout_s: float, out: Path | None, as_json: bool
) -> None:
    """An instrument that speaks Modbus RTU, by a map of its registers."""
    with named_errors(as_json=as_json):
        finish = make_finish(out, as_json=as_json)
        registers = read_map(map_path)
        opened = open_port(port, ModbusDriver.line)
        with ModbusDriver(opened, registers=registers, timeout_s=timeout_s) as driver:
            finish(driver.measure())


@measure.command("ebc")
@_PORT
@_TIMEOUT
@_JSON
@click.option("--discharge", is_flag=True, help="Discharge the pack, under watch.")
@click.option("--confirm", is_flag=True, help="These limits are right for this pack.")
@click.option("--attended", is_flag=True, help="You stay and watch the temperature.")
@click.option("--current-a", type=_POSITIVE, help="Discharge current.")
@click.option("--cutoff-v", type=_POSITIVE, help="The pack's cut-off voltage.")
@click.option("--full-v", type=_POSITIVE, help="The pack's charge limit.")
@click.option("--hottest-c", type=_POSITIVE, default=50.0, show_default=True)
@click.option("--limit-min", type=click.IntRange(1, 1440), default=300)
@click.option(
    "--bms",
    type=click.Choice(["jbd", "daly", "jk"]),
    help="Take the temperature from this system.",
)
@click.option("--bms-port", help="Where that system is.")
@click.option(
    "--out",
    type=_PATH,
    help="Where the log of a discharge goes, events beside it; a report else.",
)
def ebc(port: str, timeout_s: float, as_json: bool, **options: Any) -> None:
    """A ZKETECH EBC tester: its report, or a discharge under watch."""
    with named_errors(as_json=as_json):
        if not options["discharge"]:
            _report(port, timeout_s, options["out"], as_json=as_json)
            return
        plan = _plan(options)
        _discharge(plan, port, timeout_s, options, as_json=as_json)


def measure_once(name: str, port: str, *, timeout_s: float) -> Measured:
    """One measurement by a driver's name.

    Raises:
        DriverError: See `Driver.measure`.
    """
    driver_class = get_driver(name)
    with driver_class(open_port(port, driver_class.line), timeout_s=timeout_s) as one:
        measured: Measured = one.measure()
        return measured


def _report(port: str, timeout_s: float, out: Path | None, *, as_json: bool) -> None:
    if out is not None and out.suffix != SUFFIX:
        message = f"without --discharge, --out must end in {SUFFIX}"
        raise click.UsageError(message)
    finish = make_finish(out, as_json=as_json)
    finish(measure_once("ebc", port, timeout_s=timeout_s))


def _plan(options: dict[str, Any]) -> DischargePlan:
    missing = [
        f"--{name.replace('_', '-')}"
        for name in ("current_a", "cutoff_v", "full_v", "out")
        if options[name] is None
    ]
    if missing:
        raise click.UsageError(f"a discharge needs {', '.join(missing)}")
    if (options["bms"] is None) != (options["bms_port"] is None):
        raise click.UsageError("give --bms and --bms-port together")
    return DischargePlan(
        current_a=options["current_a"],
        cutoff_v=options["cutoff_v"],
        full_v=options["full_v"],
        hottest_c=options["hottest_c"],
        limit_min=options["limit_min"],
        confirmed=options["confirm"],
        attended=options["attended"],
    )


def _discharge(
    plan: DischargePlan,
    port: str,
    timeout_s: float,
    options: dict[str, Any],
    *,
    as_json: bool,
) -> None:
    with ExitStack() as stack:
        journal = stack.enter_context(Journal(options["out"], now=time.time))
        driver = stack.enter_context(
            EbcDriver(open_port(port, EbcDriver.line), timeout_s=timeout_s)
        )
        journal.event("asked", **asdict(plan))
        thermometer = _thermometer(options, timeout_s, stack)
        try:
            ended = driver.discharge(plan, log=journal.frame, temperature_c=thermometer)
        except DriverError as error:
            journal.event("refused_or_stopped", code=error.code, message=error.message)
            raise
        journal.event("ended", **asdict(ended))
        told = {"ended": asdict(ended), "log": str(options["out"])}
        print_document(told, as_json=as_json)


def _thermometer(
    options: dict[str, Any], timeout_s: float, stack: ExitStack
) -> Callable[[], float | None]:
    """The hottest sensor of a battery management system, or nothing."""
    if options["bms"] is None:
        return lambda: None
    driver_class = get_driver(options["bms"])
    opened = open_port(options["bms_port"], driver_class.line)
    driver = stack.enter_context(driver_class(opened, timeout_s=timeout_s))

    was_heard = False

    def read() -> float | None:
        nonlocal was_heard
        try:
            claim = driver.measure().claim
        except DriverError:
            if not was_heard:
                raise
            # the watch stops for it, and does not say that the tester is lost
            return None
        was_heard = True
        values = [one.value_c for one in claim.temperatures]
        return max(values) if values else None

    return read

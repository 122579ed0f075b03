"""The command ``battery-station measure``."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from instruments.drivers.discharge import DischargePlan
from instruments.drivers.ebc import EbcDriver
from instruments.drivers.interface import DriverError, Measured
from instruments.drivers.journal import Journal
from instruments.drivers.modbus import ModbusDriver, read_map
from instruments.drivers.ports import open_port
from instruments.drivers.registry import get_driver

EXIT_NO_VALUE = 2
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


@click.group()
def measure() -> None:
    """Read one instrument on a cable or a network; changes nothing by itself."""


def _make_plain(name: str, text: str) -> click.Command:
    @click.command(name, help=text)
    @_PORT
    @_TIMEOUT
    @_JSON
    def command(port: str, timeout_s: float, as_json: bool) -> None:
        with _named_errors(as_json=as_json):
            _show(measure_once(name, port, timeout_s=timeout_s), as_json=as_json)

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
@_JSON
def plugin(name: str, port: str, timeout_s: float, as_json: bool) -> None:
    """A driver that a plug-in brings, by its name."""
    with _named_errors(as_json=as_json):
        _show(measure_once(name, port, timeout_s=timeout_s), as_json=as_json)


@measure.command("modbus")
@click.option(
    "--map",
    "map_path",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="JSON file that says which registers hold what.",
)
@_PORT
@_TIMEOUT
@_JSON
def modbus(map_path: Path, port: str, timeout_s: float, as_json: bool) -> None:
    """An instrument that speaks Modbus RTU, by a map of its registers."""
    with _named_errors(as_json=as_json):
        registers = read_map(map_path)
        opened = open_port(port, ModbusDriver.line)
        with ModbusDriver(opened, registers=registers, timeout_s=timeout_s) as driver:
            _show(driver.measure(), as_json=as_json)


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
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the log of a discharge goes; events beside it.",
)
def ebc(port: str, timeout_s: float, as_json: bool, **options: Any) -> None:
    """A ZKETECH EBC tester: its report, or a discharge under watch."""
    with _named_errors(as_json=as_json):
        if not options["discharge"]:
            _show(measure_once("ebc", port, timeout_s=timeout_s), as_json=as_json)
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
        _print({"ended": asdict(ended), "log": str(options["out"])}, as_json=as_json)


def _thermometer(
    options: dict[str, Any], timeout_s: float, stack: ExitStack
) -> Callable[[], float | None]:
    """The hottest sensor of a battery management system, or nothing."""
    if options["bms"] is None:
        return lambda: None
    driver_class = get_driver(options["bms"])
    opened = open_port(options["bms_port"], driver_class.line)
    driver = stack.enter_context(driver_class(opened, timeout_s=timeout_s))

    def read() -> float | None:
        claim = driver.measure().claim
        values = [one.value_c for one in claim.temperatures]
        return max(values) if values else None

    return read


@contextmanager
def _named_errors(*, as_json: bool) -> Iterator[None]:
    try:
        yield
    except DriverError as error:
        if as_json:
            click.echo(json.dumps({"error": error.as_json()}, ensure_ascii=False))
        else:
            click.echo(f"{error.code}: {error}", err=True)
        sys.exit(EXIT_NO_VALUE)


def _show(measured: Measured, *, as_json: bool) -> None:
    _print(measured.as_json(), as_json=as_json)


def _print(document: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False))
        return
    for name, value in document.items():
        if isinstance(value, dict):
            for inner, part in value.items():
                click.echo(f"{name}.{inner}: {_short(part)}")
        elif value not in ([], ""):
            click.echo(f"{name}: {_short(value)}")


def _short(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(_short(item) for item in value)
    if isinstance(value, dict):
        return "(" + ", ".join(f"{k} {v}" for k, v in value.items()) + ")"
    return str(value)

"""The commands ``battery-station simulate DEVICE``: an instrument to talk to."""

import time
from collections.abc import Callable
from typing import Any

import click

from instruments.codecs.rc3563 import PACKET_LENGTH
from instruments.drivers.pack_model import SimulatedPack
from instruments.drivers.playing import (
    Device,
    Endpoint,
    Fault,
    Faults,
    PtyEndpoint,
    TcpEndpoint,
    playing,
)
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

_PACK = SimulatedPack(
    name="demo",
    rated_ah=12.0,
    capacity_ah=9.0,
    series=13,
    resistance_mohm=180.0,
    charge_limit_v=54.6,
    cutoff_v=39.0,
)
_PERIOD_S = 0.2
_TESTER_PERIOD_S = 1.0
_REGISTERS = {0: 5084, 1: 65_386, 2: 0, 3: 211}


def _rc3563() -> Device:
    packets = make_packets(_PACK, seed=0)
    starts = range(0, len(packets), PACKET_LENGTH)
    frames = [packets[at : at + PACKET_LENGTH] for at in starts]
    return SimulatedStream(frames, period_s=_PERIOD_S)


DEVICES: dict[str, Callable[[], Device]] = {
    "hioki": lambda: SimulatedHioki(
        make_reading(_PACK.resistance_mohm, round(_PACK.full_v, 2))
    ),
    "rc3563": _rc3563,
    "jbd": lambda: SimulatedJbd(make_pack_claim()),
    "daly": lambda: SimulatedDaly(make_pack_claim()),
    "jk": lambda: SimulatedJk(make_pack_claim()),
    "ebc": lambda: SimulatedTester(_PACK, period_s=_TESTER_PERIOD_S),
    "modbus": lambda: SimulatedModbus(_REGISTERS),
}
_TEXTS = {
    "hioki": "A Hioki BT3562A.",
    "rc3563": "An RC3563 that repeats its display.",
    "jbd": "A JBD battery management system.",
    "daly": "A Daly battery management system.",
    "jk": "A JK battery management system.",
    "modbus": "A Modbus RTU instrument with registers 0 to 3.",
}


_FAULT_OPTIONS = (
    click.option(
        "--tcp", type=click.IntRange(0, 65_535), help="On 127.0.0.1; 0 takes any port."
    ),
    click.option(
        "--fault",
        type=click.Choice([fault.value for fault in Fault]),
        default=Fault.NONE.value,
        show_default=True,
        help="What goes wrong on the way.",
    ),
    click.option(
        "--times", type=click.IntRange(min=0), default=0, help="So many frames; 0 all."
    ),
    click.option(
        "--after", type=click.IntRange(min=0), default=0, help="Spare so many first."
    ),
    click.option(
        "--late-s", type=click.FloatRange(min=0), default=5.0, show_default=True
    ),
    click.option(
        "--seconds", type=click.FloatRange(min=0), help="End then; else when stopped."
    ),
)


def fault_options(command: Callable[..., None]) -> Callable[..., None]:
    """Where an instrument is played, what goes wrong, and how long."""
    for option in reversed(_FAULT_OPTIONS):
        command = option(command)
    return command


def make_commands() -> list[click.Command]:
    """One command for each device that has none of its own."""
    return [_make_command(name) for name in DEVICES if name in _TEXTS]


def _make_command(name: str) -> click.Command:
    @click.command(name, help=_TEXTS[name])
    @click.option("--pty", is_flag=True, help="On a pseudo-terminal.")
    @fault_options
    def command(pty: bool, **options: Any) -> None:
        play(name, pty=pty, **options)

    return command


def play(
    name: str,
    *,
    pty: bool,
    tcp: int | None,
    fault: str,
    times: int,
    after: int,
    late_s: float,
    seconds: float | None,
) -> None:
    """Play a device until stopped; its address is printed first.

    Raises:
        click.UsageError: Not exactly one of the two places is given.
    """
    if pty == (tcp is not None):
        raise click.UsageError("give either --pty or --tcp")
    faults = Faults(kind=Fault(fault), times=times, after=after, late_s=late_s)
    endpoint: Endpoint = PtyEndpoint() if tcp is None else TcpEndpoint(tcp)
    with playing(DEVICES[name](), endpoint, faults) as address:
        click.echo(address)
        _wait(seconds)


def _wait(seconds: float | None) -> None:
    ends = None if seconds is None else time.monotonic() + seconds
    while ends is None or time.monotonic() < ends:
        time.sleep(0.05 if seconds is not None else 0.5)

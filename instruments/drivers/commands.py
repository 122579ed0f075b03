"""Commands that ``battery-station`` gets from this package: measure, simulate."""

import time
from pathlib import Path
from typing import Any

import click

from instruments.drivers.measure import measure
from instruments.drivers.plan import PlanError, PlannedPack, read_plan, write_files
from instruments.drivers.pty_port import open_pty, stream
from instruments.drivers.simulate import fault_options, make_commands, play
from instruments.drivers.simulated_ebc import FRAME_PERIOD_S, make_frames

_SHORTEST_PERIOD_S = 5.0


@click.group()
def simulate() -> None:
    """Play an instrument: real bytes from simulated packs, for training and demos."""


@simulate.command()
@click.option(
    "--plan",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The packs, one JSON object a line; without, a tester that hears commands.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for NAME.log, NAME.rc3563 and NAME.json.",
)
@click.option("--pty", is_flag=True, help="Stream the frames on a pseudo-terminal.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option(
    "--frame-period-s",
    type=click.FloatRange(min=_SHORTEST_PERIOD_S, max=600),
    default=FRAME_PERIOD_S,
    show_default=True,
    help="Simulated seconds between two frames.",
)
@click.option(
    "--interval-s",
    type=click.FloatRange(min=0),
    default=0.1,
    show_default=True,
    help="Real seconds between two frames on the pseudo-terminal.",
)
@fault_options
def ebc(
    plan: Path | None,
    out: Path | None,
    pty: bool,
    seed: int,
    frame_period_s: float,
    interval_s: float,
    **options: Any,
) -> None:
    """A ZKETECH EBC tester: charge, rest, discharge; and an RC3563 beside it."""
    if plan is None:
        play("ebc", pty=pty, **options)
        return
    if (out is None) != pty:
        raise click.UsageError("give either --out or --pty")
    try:
        packs = read_plan(plan)
    except PlanError as error:
        raise click.ClickException(str(error)) from error
    if out is None:
        _stream(packs, seed=seed, period_s=frame_period_s, interval_s=interval_s)
        return
    out.mkdir(parents=True, exist_ok=True)
    for planned in packs:
        write_files(planned, out, seed=seed, period_s=frame_period_s)
    click.echo(f"{len(packs)} packs in {out}", err=True)


def _stream(
    packs: tuple[PlannedPack, ...], *, seed: int, period_s: float, interval_s: float
) -> None:
    with open_pty() as (descriptor, path):
        click.echo(path)
        for planned in packs:
            frames = make_frames(planned.pack, seed=seed, period_s=period_s)
            stream(descriptor, frames, interval_s=interval_s, sleep=time.sleep)


for _command in make_commands():
    simulate.add_command(_command)

COMMANDS: tuple[click.Command, ...] = (simulate, measure)

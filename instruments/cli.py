"""The station's command line: ``battery-station``."""

import sys
from pathlib import Path
from typing import Any

import click

from instruments.drivers import commands as driver_commands
from instruments.recording import Recording
from instruments.station import commands as station_commands

# every module here offers COMMANDS
COMMAND_MODULES = (station_commands, driver_commands)
EXIT_UNREADABLE = 2
_POSITIVE = click.FloatRange(min=0, min_open=True)


@click.group()
@click.version_option(package_name="battery-registry")
@click.pass_context
def main(context: click.Context) -> None:
    """Measure e-bike batteries at a field station and send the readings."""
    context.obj = _read_file


def _read_file(
    path: Path, *, format_name: str | None, frame_period_s: float | None
) -> Recording:
    # numpy takes longer to import than most commands to run
    from instruments import readers  # noqa: PLC0415  (lazy)
    from instruments.readers.interface import Hints  # noqa: PLC0415  (lazy)

    hints = Hints(frame_period_s=frame_period_s)
    return readers.read_file(path, name=format_name, hints=hints)


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--format", "format_name", help="Take this reader instead of detecting one."
)
@click.option("--explain", is_flag=True, help="Show how sure each reader is, and why.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per file.")
@click.option(
    "--table",
    "as_table",
    is_flag=True,
    help="One line per file: reader, records, capacity, checks. Takes folders too.",
)
@click.option(
    "--mapping",
    type=click.Path(path_type=Path, dir_okay=False),
    help="JSON or TOML: what the columns of a csv of unknown origin are.",
)
@click.option(
    "--month-first/--day-first",
    "month_first",
    default=None,
    help="What 03/04/2024 means, where the file itself does not tell.",
)
@click.option("--rated-ah", type=_POSITIVE, help="Rated capacity in Ah.")
@click.option(
    "--c-rate",
    type=_POSITIVE,
    default=0.5,
    show_default=True,
    help="Rate the rated capacity refers to, in 1/h.",
)
@click.option("--reference-ah", type=_POSITIVE, help="Ah of a new pack of this model.")
@click.option("--nominal-v", type=_POSITIVE, help="Nominal voltage on the label.")
@click.option("--cells", type=click.IntRange(min=1), help="Cells in series.")
@click.option(
    "--calibrated-on",
    type=click.DateTime(formats=["%Y-%m-%d"]),
    help="Day of the instrument's last calibration.",
)
@click.option(
    "--measured-on",
    type=click.DateTime(formats=["%Y-%m-%d"]),
    help="Day of the measurement, for the calibration.",
)
@click.option("--cutoff-v", type=_POSITIVE, help="Discharge cut-off voltage.")
@click.option("--charge-limit-v", type=_POSITIVE, help="Charge limit voltage.")
@click.option(
    "--frame-period-s",
    type=_POSITIVE,
    help="Seconds between the reports of a log that has no time.",
)
def read(files: tuple[Path, ...], **options: Any) -> None:
    """Read instrument files and show what they say about the battery."""
    # numpy and rich take longer to import than the other commands to run
    from instruments.report import Request, report_files  # noqa: PLC0415  (lazy)

    if not report_files(files, Request(**options)):
        sys.exit(EXIT_UNREADABLE)


for _module in COMMAND_MODULES:
    for _command in _module.COMMANDS:
        main.add_command(_command)

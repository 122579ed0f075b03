"""Options that the station's commands share."""

from importlib.metadata import version
from pathlib import Path

import click

FILE = click.Path(path_type=Path, dir_okay=False)
PROFILE = click.option(
    "--profile", "profile_path", type=FILE, help="The station's profile (TOML)."
)
JSON = click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")


def software() -> str:
    """What made a reading, for ``software_version``."""
    return f"battery-station {version('battery-registry')}"

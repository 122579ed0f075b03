"""Commands that ``battery-station`` gets from this package."""

import click

COMMANDS: tuple[click.Command, ...] = ()

"""A group of commands that are loaded when they are called."""

import importlib
from collections.abc import Mapping
from typing import Any, cast

import click

from battery_registry.cli.failure import FailedError, WrongSettingsError
from battery_registry.cli.words import in_words
from battery_registry.domain import RegistryError
from battery_registry.settings import SettingsError


class CommandTable(click.Group):
    """Finds its commands in a table and puts refusals into one line.

    Args:
        table: Name of a command to ``module:object``.
        settings: What click's own group takes.
    """

    def __init__(self, *, table: Mapping[str, str], **settings: Any) -> None:
        """Remember the table."""
        super().__init__(**settings)
        self._table = table

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the names, in the table's order."""
        del ctx
        return list(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command; None when there is no such name."""
        del ctx
        if cmd_name not in self._table:
            return None
        module, _, name = self._table[cmd_name].partition(":")
        return cast("click.Command", getattr(importlib.import_module(module), name))

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what it refuses becomes one line and an exit code."""
        try:
            return super().invoke(ctx)
        except RegistryError as refusal:
            raise FailedError(in_words(refusal)) from refusal
        except SettingsError as error:
            raise WrongSettingsError(str(error)) from error

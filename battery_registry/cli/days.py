"""A calendar day on the command line."""

from datetime import date

import click


class Day(click.ParamType[date]):
    """Takes ``2026-11-23``."""

    name = "YYYY-MM-DD"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """Read a day."""
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value} is not a day such as 2026-11-23", param, ctx)


DAY = Day()

"""A calendar day on the command line."""

from datetime import date

import click

from battery_registry.wire.fields import is_day


class Day(click.ParamType[date]):
    """Takes ``2026-11-23``."""

    name = "YYYY-MM-DD"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """Read a day."""
        try:
            day = date.fromisoformat(str(value)) if is_day(str(value)) else None
        except ValueError:
            day = None
        if day is None:
            self.fail(f"{value} is not a day such as 2026-11-23", param, ctx)
        return day


DAY = Day()

"""What the overview is asked: a district, a period of months."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from battery_registry.domain.city_time import city_month
from battery_registry.queries.figures import Months
from battery_registry.wire import query
from battery_registry.wire.fields import Text, spelled
from battery_registry.wire.query import Arguments, QuerySchema

_MONTH = r"^[0-9]{4}-(0[1-9]|1[0-2])$"
_MONTHS_OF_A_YEAR = 12


class OverviewSchema(QuerySchema):
    """Which part of the city, and which months; both ends count."""

    district = Text(
        validate=spelled("^[0-9]{6}$"), metadata={"description": "District code."}
    )
    since = Text(
        validate=spelled(_MONTH), metadata={"description": "First month, `2026-01`."}
    )
    until = Text(
        validate=spelled(_MONTH), metadata={"description": "Last month, `2026-11`."}
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """The choices, each of them told or by default."""

    district: str | None
    since: str
    until: str

    @property
    def months(self) -> Months:
        """The period."""
        return Months(since=self.since, until=self.until)

    def address(self) -> Mapping[str, str]:
        """Spell the choices as an address carries them, defaults too."""
        told = {"since": self.since, "until": self.until}
        return {"district": self.district, **told} if self.district else told


def parse(arguments: Arguments, *, now: datetime) -> Asked:
    """Read the choices; without any it is the year that ends with this month.

    Raises:
        RepeatedParameterError: A parameter is given twice.
        InvalidInputError: A parameter is unknown or wrong; each is named.
    """
    told = parse_any(arguments)
    until = told.get("until") or city_month(now)
    return Asked(
        district=told.get("district"),
        since=told.get("since") or _a_year_to(until),
        until=until,
    )


def parse_any(arguments: Arguments) -> Mapping[str, str]:
    """Read the choices that were made, and no others.

    Raises:
        RepeatedParameterError: A parameter is given twice.
        InvalidInputError: A parameter is unknown or wrong; each is named.
    """
    return query.load(OverviewSchema(), arguments)


def _a_year_to(month: str) -> str:
    """Name the first of twelve months that end with this one."""
    year, number = int(month[:4]), int(month[5:])
    if number == _MONTHS_OF_A_YEAR:
        return f"{year:04}-01"
    return f"{max(year - 1, 0):04}-{number + 1:02}"

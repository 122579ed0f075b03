"""How many inspections, by whatever one asks: sums of kept counters."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Final

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from battery_registry.domain import RegistryError
from battery_registry.domain.caller import Scope
from battery_registry.queries import scoping
from battery_registry.store.tables.inspections import counter
from battery_registry.store.tables.parties import station

MAX_ROWS: Final = 10_000


class By(StrEnum):
    """What figures can be split by."""

    DISTRICT = "district"
    MONTH = "month"
    CODE = "code"
    MAKER = "maker"
    STATION = "station"


class TooManyFiguresError(RegistryError):
    """More than 10,000 figures: split by less, or name the months."""

    code: ClassVar[str] = "figures_too_many"


@dataclass(frozen=True, kw_only=True, slots=True)
class Months:
    """The city's months of the tests, ``2026-11``; both ends count."""

    since: str | None = None
    until: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A number of inspections, and what it is the number of.

    A split that was not asked for is None. A maker that is not on the label
    is the empty text.
    """

    inspections: int
    district: str | None = None
    month: str | None = None
    code: str | None = None
    maker: str | None = None
    station: str | None = None


_COLUMNS: Final[dict[By, ColumnElement[Any]]] = {
    By.DISTRICT: counter.c.district_code.label("district"),
    By.MONTH: counter.c.month.label("month"),
    By.CODE: counter.c.code.label("code"),
    By.MAKER: counter.c.maker.label("maker"),
    By.STATION: station.c.code.label("station"),
}


def count(
    session: Session, *, by: tuple[By, ...], months: Months, scope: Scope
) -> tuple[Figure, ...]:
    """Count inspections.

    Args:
        session: Where to read.
        by: What to split by, in the order of the answer; may be empty.
        months: Which months of testing.
        scope: What the reader may see.

    Returns:
        One figure for each combination that occurs, sorted by ``by``; one
        in all, which may be zero, without a split.

    Raises:
        TooManyFiguresError: There would be more than 10,000.
    """
    columns = [_COLUMNS[part] for part in dict.fromkeys(by)]
    total = func.coalesce(func.sum(counter.c.inspections), 0).label("inspections")
    wanted: Select[*tuple[Any, ...]] = select(*columns, total)
    if By.STATION in by:
        wanted = wanted.join(station, station.c.station_id == counter.c.station_id)
    rows = session.execute(
        wanted.where(*_conditions(months, scope))
        .group_by(*columns)
        .order_by(*columns)
        .limit(MAX_ROWS + 1)
    ).mappings()
    figures = tuple(
        Figure(**{**row, "inspections": int(row["inspections"])}) for row in rows
    )
    if len(figures) > MAX_ROWS:
        raise TooManyFiguresError(field="by", most=MAX_ROWS)
    return figures


def _conditions(months: Months, scope: Scope) -> list[ColumnElement[bool]]:
    narrowed = scoping.conditions(
        scope, district=counter.c.district_code, station_id=counter.c.station_id
    )
    if months.since is not None:
        narrowed.append(counter.c.month >= months.since)
    if months.until is not None:
        narrowed.append(counter.c.month <= months.until)
    return narrowed

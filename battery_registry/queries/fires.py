"""Find reports of fires, the batteries they name, and those batteries' siblings."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, Select, func, select, tuple_
from sqlalchemy.orm import Session

from battery_registry.domain.code import PublicCode
from battery_registry.domain.fires import Cause, Certainty, FireUnknownError, Link
from battery_registry.queries import keyset
from battery_registry.queries.keyset import Position
from battery_registry.store.tables.batteries import battery
from battery_registry.store.tables.recalls import fire, fire_battery

PAGE: Final = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class FireRecord:
    """A report of a fire.

    Args:
        fire_id: Its id.
        occurred_at: When it burnt, UTC.
        district_code: Where, if it was said.
        cause: What it is put down to.
        certainty: How sure that is.
        link: By what it is linked to batteries.
        maker: The maker, as the registry knows it or as told.
        model: The model.
        serial: The maker's code, as it was read.
        reference: The authority's own number.
        reported_at: When, UTC.
        reported_by: Code of the organisation.
        batteries: How many registered batteries it names.
    """

    fire_id: UUID
    occurred_at: datetime
    district_code: str | None
    cause: Cause
    certainty: Certainty
    link: Link
    maker: str | None
    model: str | None
    serial: str | None
    reference: str | None
    reported_at: datetime
    reported_by: str
    batteries: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Relative:
    """A battery that a fire names, or one of the same maker and model."""

    public_code: PublicCode
    code: str
    production_date: date | None
    district_code: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FirePage:
    """A page of reports, the newest first."""

    items: tuple[FireRecord, ...]
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Family:
    """A fire with its batteries and a page of their siblings.

    Args:
        fire: The report.
        linked: The batteries that it names.
        sibling_count: Others of the same maker and model.
        red_siblings: How many of these are red now.
        siblings: A page of them, in the order they were registered.
        next_cursor: Cursor of the next page; None on the last one.
    """

    fire: FireRecord
    linked: tuple[Relative, ...]
    sibling_count: int
    red_siblings: int
    siblings: tuple[Relative, ...]
    next_cursor: str | None


_FIRES = select(
    fire,
    select(func.count())
    .select_from(fire_battery)
    .where(fire_battery.c.fire_id == fire.c.fire_id)
    .scalar_subquery()
    .label("batteries"),
)
_RELATIVE = (
    battery.c.battery_id,
    battery.c.public_code,
    battery.c.code,
    battery.c.production_date,
    battery.c.district_code,
    battery.c.registered_at,
)


def find_all(session: Session, *, cursor: str | None = None) -> FirePage:
    """Find a page of reports, the newest first.

    Raises:
        CursorError: The cursor is not one of this list.
    """
    order = (fire.c.reported_at, fire.c.fire_id)
    wanted = _FIRES.order_by(*(column.desc() for column in order))
    if cursor is not None:
        after = keyset.read(cursor)
        wanted = wanted.where(tuple_(*order) < (after.at, after.key))
    rows = session.execute(wanted.limit(PAGE + 1)).all()
    items = tuple(_fire(row) for row in rows[:PAGE])
    if len(rows) <= PAGE:
        return FirePage(items=items, next_cursor=None)
    last = Position(at=items[-1].reported_at, key=items[-1].fire_id)
    return FirePage(items=items, next_cursor=keyset.write(last))


def get_family(session: Session, *, fire_id: UUID, cursor: str | None = None) -> Family:
    """Get a report with its batteries and a page of their siblings.

    Raises:
        FireUnknownError: There is no such report.
        CursorError: The cursor is not one of this list.
    """
    row = session.execute(_FIRES.where(fire.c.fire_id == fire_id)).one_or_none()
    if row is None:
        raise FireUnknownError
    found = _fire(row)
    linked = session.execute(
        select(*_RELATIVE)
        .join(fire_battery, fire_battery.c.battery_id == battery.c.battery_id)
        .where(fire_battery.c.fire_id == fire_id)
        .order_by(battery.c.registered_at, battery.c.battery_id)
    ).all()
    count, red, siblings, following = _siblings(
        session, found, [one.battery_id for one in linked], cursor
    )
    return Family(
        fire=found,
        linked=tuple(_relative(one) for one in linked),
        sibling_count=count,
        red_siblings=red,
        siblings=siblings,
        next_cursor=following,
    )


def _siblings(
    session: Session, found: FireRecord, linked: list[UUID], cursor: str | None
) -> tuple[int, int, tuple[Relative, ...], str | None]:
    if found.maker is None or found.model is None:
        return 0, 0, (), None

    def narrowed(wanted: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
        return wanted.where(
            battery.c.maker == found.maker,
            battery.c.model == found.model,
            battery.c.battery_id.not_in(linked),
        )

    count, red = session.execute(
        narrowed(select(func.count(), func.count().filter(battery.c.code == "red")))
    ).one()
    order = (battery.c.registered_at, battery.c.battery_id)
    wanted = narrowed(select(*_RELATIVE)).order_by(*order).limit(PAGE + 1)
    if cursor is not None:
        after = keyset.read(cursor)
        wanted = wanted.where(tuple_(*order) > (after.at, after.key))
    rows = session.execute(wanted).all()
    following = None
    if len(rows) > PAGE:
        last = rows[PAGE - 1]
        following = keyset.write(Position(at=last.registered_at, key=last.battery_id))
    return count, red, tuple(_relative(row) for row in rows[:PAGE]), following


def _relative(row: Row[*tuple[Any, ...]]) -> Relative:
    return Relative(
        public_code=row.public_code,
        code=row.code,
        production_date=row.production_date,
        district_code=row.district_code,
    )


def _fire(row: Row[*tuple[Any, ...]]) -> FireRecord:
    return FireRecord(
        fire_id=row.fire_id,
        occurred_at=row.occurred_at,
        district_code=row.district_code,
        cause=Cause(row.cause),
        certainty=Certainty(row.certainty),
        link=Link(row.link),
        maker=row.maker,
        model=row.model,
        serial=row.serial,
        reference=row.reference,
        reported_at=row.reported_at,
        reported_by=row.reported_by,
        batteries=row.batteries,
    )

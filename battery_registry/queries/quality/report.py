"""The quality of stations: all of a reader's in one table, one in every detail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from battery_registry.domain import Kind, RegistryError
from battery_registry.domain.caller import Scope
from battery_registry.queries import scoping
from battery_registry.queries.quality import (
    copied,
    doubts,
    instruments,
    readings,
    red_rates,
)
from battery_registry.queries.quality.copied import EqualReadings, SharedRecording
from battery_registry.queries.quality.doubts import Doubt
from battery_registry.queries.quality.instruments import Checked
from battery_registry.queries.quality.period import Period
from battery_registry.queries.quality.readings import Digits
from battery_registry.scoring.quality import funnel
from battery_registry.scoring.quality.copies import Copies
from battery_registry.scoring.quality.drift import Quantity
from battery_registry.scoring.quality.funnel import Funnel, Standing
from battery_registry.store.tables.parties import station

# Finer than this, figures are seldom equal by chance.
_FINE: Mapping[Quantity, int] = {Quantity.CAPACITY_AH: 2, Quantity.RESISTANCE_MOHM: 1}


class StationNotShownError(RegistryError):
    """There is no such station, or it is not the reader's to see."""

    code: ClassVar[str] = "station_not_shown"
    kind: ClassVar[Kind] = Kind.NOT_FOUND


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A station by its code and names."""

    station_id: UUID
    code: str
    name_zh: str
    name_en: str
    district_code: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StationRow:
    """One station among the others.

    Args:
        place: Which.
        standing: In the funnel; None where it gave no colour in the period.
        doubted: Inspections with any finding of plausibility.
        shared_recordings: Recordings that another pack has too: proof.
        unverified: Instruments in use without a check for seven days.
        drifting: Instruments whose checks are out of control.
    """

    place: Place
    standing: Standing | None
    doubted: int
    shared_recordings: int
    unverified: int
    drifting: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Overview:
    """All stations that a reader may see, and the funnel of the whole city."""

    period: Period
    funnel: Funnel
    rows: tuple[StationRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class StationQuality:
    """Everything that is known of how far a station's readings can be believed."""

    place: Place
    period: Period
    funnel: Funnel
    standing: Standing | None
    doubts: tuple[Doubt, ...]
    digits: Mapping[Quantity, Digits]
    equal: Copies
    equal_readings: tuple[EqualReadings, ...]
    shared_recordings: tuple[SharedRecording, ...]
    instruments: tuple[Checked, ...]


def find_all(
    session: Session, *, scope: Scope, period: Period, now: datetime
) -> Overview:
    """Find how all stations stand that a reader may see, by code."""
    places = _places(session, scope)
    judged = funnel.judge(red_rates.count(session, period=period))
    doubted = doubts.count_by_station(session, period=period)
    shared = copied.count_shared(session, period=period)
    checked: dict[str, list[Checked]] = {}
    for one in instruments.find(
        session,
        station_ids=[place.station_id for place in places],
        period=period,
        now=now,
    ):
        checked.setdefault(one.station_code, []).append(one)
    return Overview(
        period=period,
        funnel=judged,
        rows=tuple(
            StationRow(
                place=place,
                standing=judged.standings.get(place.code),
                doubted=doubted.get(place.code, 0),
                shared_recordings=shared.get(place.code, 0),
                unverified=sum(one.unverified for one in checked.get(place.code, ())),
                drifting=sum(one.out_of_control for one in checked.get(place.code, ())),
            )
            for place in places
        ),
    )


def get(
    session: Session, *, station_code: str, scope: Scope, period: Period, now: datetime
) -> StationQuality:
    """Get one station's quality.

    Raises:
        StationNotShownError: There is no such station within the scope.
    """
    place = _place(session, station_code, scope)
    judged = funnel.judge(red_rates.count(session, period=period))
    station_id = place.station_id
    digits = {
        quantity: readings.find(
            session, quantity=quantity, station_id=station_id, period=period
        )
        for quantity in readings.COLUMNS
    }
    return StationQuality(
        place=place,
        period=period,
        funnel=judged,
        standing=judged.standings.get(place.code),
        doubts=doubts.count(session, station_id=station_id, period=period),
        digits=digits,
        equal=copied.count_equal(
            session, fine=_are_fine(digits), station_id=station_id, period=period
        ),
        equal_readings=copied.list_equal(session, station_id=station_id, period=period),
        shared_recordings=copied.list_shared(
            session, station_id=station_id, period=period
        ),
        instruments=instruments.find(
            session, station_ids=[station_id], period=period, now=now
        ),
    )


def _are_fine(digits: Mapping[Quantity, Digits]) -> bool:
    """Whether every instrument of a station tells fine readings."""
    return all(
        one.decimals >= least
        for quantity, least in _FINE.items()
        for one in digits[quantity].fineness.values()
    )


_PLACES = select(
    station.c.station_id,
    station.c.code,
    station.c.name_zh,
    station.c.name_en,
    station.c.district_code,
)


def _places(session: Session, scope: Scope) -> tuple[Place, ...]:
    rows = session.execute(_PLACES.where(*_narrowed(scope)).order_by(station.c.code))
    return tuple(Place(**row) for row in rows.mappings())


def _place(session: Session, code: str, scope: Scope) -> Place:
    wanted = _PLACES.where(*_narrowed(scope)).where(station.c.code == code)
    row = session.execute(wanted).mappings().one_or_none()
    if row is None:
        raise StationNotShownError(field="station", station=code)
    return Place(**row)


def _narrowed(scope: Scope) -> list[ColumnElement[bool]]:
    return scoping.conditions(
        scope, district=station.c.district_code, station_id=station.c.station_id
    )

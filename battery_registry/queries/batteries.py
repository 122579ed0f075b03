"""Find batteries: by a label, by what their makers wrote on them, by a plate."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, bindparam, select
from sqlalchemy.orm import Session

from battery_registry.domain.caller import EVERYTHING, Scope
from battery_registry.domain.city_time import city_date
from battery_registry.domain.code import PublicCode
from battery_registry.domain.custody import State
from battery_registry.domain.sale import SaleAnswer, answer_for_sale
from battery_registry.queries import scoping, score_today, sites
from battery_registry.queries.score_today import ScoreToday
from battery_registry.queries.sites import Site
from battery_registry.scoring.evaluation import Code
from battery_registry.store import standing as sale
from battery_registry.store.direct import Named
from battery_registry.store.tables.batteries import (
    battery,
    battery_vehicle,
    label,
    maker_code,
    vehicle,
)
from battery_registry.store.tables.inspections import evaluation, inspection
from battery_registry.store.tables.parties import district, station
from battery_registry.store.vault import Vault

MAX_FOUND: Final = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class BatteryRecord:
    """A battery as it stands, without personal data.

    Args:
        battery_id: The registry's id.
        public_code: The code on its label, without hyphens.
        unit_kind: ``pack``, ``module`` or ``cell``.
        chemistry: As on the wire.
        maker: The maker as on the label.
        model: The model as on the label.
        pack_code: The maker's code as first registered; not for public pages.
        label_nominal_voltage_v: As on the label, volt.
        label_rated_capacity_ah: As on the label, ampere-hours.
        production_date: The day it was made.
        district_code: Where it was registered.
        code: The code in force.
        tested_at: When the test behind that code was made, UTC.
        score: Risk score, 0 to 100 points; None without a colour.
        next_due: The last day on which a green or yellow code is fresh.
        is_fresh: Whether it is, today.
        verdict: The evaluation behind the code, as ``scoring.record`` spells
            it.
        score_today: The last rescore's verdict; it never changes the code.
        tested_by: The station of that test.
        case_state: State of its newest case, None without one.
        sale: Whether it may be sold, and why not.
        recalled_at: When it was recalled.
        lost_reported_at: When it was reported lost or stolen.
        registered_at: When it was first inspected, UTC.
    """

    battery_id: UUID
    public_code: PublicCode
    unit_kind: str
    chemistry: str
    maker: str | None
    model: str | None
    pack_code: str | None
    label_nominal_voltage_v: float | None
    label_rated_capacity_ah: float | None
    production_date: date | None
    district_code: str
    code: Code
    tested_at: datetime
    score: float | None
    next_due: date | None
    is_fresh: bool
    verdict: Mapping[str, Any]
    score_today: ScoreToday | None
    tested_by: Site
    case_state: State | None
    sale: SaleAnswer
    recalled_at: datetime | None
    lost_reported_at: datetime | None
    registered_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Labelled:
    """A label, and the battery it is on.

    Args:
        code: The code on the label that was scanned.
        replaced_by: The code of the label that replaced it.
        battery: The battery; None while the label is blank.
    """

    code: PublicCode
    replaced_by: PublicCode | None
    battery: BatteryRecord | None


_BATTERIES = (
    select(
        *sale.STANDING_COLUMNS,
        battery.c.battery_id,
        battery.c.public_code,
        battery.c.unit_kind,
        battery.c.chemistry,
        battery.c.maker,
        battery.c.model,
        battery.c.pack_code,
        battery.c.label_nominal_voltage_v,
        battery.c.label_rated_capacity_ah,
        battery.c.production_date,
        battery.c.district_code,
        battery.c.code_tested_at,
        battery.c.score_tenths,
        battery.c.registered_at,
        evaluation.c.record,
        *score_today.COLUMNS,
        *sites.COLUMNS,
    )
    .join(
        evaluation,
        (evaluation.c.battery_id == battery.c.battery_id)
        & (evaluation.c.inspection_id == battery.c.code_inspection_id)
        & evaluation.c.is_legal,
    )
    .join(
        inspection,
        (inspection.c.battery_id == battery.c.battery_id)
        & (inspection.c.inspection_id == battery.c.code_inspection_id),
    )
    .join(station, station.c.station_id == inspection.c.station_id)
    .join(district, district.c.district_code == station.c.district_code)
    .outerjoin(score_today.TABLE, score_today.OF_BATTERY)
)


def find_public(
    session: Session, *, code: PublicCode, now: datetime
) -> Labelled | None:
    """Find what the label's page is made of; a replaced label still leads there.

    Args:
        session: Where to read.
        code: A parsed public code.
        now: The time of the question, aware.

    Returns:
        None when no such label was ever made. Of the battery a public page
        shows the verdict and what to do, never its figures.
    """
    return find(session, code=code, scope=Scope(), now=now)


def find(
    session: Session, *, code: PublicCode, scope: Scope, now: datetime
) -> Labelled | None:
    """Find a battery by any label it ever had.

    Returns:
        None when there is no such label, or its battery is not the reader's.
    """
    labels = _LABEL.run(session, of_code=code)
    if not labels:
        return None
    bound = labels[0]
    if bound.battery_id is None:
        return Labelled(code=code, replaced_by=None, battery=None)
    rows = _read(session, bound.battery_id, scope)
    if not rows:
        return None
    return Labelled(
        code=code,
        replaced_by=bound.replaced_by,
        battery=_battery(rows[0], now),
    )


def _read(session: Session, battery_id: UUID, scope: Scope) -> Sequence[Any]:
    if scope == EVERYTHING:
        return _BATTERY.run(session, of_battery=battery_id)
    mine = _BATTERIES.where(battery.c.battery_id == battery_id)
    return session.execute(scoping.to_judged_there(mine, scope)).all()


_LABEL = Named(
    select(label.c.battery_id, label.c.replaced_by).where(
        label.c.code == bindparam("of_code")
    )
)
_BATTERY = Named(_BATTERIES.where(battery.c.battery_id == bindparam("of_battery")))


def find_by_serial(
    session: Session, *, serial: str, scope: Scope, now: datetime
) -> tuple[BatteryRecord, ...]:
    """Find batteries by a maker's code, present or prior, exactly as registered.

    Two makers may use one number, so there can be several; at most 50.

    Args:
        session: Where to read.
        serial: As typed; width, case and blanks do not count.
        scope: What the reader may see.
        now: The time of the question, aware.
    """
    plain = "".join(unicodedata.normalize("NFKC", serial).upper().split())
    carrying = select(maker_code.c.battery_id).where(maker_code.c.value == plain)
    return _all(session, battery.c.battery_id.in_(carrying), scope=scope, now=now)


def find_by_plate(
    session: Session, *, plate: str, vault: Vault, scope: Scope, now: datetime
) -> tuple[BatteryRecord, ...]:
    """Find the batteries of a vehicle by the keyed hash of its plate; at most 50.

    Args:
        session: Where to read.
        plate: As typed; width, case, blanks and hyphens do not count.
        vault: Hashes the plate.
        scope: What the reader may see.
        now: The time of the question, aware.
    """
    carried = (
        select(battery_vehicle.c.battery_id)
        .join(vehicle, vehicle.c.vehicle_id == battery_vehicle.c.vehicle_id)
        .where(vehicle.c.plate_lookup == vault.lookup("plate", plate))
    )
    return _all(session, battery.c.battery_id.in_(carried), scope=scope, now=now)


def _all(
    session: Session, condition: ColumnElement[bool], *, scope: Scope, now: datetime
) -> tuple[BatteryRecord, ...]:
    wanted = scoping.to_judged_there(_BATTERIES.where(condition), scope)
    rows = session.execute(
        wanted.order_by(battery.c.battery_id.desc()).limit(MAX_FOUND)
    )
    return tuple(_battery(row, now) for row in rows)


def _battery(row: Row[*tuple[Any, ...]], now: datetime) -> BatteryRecord:
    standing, today = sale.standing(row, record=row.record), city_date(now)
    return BatteryRecord(
        battery_id=row.battery_id,
        public_code=row.public_code,
        unit_kind=row.unit_kind,
        chemistry=row.chemistry,
        maker=row.maker,
        model=row.model,
        pack_code=row.pack_code,
        label_nominal_voltage_v=row.label_nominal_voltage_v,
        label_rated_capacity_ah=row.label_rated_capacity_ah,
        production_date=row.production_date,
        district_code=row.district_code,
        code=Code(row.code),
        tested_at=row.code_tested_at,
        score=None if row.score_tenths is None else row.score_tenths / 10,
        next_due=row.next_due,
        is_fresh=row.next_due is not None and today <= row.next_due,
        verdict=_verdict(row),
        score_today=score_today.of_row(row),
        tested_by=sites.site(row),
        case_state=standing.case_state,
        sale=answer_for_sale(standing, on=today),
        recalled_at=row.recalled_at,
        lost_reported_at=row.lost_reported_at,
        registered_at=row.registered_at,
    )


def _verdict(row: Row[*tuple[Any, ...]]) -> Mapping[str, Any]:
    """The verdict behind the code; of a red that an appeal has lifted, no rules."""
    record: Mapping[str, Any] = row.record
    is_lifted = record["code"] == Code.RED and row.code != Code.RED
    return {**record, "fired": [], "duties": []} if is_lifted else record

"""Keep the report of a fire, and link it to the batteries it names."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, insert, select
from sqlalchemy.orm import Session

from battery_registry.domain.caller import Caller
from battery_registry.domain.code import PublicCode
from battery_registry.domain.custody import CLOCK_TOLERANCE
from battery_registry.domain.fires import (
    Cause,
    Certainty,
    FireBatteryError,
    FireTimeError,
    Link,
)
from battery_registry.domain.ledger import LeafKind
from battery_registry.domain.recalls import plain_name
from battery_registry.services import ledger, notices
from battery_registry.services.enrolment import UnknownDistrictError
from battery_registry.services.notices import Topic
from battery_registry.store.ids import new_id
from battery_registry.store.tables.batteries import battery, label, maker_code
from battery_registry.store.tables.parties import district
from battery_registry.store.tables.recalls import fire, fire_battery
from battery_registry.store.writes import Writes


@dataclass(frozen=True, kw_only=True, slots=True)
class ToldFire:
    """A fire as it is reported.

    Args:
        occurred_at: When it burnt, aware.
        cause: What it is put down to.
        certainty: How sure that is.
        link: By what it is linked to batteries.
        public_code: The battery's label.
        serial: The maker's code, as it was read.
        maker: The maker's name.
        model: The model.
        district_code: Where it burnt; no address.
        reference: The authority's own number of the report.
    """

    occurred_at: datetime
    cause: Cause
    certainty: Certainty
    link: Link
    public_code: PublicCode | None = None
    serial: str | None = None
    maker: str | None = None
    model: str | None = None
    district_code: str | None = None
    reference: str | None = None


def report(session: Session, *, told: ToldFire, caller: Caller, now: datetime) -> UUID:
    """Keep a report; a leaf and a notice for each battery it is linked to.

    Args:
        session: The transaction.
        told: The fire.
        caller: Who reports it.
        now: The time of the request, aware.

    Returns:
        The report's id.

    Raises:
        FireTimeError: The fire lies in the future.
        UnknownDistrictError: The city has no such district.
        FireBatteryError: No battery has the label.
    """
    if told.occurred_at > now + CLOCK_TOLERANCE:
        raise FireTimeError(field="occurred_at")
    _check_district(session, told.district_code)
    linked = _linked(session, told)
    if told.link is Link.CODE and not linked:
        raise FireBatteryError(field="code")
    one = linked[0] if len(linked) == 1 else None
    fire_id = new_id(now)
    session.execute(
        insert(fire).values(
            fire_id=fire_id,
            occurred_at=told.occurred_at,
            district_code=told.district_code,
            cause=told.cause.value,
            certainty=told.certainty.value,
            link=told.link.value,
            # What the registry knows better than a burnt label says.
            maker=one.maker if one else told.maker,
            model=one.model if one else told.model,
            serial=told.serial,
            reference=told.reference,
            reported_at=now,
            reported_by=caller.organisation_code,
            reported_actor=caller.actor,
        )
    )
    _tell(session, fire_id, told, linked, now)
    return fire_id


def _check_district(session: Session, code: str | None) -> None:
    if code is None:
        return
    known = select(district.c.district_code).where(district.c.district_code == code)
    if session.scalar(known) is None:
        raise UnknownDistrictError(field="district")


def _linked(session: Session, told: ToldFire) -> list[Row[*tuple[Any, ...]]]:
    wanted = select(
        battery.c.battery_id, battery.c.public_code, battery.c.maker, battery.c.model
    )
    if told.public_code is not None:
        return list(session.execute(_by_label(wanted, told.public_code)))
    if told.serial is None:
        return []
    value = "".join(told.serial.upper().split())
    by_serial = wanted.where(
        battery.c.battery_id.in_(
            select(maker_code.c.battery_id).where(maker_code.c.value == value)
        )
    )
    found = session.execute(by_serial.order_by(battery.c.battery_id))
    return [row for row in found if _is_maker(row.maker, told.maker)]


def _by_label(wanted: Select[Any], public_code: PublicCode) -> Select[Any]:
    return wanted.join(label, label.c.battery_id == battery.c.battery_id).where(
        label.c.code == public_code
    )


def _is_maker(known: str | None, told: str | None) -> bool:
    if told is None or known is None:
        return True
    return plain_name(known) == plain_name(told)


def _tell(
    session: Session,
    fire_id: UUID,
    told: ToldFire,
    linked: list[Row[*tuple[Any, ...]]],
    now: datetime,
) -> None:
    writes = Writes()
    content = {
        "fire_id": str(fire_id),
        "occurred_at": told.occurred_at.isoformat(),
        "cause": told.cause.value,
        "certainty": told.certainty.value,
        "link": told.link.value,
        "district_code": told.district_code,
    }
    for row in linked:
        writes.add(fire_battery, battery_id=row.battery_id, fire_id=fire_id)
        ledger.seal(
            writes,
            kind=LeafKind.FIRE,
            battery_id=row.battery_id,
            subject_id=fire_id,
            content=content,
            now=now,
        )
    subjects: list[Row[*tuple[Any, ...]] | None] = [*linked] or [None]
    for named in subjects:
        notices.tell(
            writes,
            topic=Topic.FIRE_REPORTED,
            battery_id=named.battery_id if named else None,
            payload={**content, "code": named.public_code if named else None},
            now=now,
        )
    writes.flush(session)

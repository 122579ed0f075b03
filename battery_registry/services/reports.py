"""Take in what residents report, settle it, and forget who told."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from battery_registry.domain.caller import Caller, Scope
from battery_registry.domain.registration import LabelUnknownError
from battery_registry.domain.reports import (
    FORGOTTEN_AFTER,
    MOST_A_DAY,
    Report,
    ReportUnknownError,
    TooManyReportsError,
)
from battery_registry.services import notices
from battery_registry.services.notices import Topic
from battery_registry.store.ids import new_id
from battery_registry.store.tables.batteries import battery, label
from battery_registry.store.tables.reports import resident_report
from battery_registry.store.vault import Vault
from battery_registry.store.writes import Writes

_DAY = timedelta(days=1)


def file_report(
    session: Session, *, report: Report, vault: Vault, now: datetime
) -> UUID:
    """Keep what a resident tells, and tell the regulator that there is something.

    The notice carries no word of the resident's: it may name people.

    Args:
        session: The caller's transaction.
        report: What was told.
        vault: Seals what may name a person.
        now: The time of the request, aware.

    Returns:
        The report's id.

    Raises:
        LabelUnknownError: No label has the code.
        TooManyReportsError: Of this battery too much was told within a day.
    """
    battery_id, district_code = _place(session, report)
    _check_flood(session, report, now)
    report_id = new_id(now)
    session.execute(
        insert(resident_report).values(
            report_id=report_id,
            kind=report.kind.value,
            public_code=report.public_code,
            district_code=district_code,
            note_encrypted=vault.seal(report.note),
            contact_encrypted=vault.seal(report.contact) if report.contact else None,
            reported_at=now,
        )
    )
    told: dict[str, object] = {"report_id": str(report_id), "district": district_code}
    told |= {"kind": report.kind.value, "code": report.public_code}
    writes = Writes()
    notices.tell(
        writes,
        topic=Topic.RESIDENT_REPORTED,
        battery_id=battery_id,
        payload=told,
        now=now,
    )
    writes.flush(session)
    return report_id


def _place(session: Session, report: Report) -> tuple[UUID | None, str | None]:
    """Find the battery that is meant, and the district it is of."""
    if report.public_code is None:
        return None, report.district_code
    found = session.execute(
        select(label.c.battery_id, battery.c.district_code)
        .outerjoin(battery, battery.c.battery_id == label.c.battery_id)
        .where(label.c.code == report.public_code)
    ).one_or_none()
    if found is None:
        raise LabelUnknownError(field="code")
    return found.battery_id, found.district_code or report.district_code


def _check_flood(session: Session, report: Report, now: datetime) -> None:
    if report.public_code is None:
        return
    count = session.scalar(
        select(func.count())
        .select_from(resident_report)
        .where(
            resident_report.c.public_code == report.public_code,
            resident_report.c.reported_at > now - _DAY,
        )
    )
    if (count or 0) >= MOST_A_DAY:
        raise TooManyReportsError


def settle(
    session: Session, *, report_id: UUID, caller: Caller, scope: Scope, now: datetime
) -> None:
    """Mark a report as looked after; settling it twice is once.

    Raises:
        ReportUnknownError: There is none, or it is another district's.
    """
    found = session.execute(
        select(resident_report.c.settled_at, resident_report.c.district_code).where(
            resident_report.c.report_id == report_id
        )
    ).one_or_none()
    mine = (None, scope.district_code)
    if found is None or (scope.district_code and found.district_code not in mine):
        raise ReportUnknownError
    session.execute(
        update(resident_report)
        .where(
            resident_report.c.report_id == report_id,
            resident_report.c.settled_at.is_(None),
        )
        .values(settled_at=now, settled_by=caller.organisation_code)
    )


def forget(session: Session, *, now: datetime) -> int:
    """Erase note and contact of what was settled long ago; gives how many."""
    gone = (
        update(resident_report)
        .where(
            resident_report.c.settled_at < now - FORGOTTEN_AFTER,
            resident_report.c.note_encrypted.is_not(None),
        )
        .values(note_encrypted=None, contact_encrypted=None)
    )
    return len(session.execute(gone.returning(resident_report.c.report_id)).all())

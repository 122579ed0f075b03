"""List what residents reported, newest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, or_, select, tuple_
from sqlalchemy.orm import Session

from battery_registry.domain.reports import ReportKind
from battery_registry.queries import keyset
from battery_registry.queries.keyset import Position
from battery_registry.store.tables.parties import district
from battery_registry.store.tables.reports import resident_report
from battery_registry.store.vault import Vault

PAGE: Final = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class ToldReport:
    """What a resident reported.

    Args:
        report_id: Its id.
        kind: What it is about.
        public_code: The battery's code, if it was told.
        district_zh: The district in Chinese, if it is known.
        district_en: The same in English.
        note: What was seen; None once it is forgotten.
        contact: How to reach the resident, if they told.
        reported_at: When, UTC.
        settled_at: When somebody looked after it.
        settled_by: The organisation that did.
    """

    report_id: UUID
    kind: ReportKind
    public_code: str | None
    district_zh: str | None
    district_en: str | None
    note: str | None
    contact: str | None
    reported_at: datetime
    settled_at: datetime | None
    settled_by: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportPage:
    """Some reports, and the cursor of the next page, if any."""

    items: tuple[ToldReport, ...]
    next_cursor: str | None


def find(
    session: Session,
    *,
    vault: Vault,
    is_open: bool,
    district_code: str | None = None,
    cursor: str | None = None,
) -> ReportPage:
    """Find a page of reports, newest first.

    Args:
        session: Where to read.
        vault: Reads what is sealed.
        is_open: Those nobody has settled, or the others.
        district_code: The reader's district, who also sees those without one.
        cursor: Where the page before ended.

    Raises:
        CursorError: The cursor is not one of this list.
    """
    settled = resident_report.c.settled_at
    wanted = (
        select(resident_report, district.c.name_zh, district.c.name_en)
        .outerjoin(
            district, district.c.district_code == resident_report.c.district_code
        )
        .where(settled.is_(None) if is_open else settled.is_not(None))
        .order_by(
            resident_report.c.reported_at.desc(), resident_report.c.report_id.desc()
        )
        .limit(PAGE + 1)
    )
    if district_code is not None:
        its = resident_report.c.district_code
        wanted = wanted.where(or_(its == district_code, its.is_(None)))
    if cursor is not None:
        after = keyset.read(cursor)
        wanted = wanted.where(
            tuple_(resident_report.c.reported_at, resident_report.c.report_id)
            < (after.at, after.key)
        )
    rows = session.execute(wanted).all()
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return ReportPage(
        items=tuple(_told(row, vault) for row in rows[:PAGE]),
        next_cursor=keyset.write(Position(at=last.reported_at, key=last.report_id))
        if last
        else None,
    )


def _told(row: Row[*tuple[Any, ...]], vault: Vault) -> ToldReport:
    return ToldReport(
        report_id=row.report_id,
        kind=ReportKind(row.kind),
        public_code=row.public_code,
        district_zh=row.name_zh,
        district_en=row.name_en,
        note=_unsealed(vault, row.note_encrypted),
        contact=_unsealed(vault, row.contact_encrypted),
        reported_at=row.reported_at,
        settled_at=row.settled_at,
        settled_by=row.settled_by,
    )


def _unsealed(vault: Vault, sealed: bytes | None) -> str | None:
    return None if sealed is None else vault.unseal(sealed)

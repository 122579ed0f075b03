"""Open a retest: from then on an independent green inspection ends the red."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from battery_registry.domain.caller import Caller
from battery_registry.domain.code import PublicCode
from battery_registry.domain.custody import Case
from battery_registry.domain.custody_clearing import check_clearable
from battery_registry.domain.ledger import LeafKind
from battery_registry.domain.retests import (
    RetestOpenError,
    RetestState,
    greens_needed,
)
from battery_registry.services import ledger
from battery_registry.services.custody import NoCaseError
from battery_registry.store import custody as kept
from battery_registry.store import retests as found_retests
from battery_registry.store.ids import new_id
from battery_registry.store.tables.appeals import retest
from battery_registry.store.writes import Writes


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenedRetest:
    """A retest as it was opened.

    Args:
        retest_id: Its id.
        public_code: The battery's label.
        greens_needed: How many independent greens end the red.
        opened_at: When, aware.
        due_at: Until when they must be tested, aware.
    """

    retest_id: UUID
    public_code: PublicCode
    greens_needed: int
    opened_at: datetime
    due_at: datetime


def open_retest(
    session: Session,
    *,
    public_code: PublicCode,
    caller: Caller,
    days: int,
    now: datetime,
) -> OpenedRetest:
    """Open a retest of a red battery.

    Args:
        session: The transaction.
        public_code: The battery's label.
        caller: Who asks for it.
        days: How long the tests may take.
        now: The time of the request, aware.

    Raises:
        NoCaseError: There is no such label, or no case of its battery.
        CaseClosedError: The case is destroyed or cleared.
        NotClearableError: The battery is missing or taken apart.
        RetestOpenError: One is open already.
    """
    found = kept.lock_case(session, public_code=public_code)
    if found is None:
        raise NoCaseError
    case, row = found
    check_clearable(case.state)
    _end_stale(session, case, now=now)
    opened = OpenedRetest(
        retest_id=new_id(now),
        public_code=public_code,
        greens_needed=greens_needed(
            found_retests.find_inputs_of_first_red(
                session, battery_id=case.battery_id, inspection_id=row.opened_by
            )
        ),
        opened_at=now,
        due_at=now + timedelta(days=days),
    )
    _write(session, case, opened, caller=caller, now=now)
    return opened


def end_open(
    session: Session, *, battery_id: UUID, state: RetestState, now: datetime
) -> None:
    """End the open retest of a battery, if there is one."""
    session.execute(
        update(retest)
        .where(retest.c.battery_id == battery_id)
        .where(retest.c.state == RetestState.OPEN.value)
        .values(state=state.value, closed_at=now)
    )


def _end_stale(session: Session, case: Case, *, now: datetime) -> None:
    before = session.execute(
        select(retest.c.retest_id, retest.c.case_id, retest.c.due_at)
        .where(retest.c.battery_id == case.battery_id)
        .where(retest.c.state == RetestState.OPEN.value)
    ).one_or_none()
    if before is None:
        return
    if before.case_id == case.case_id and before.due_at >= now:
        raise RetestOpenError(
            field="code",
            extra={
                "retest_id": str(before.retest_id),
                "due_at": before.due_at.isoformat(),
            },
        )
    end_open(session, battery_id=case.battery_id, state=RetestState.LAPSED, now=now)


def _write(
    session: Session,
    case: Case,
    opened: OpenedRetest,
    *,
    caller: Caller,
    now: datetime,
) -> None:
    session.execute(
        insert(retest).values(
            battery_id=case.battery_id,
            retest_id=opened.retest_id,
            case_id=case.case_id,
            state=RetestState.OPEN.value,
            greens_needed=opened.greens_needed,
            opened_at=now,
            opened_by=caller.organisation_code,
            opened_actor=caller.actor,
            due_at=opened.due_at,
        )
    )
    writes = Writes()
    ledger.seal(
        writes,
        kind=LeafKind.RETEST,
        battery_id=case.battery_id,
        subject_id=opened.retest_id,
        content={
            "retest_id": str(opened.retest_id),
            "case_id": str(case.case_id),
            "greens_needed": opened.greens_needed,
            "opened_by": caller.organisation_code,
            "due_at": opened.due_at.isoformat(),
        },
        now=now,
    )
    writes.flush(session)

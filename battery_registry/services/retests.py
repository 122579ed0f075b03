"""Open a retest: from then on an independent green inspection ends the red."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from battery_registry.domain.caller import Caller
from battery_registry.domain.code import PublicCode
from battery_registry.domain.custody import Case
from battery_registry.domain.custody_clearing import check_clearable
from battery_registry.domain.holds import Question
from battery_registry.domain.ledger import LeafKind
from battery_registry.domain.retests import (
    RetestOpenError,
    RetestState,
    greens_needed,
)
from battery_registry.services import reviewing
from battery_registry.services.custody import NoCaseError
from battery_registry.store import custody as kept
from battery_registry.store import holds
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
    writes = Writes()
    _end_stale(session, writes, case, public_code=row.public_code, now=now)
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
    _write(session, writes, case, opened, caller=caller, now=now)
    writes.flush(session)
    return opened


def end_open(
    session: Session,
    writes: Writes,
    *,
    battery_id: UUID,
    public_code: str,
    state: RetestState,
    now: datetime,
) -> None:
    """End the open retest of a battery, if there is one: a leaf and a notice.

    Args:
        session: The transaction, which holds the case.
        writes: What the use case writes.
        battery_id: The battery.
        public_code: Its label.
        state: How it ended.
        now: The time of the request, aware.
    """
    ended = session.execute(
        update(retest)
        .where(retest.c.battery_id == battery_id)
        .where(retest.c.state == RetestState.OPEN.value)
        .values(state=state.value, closed_at=now)
        .returning(retest.c.retest_id, retest.c.case_id)
    ).one_or_none()
    if ended is not None:
        reviewing.write(
            writes,
            kind=LeafKind.RETEST,
            battery_id=battery_id,
            subject_id=ended.retest_id,
            public_code=public_code,
            told={"case_id": str(ended.case_id), "state": state.value},
            now=now,
        )


def _end_stale(
    session: Session, writes: Writes, case: Case, *, public_code: str, now: datetime
) -> None:
    """End one whose deadline is past; refuse where one can still be passed."""
    for hold in holds.find(session, battery_id=case.battery_id):
        if hold.question is Question.RETEST and hold.holds(now):
            raise RetestOpenError(
                field="code",
                extra={
                    "retest_id": str(hold.subject_id),
                    "due_at": hold.due_at.isoformat(),
                },
            )
    end_open(
        session,
        writes,
        battery_id=case.battery_id,
        public_code=public_code,
        state=RetestState.LAPSED,
        now=now,
    )


def _write(
    session: Session,
    writes: Writes,
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
    reviewing.write(
        writes,
        kind=LeafKind.RETEST,
        battery_id=case.battery_id,
        subject_id=opened.retest_id,
        public_code=opened.public_code,
        told={
            "case_id": str(case.case_id),
            "state": RetestState.OPEN.value,
            "greens_needed": opened.greens_needed,
            "by": caller.organisation_code,
            "due_at": opened.due_at.isoformat(),
        },
        now=now,
    )

"""File an appeal against a red, and decide it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from battery_registry.domain.appeals import (
    AppealDecidedError,
    AppealOpenError,
    AppealState,
    AppealUnknownError,
    check_decider,
)
from battery_registry.domain.caller import Caller
from battery_registry.domain.code import PublicCode
from battery_registry.domain.custody import Case, State
from battery_registry.domain.custody_clearing import check_clearable
from battery_registry.domain.holds import Question
from battery_registry.domain.ledger import LeafKind
from battery_registry.domain.retests import RetestState
from battery_registry.scoring.ruleset import RuleSet
from battery_registry.services import clearing, corrections, retests, reviewing
from battery_registry.services.custody import NoCaseError
from battery_registry.store import custody as kept
from battery_registry.store import holds
from battery_registry.store.appeals import find_inspected
from battery_registry.store.ids import new_id
from battery_registry.store.tables.appeals import appeal
from battery_registry.store.tables.batteries import battery
from battery_registry.store.writes import Writes


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """What a regulator decides of an appeal.

    Args:
        appeal_id: The appeal.
        is_upheld: The red was wrong.
        note: Why; without personal data.
    """

    appeal_id: UUID
    is_upheld: bool
    note: str


def file_appeal(
    session: Session,
    *,
    public_code: PublicCode,
    grounds: str,
    caller: Caller,
    days: int,
    now: datetime,
) -> UUID:
    """File an appeal against the red of a battery; its id.

    Args:
        session: The transaction.
        public_code: The battery's label.
        grounds: Why the red is wrong; without personal data.
        caller: Who files it, for themselves or on a resident's behalf.
        days: How long the decision may take.
        now: The time of the request, aware.

    Raises:
        NoCaseError: There is no such label, or no case of its battery.
        CaseClosedError: The case is destroyed or cleared.
        NotClearableError: The battery is taken apart.
        AppealOpenError: One is open already.
    """
    found = kept.lock_case(session, public_code=public_code)
    if found is None:
        raise NoCaseError
    case, row = found
    # A missing one may be found yet; one that is taken apart comes back no more.
    if case.state is not State.MISSING:
        check_clearable(case.state)
    _check_none_open(session, case)
    appeal_id, due_at = new_id(now), now + timedelta(days=days)
    filed = {
        "battery_id": case.battery_id,
        "appeal_id": appeal_id,
        "case_id": case.case_id,
        "state": AppealState.OPEN.value,
        "grounds": grounds,
        "filed_at": now,
        "filed_by": caller.organisation_code,
        "filed_actor": caller.actor,
        "due_at": due_at,
    }
    session.execute(insert(appeal).values(filed))
    writes = Writes()
    told = {"state": AppealState.OPEN.value, "due_at": due_at.isoformat()}
    _note(writes, row, appeal_id, told, {"grounds": grounds}, caller, now)
    writes.flush(session)
    return appeal_id


def decide(
    session: Session,
    *,
    decision: Decision,
    caller: Caller,
    ruleset: RuleSet,
    now: datetime,
) -> None:
    """Decide an appeal: upheld, the case is cleared and the red declared wrong.

    Args:
        session: The transaction.
        decision: What is decided, and why.
        caller: The regulator who decides.
        ruleset: The rule set in force.
        now: The time of the request, aware.

    Raises:
        AppealUnknownError: There is no such appeal in the caller's district.
        AppealDecidedError: It is open no more.
        NotIndependentError: The caller or their organisation inspected it, or the
            caller filed it.
        CaseClosedError: Upheld, but the battery is destroyed.
        NotClearableError: Upheld, but the battery is missing or taken apart.
    """
    asked, case, row = _get_locked(session, decision.appeal_id, caller)
    _check_independent(session, asked, caller)
    writes = Writes()
    state = AppealState.UPHELD if decision.is_upheld else AppealState.REJECTED
    _close(session, asked, state=state, decision=decision, caller=caller, now=now)
    told = {"state": state.value}
    _note(writes, row, asked.appeal_id, told, {"note": decision.note}, caller, now)
    if decision.is_upheld:
        _uphold(
            session,
            writes,
            case=case,
            row=row,
            appeal_id=decision.appeal_id,
            caller=caller,
            ruleset=ruleset,
            now=now,
        )
    writes.flush(session)


def _uphold(
    session: Session,
    writes: Writes,
    *,
    case: Case,
    row: Row[Any],
    appeal_id: UUID,
    caller: Caller,
    ruleset: RuleSet,
    now: datetime,
) -> None:
    """Clear the case, declare its red wrong, and end a retest that is needless."""
    event = clearing.clear(
        session,
        writes,
        case=case,
        row=row,
        actor_role=caller.role,
        actor_organisation_code=caller.organisation_code,
        evidence={"appeal_id": str(appeal_id)},
        now=now,
    )
    corrections.declare_red_wrong(
        session,
        writes,
        case=case,
        appeal_id=appeal_id,
        corrective_event_id=event.event_id,
        declared_by=caller.organisation_code,
        ruleset=ruleset,
        now=now,
    )
    retests.end_open(
        session,
        writes,
        battery_id=case.battery_id,
        public_code=row.public_code,
        state=RetestState.LAPSED,
        now=now,
    )


def _check_none_open(session: Session, case: Case) -> None:
    for hold in holds.find(session, battery_id=case.battery_id):
        if hold.question is Question.APPEAL:
            raise AppealOpenError(
                field="code",
                extra={
                    "appeal_id": str(hold.subject_id),
                    "due_at": hold.due_at.isoformat(),
                },
            )


def _get_locked(
    session: Session, appeal_id: UUID, caller: Caller
) -> tuple[Row[Any], Case, Row[Any]]:
    """Get an open appeal and its case, both held until the transaction ends."""
    battery_id, public_code = session.execute(
        select(appeal.c.battery_id, battery.c.public_code)
        .join(battery, battery.c.battery_id == appeal.c.battery_id)
        .where(appeal.c.appeal_id == appeal_id)
    ).one_or_none() or (None, None)
    found = kept.lock_case(session, public_code=public_code) if public_code else None
    if found is None or caller.district_code not in {None, found[1].district_code}:
        raise AppealUnknownError
    # Read after the lock: another may have decided it meanwhile.
    asked = session.execute(
        select(appeal)
        .where(appeal.c.battery_id == battery_id)
        .where(appeal.c.appeal_id == appeal_id)
    ).one()
    if asked.state != AppealState.OPEN.value or asked.case_id != found[0].case_id:
        raise AppealDecidedError(extra={"state": asked.state}, state=asked.state)
    return asked, *found


def _check_independent(session: Session, asked: Row[Any], caller: Caller) -> None:
    inspected = find_inspected(session, battery_id=asked.battery_id)
    check_decider(
        caller,
        inspecting_organisations=inspected.organisations,
        inspectors=inspected.inspectors,
        filed_by=(asked.filed_by, asked.filed_actor),
    )


def _close(
    session: Session,
    asked: Row[Any],
    *,
    state: AppealState,
    decision: Decision,
    caller: Caller,
    now: datetime,
) -> None:
    session.execute(
        update(appeal)
        .where(appeal.c.battery_id == asked.battery_id)
        .where(appeal.c.appeal_id == asked.appeal_id)
        .values(
            state=state.value,
            decided_at=now,
            decided_by=caller.organisation_code,
            decided_actor=caller.actor,
            decision_note=decision.note,
        )
    )


def _note(
    writes: Writes,
    row: Row[Any],
    appeal_id: UUID,
    told: Mapping[str, object],
    written: Mapping[str, object],
    caller: Caller,
    now: datetime,
) -> None:
    """Seal and tell; what people wrote may name somebody, and is not sent on."""
    reviewing.write(
        writes,
        kind=LeafKind.APPEAL,
        battery_id=row.battery_id,
        subject_id=appeal_id,
        public_code=row.public_code,
        told={"case_id": str(row.case_id), "by": caller.organisation_code, **told},
        sealed_only=written,
        now=now,
    )

"""File an appeal against a red, and decide it."""

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
from battery_registry.domain.custody import Case, CaseClosedError, is_terminal
from battery_registry.domain.ledger import LeafKind
from battery_registry.domain.retests import RetestState
from battery_registry.scoring.ruleset import RuleSet
from battery_registry.services import clearing, corrections, ledger, retests
from battery_registry.services.custody import NoCaseError
from battery_registry.store import custody as kept
from battery_registry.store.ids import new_id
from battery_registry.store.tables.appeals import appeal
from battery_registry.store.tables.batteries import battery
from battery_registry.store.tables.inspections import inspection
from battery_registry.store.tables.parties import station
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
        AppealOpenError: One is open already.
    """
    found = kept.lock_case(session, public_code=public_code)
    if found is None:
        raise NoCaseError
    case, _ = found
    if is_terminal(case.state):
        raise CaseClosedError(state=case.state.value)
    _check_none_open(session, case)
    appeal_id = new_id(now)
    filed = {
        "battery_id": case.battery_id,
        "appeal_id": appeal_id,
        "case_id": case.case_id,
        "state": AppealState.OPEN.value,
        "grounds": grounds,
        "filed_at": now,
        "filed_by": caller.organisation_code,
        "filed_actor": caller.actor,
        "due_at": now + timedelta(days=days),
    }
    session.execute(insert(appeal).values(filed))
    writes = Writes()
    _seal(writes, case, appeal_id, {"state": "open", "grounds": grounds}, caller, now)
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
        NotIndependentError: The caller or their organisation inspected it.
        CaseClosedError: Upheld, but the battery is destroyed.
        NotClearableError: Upheld, but the battery is missing or taken apart.
    """
    asked, case, row = _get_locked(session, decision.appeal_id, caller)
    _check_independent(session, case, caller)
    writes = Writes()
    state = AppealState.UPHELD if decision.is_upheld else AppealState.REJECTED
    _close(session, asked, state=state, decision=decision, caller=caller, now=now)
    _seal(
        writes,
        case,
        decision.appeal_id,
        {"state": state.value, "note": decision.note},
        caller,
        now,
    )
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
        session, battery_id=case.battery_id, state=RetestState.LAPSED, now=now
    )


def end_open(session: Session, *, battery_id: UUID, now: datetime) -> None:
    """End the open appeal of a battery whose red has ended otherwise."""
    session.execute(
        update(appeal)
        .where(appeal.c.battery_id == battery_id)
        .where(appeal.c.state == AppealState.OPEN.value)
        .values(state=AppealState.MOOT.value, decided_at=now)
    )


def _check_none_open(session: Session, case: Case) -> None:
    before = session.execute(
        select(appeal.c.appeal_id, appeal.c.due_at)
        .where(appeal.c.battery_id == case.battery_id)
        .where(appeal.c.state == AppealState.OPEN.value)
    ).one_or_none()
    if before is not None:
        raise AppealOpenError(
            field="code",
            extra={
                "appeal_id": str(before.appeal_id),
                "due_at": before.due_at.isoformat(),
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


def _check_independent(session: Session, case: Case, caller: Caller) -> None:
    rows = session.execute(
        select(station.c.organisation_id, inspection.c.inspector_id)
        .join(station, station.c.station_id == inspection.c.station_id)
        .where(inspection.c.battery_id == case.battery_id)
    ).all()
    check_decider(
        caller,
        inspecting_organisations={row.organisation_id for row in rows},
        inspectors={row.inspector_id for row in rows},
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


def _seal(
    writes: Writes,
    case: Case,
    appeal_id: UUID,
    content: dict[str, object],
    caller: Caller,
    now: datetime,
) -> None:
    ledger.seal(
        writes,
        kind=LeafKind.APPEAL,
        battery_id=case.battery_id,
        subject_id=appeal_id,
        content={
            "appeal_id": str(appeal_id),
            "case_id": str(case.case_id),
            "by": caller.organisation_code,
            **content,
        },
        now=now,
    )

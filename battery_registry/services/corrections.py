"""Declare what was recorded to be wrong; it stays, and says so.

EPCIS calls it an ``errorDeclaration``: the old event keeps its place, with a
reason and the ids of the events that put it right.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from battery_registry.domain import code_in_force
from battery_registry.domain.appeals import Declaration
from battery_registry.domain.code_in_force import InForce
from battery_registry.domain.custody import Case
from battery_registry.domain.ledger import LeafKind
from battery_registry.scoring.evaluation import Code
from battery_registry.scoring.record import from_record
from battery_registry.scoring.ruleset import RuleSet
from battery_registry.services import ledger
from battery_registry.store.ids import new_id
from battery_registry.store.tables.appeals import correction
from battery_registry.store.tables.batteries import battery
from battery_registry.store.tables.cases import custody_event
from battery_registry.store.tables.inspections import (
    code_change,
    evaluation,
    inspection,
)
from battery_registry.store.writes import Writes


@dataclass(frozen=True, kw_only=True, slots=True)
class _Standing:
    """The code that is left when every red is taken away, and where it is from."""

    in_force: InForce
    row: Row[Any]


def declare_red_wrong(
    session: Session,
    writes: Writes,
    *,
    case: Case,
    appeal_id: UUID,
    corrective_event_id: UUID,
    declared_by: str,
    ruleset: RuleSet,
    now: datetime,
) -> None:
    """Declare the event that opened a case wrong, and give the code without it.

    Args:
        session: The transaction, which holds the battery.
        writes: What the use case writes; flushed by the caller.
        case: The case that the appeal ends.
        appeal_id: The appeal that was upheld.
        corrective_event_id: The event that cleared the case.
        declared_by: The organisation that decided.
        ruleset: The rule set in force.
        now: The time of the request, aware.
    """
    opening = session.scalars(
        select(custody_event.c.event_id)
        .where(custody_event.c.battery_id == case.battery_id)
        .where(custody_event.c.case_id == case.case_id)
        .where(custody_event.c.seq == 1)
    ).one()
    correction_id = new_id(now)
    told = {
        "correction_id": correction_id,
        "case_id": case.case_id,
        "event_id": opening,
        "reason": Declaration.INCORRECT_DATA.value,
        "corrective_event_ids": [str(corrective_event_id)],
        "declared_at": now,
        "declared_by": declared_by,
        "appeal_id": appeal_id,
    }
    writes.add(correction, battery_id=case.battery_id, **told)
    content = {name: _plain(value) for name, value in told.items()}
    ledger.seal(
        writes,
        kind=LeafKind.CORRECTION,
        battery_id=case.battery_id,
        subject_id=correction_id,
        content=content,
        now=now,
    )
    _give_code_without_red(session, writes, case.battery_id, ruleset=ruleset, now=now)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _give_code_without_red(
    session: Session,
    writes: Writes,
    battery_id: UUID,
    *,
    ruleset: RuleSet,
    now: datetime,
) -> None:
    """Give the code that the other inspections leave; without any: test again."""
    before = session.execute(
        select(battery.c.code, battery.c.code_inspection_id).where(
            battery.c.battery_id == battery_id
        )
    ).one()
    left = _without_red(session, battery_id, ruleset)
    given = _given(left, before.code_inspection_id)
    session.execute(
        update(battery).where(battery.c.battery_id == battery_id).values(given)
    )
    writes.add(
        code_change,
        battery_id=battery_id,
        change_id=new_id(now),
        from_code=before.code,
        to_code=given["code"],
        inspection_id=given["code_inspection_id"],
        at=now,
    )
    ledger.seal(
        writes,
        kind=LeafKind.CODE_CHANGE,
        battery_id=battery_id,
        subject_id=given["code_inspection_id"],
        content={"to_code": given["code"]},
        now=now,
    )


def _given(left: _Standing | None, before: UUID) -> dict[str, Any]:
    """The columns of a battery's code; without another test it stays with the red's."""
    if left is None:
        return {
            "code": Code.VOID.value,
            "code_inspection_id": before,
            "score_tenths": None,
            "next_due": None,
        }
    return {
        "code": left.in_force.code.value,
        "code_tested_at": left.in_force.tested_at,
        "code_inspection_id": left.row.inspection_id,
        "score_tenths": left.row.score_tenths,
        "next_due": left.row.next_due,
    }


def _without_red(
    session: Session, battery_id: UUID, ruleset: RuleSet
) -> _Standing | None:
    """Play the inspections again, in the order they came, as if none was red."""
    rows = session.execute(
        select(evaluation, inspection.c.tested_at)
        .join(
            inspection,
            (inspection.c.battery_id == evaluation.c.battery_id)
            & (inspection.c.inspection_id == evaluation.c.inspection_id),
        )
        .where(evaluation.c.battery_id == battery_id)
        .where(evaluation.c.is_legal)
        .where(evaluation.c.code != Code.RED.value)
        .order_by(inspection.c.received_at, inspection.c.inspection_id)
    )
    standing: _Standing | None = None
    for row in rows:
        decided = code_in_force.decide(
            standing.in_force if standing else None,
            new_code=Code(row.code),
            new_tested_at=row.tested_at,
            case_open=False,
            must_isolate=ruleset.must_isolate(from_record(row.record)),
            repeat_window=ruleset.repeat_window,
        )
        if decided.adopted:
            standing = _Standing(in_force=decided.in_force, row=row)
    return standing

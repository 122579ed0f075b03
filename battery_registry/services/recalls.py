"""Propose, confirm and withdraw a recall, never by one person alone."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, exists, insert, select, update
from sqlalchemy.orm import Session

from battery_registry.domain.caller import Caller
from battery_registry.domain.ledger import LeafKind
from battery_registry.domain.recalls import (
    IN_FORCE,
    Criteria,
    RecallState,
    RecallStateError,
    RecallUnknownError,
    check_second,
)
from battery_registry.services import ledger, notices, revocation
from battery_registry.services.notices import Topic
from battery_registry.services.revocation import Cause
from battery_registry.store import recalls as kept
from battery_registry.store.ids import new_id
from battery_registry.store.tables.batteries import battery
from battery_registry.store.tables.recalls import recall, recall_battery
from battery_registry.store.writes import Writes

_AT_ONCE: Final = 500


def propose(
    session: Session, *, criteria: Criteria, reason: str, caller: Caller, now: datetime
) -> UUID:
    """Propose a recall; nothing is recalled until a second person confirms it.

    Args:
        session: The transaction.
        criteria: What is to be recalled.
        reason: Why; without personal data.
        caller: Who proposes it.
        now: The time of the request, aware.

    Returns:
        The recall's id.
    """
    recall_id = new_id(now)
    session.execute(
        insert(recall).values(
            recall_id=recall_id,
            state=RecallState.PROPOSED.value,
            maker=criteria.maker,
            model=criteria.model,
            code_from=criteria.code_from,
            code_to=criteria.code_to,
            produced_from=criteria.produced_from,
            produced_until=criteria.produced_until,
            reason=reason,
            **_deed("proposed", caller, now),
        )
    )
    return recall_id


def confirm(
    session: Session, *, recall_id: UUID, caller: Caller, now: datetime
) -> None:
    """Confirm a recall: from now on none of its batteries may be sold.

    Args:
        session: The transaction.
        recall_id: The recall.
        caller: Who confirms it; never who proposed it.
        now: The time of the request, aware.

    Raises:
        RecallUnknownError: There is no such recall.
        RecallStateError: It is confirmed or withdrawn already.
        SecondPersonError: The caller proposed it.
    """
    row = _get_held(session, recall_id)
    if RecallState(row.state) is not RecallState.PROPOSED:
        raise RecallStateError(extra={"state": row.state}, state=row.state)
    check_second(caller.actor, first=row.proposed_actor)
    _change(session, recall_id, RecallState.CONFIRMED, _deed("confirmed", caller, now))
    covered = kept.find_covered(session, criteria=kept.criteria_of(row))
    # All are read before any is written, which would disturb the reading.
    for some in _in_groups(list(covered)):
        writes = Writes()
        for one in some:
            cover(
                writes,
                recall_id=recall_id,
                battery_id=one.battery_id,
                public_code=one.public_code,
                district_code=one.district_code,
                is_certain=one.is_certain,
                now=now,
            )
        writes.flush(session)
        revocation.revoke_all(
            session,
            battery_ids={one.battery_id for one in some},
            cause=Cause.RECALLED,
            now=now,
        )


def cover(
    writes: Writes,
    *,
    recall_id: UUID,
    battery_id: UUID,
    public_code: str,
    district_code: str,
    is_certain: bool,
    now: datetime,
) -> None:
    """Recall one battery: event, leaf, notice and sale block together.

    Args:
        writes: What the use case writes.
        recall_id: Under which recall.
        battery_id: The battery.
        public_code: Its label.
        district_code: Where it was registered.
        is_certain: All that the recall asks is known of it.
        now: The time of the request, aware.
    """
    event_id = new_id(now)
    writes.add(
        recall_battery,
        battery_id=battery_id,
        recall_id=recall_id,
        event_id=event_id,
        is_certain=is_certain,
        recalled_at=now,
        released_at=None,
        release_event_id=None,
    )
    writes.change_battery(battery_id, recalled_at=now)
    told = {
        "recall_id": str(recall_id),
        "code": public_code,
        "district_code": district_code,
        "is_certain": is_certain,
        "biz_step": "inspecting",
        "disposition": "non_sellable_other",
    }
    _tell(writes, battery_id, event_id, told, Topic.RECALLED, now)


def withdraw(
    session: Session, *, recall_id: UUID, caller: Caller, now: datetime
) -> None:
    """Withdraw a recall: at once while it is proposed, by two people afterwards.

    Args:
        session: The transaction.
        recall_id: The recall.
        caller: Who withdraws it.
        now: The time of the request, aware.

    Raises:
        RecallUnknownError: There is no such recall.
        RecallStateError: It is withdrawn already.
        SecondPersonError: The caller began the withdrawal.
    """
    row = _get_held(session, recall_id)
    state = RecallState(row.state)
    if state is RecallState.WITHDRAWN:
        raise RecallStateError(extra={"state": row.state}, state=row.state)
    if state is RecallState.CONFIRMED:
        deed = _deed("withdrawing", caller, now)
        _change(session, recall_id, RecallState.WITHDRAWING, deed)
        return
    if state is RecallState.WITHDRAWING:
        check_second(caller.actor, first=row.withdrawing_actor)
    _change(session, recall_id, RecallState.WITHDRAWN, _deed("withdrawn", caller, now))
    if state is RecallState.WITHDRAWING:
        _release(session, recall_id, now)


def _release(session: Session, recall_id: UUID, now: datetime) -> None:
    rows = session.execute(
        select(recall_battery.c.battery_id, battery.c.public_code)
        .add_columns(battery.c.district_code)
        .join(battery, battery.c.battery_id == recall_battery.c.battery_id)
        .where(recall_battery.c.recall_id == recall_id)
        .order_by(recall_battery.c.battery_id)
    ).all()
    for some in _in_groups(rows):
        writes = Writes()
        for row in some:
            event_id = new_id(now)
            session.execute(
                update(recall_battery)
                .where(recall_battery.c.battery_id == row.battery_id)
                .where(recall_battery.c.recall_id == recall_id)
                .values(released_at=now, release_event_id=event_id)
            )
            told = {
                "recall_id": str(recall_id),
                "code": row.public_code,
                "district_code": row.district_code,
                "biz_step": "inspecting",
                "disposition": "available",
            }
            _tell(writes, row.battery_id, event_id, told, Topic.RECALL_WITHDRAWN, now)
        writes.flush(session)
        _unblock(session, [row.battery_id for row in some], now)


def _unblock(session: Session, battery_ids: list[UUID], now: datetime) -> None:
    """Lift the sale block from those that no other recall covers."""
    others = (
        exists()
        .where(recall_battery.c.battery_id == battery.c.battery_id)
        .where(recall_battery.c.recall_id == recall.c.recall_id)
        .where(recall.c.state.in_([state.value for state in IN_FORCE]))
    )
    session.execute(
        update(battery)
        .where(battery.c.battery_id.in_(battery_ids))
        .where(~others)
        .values(recalled_at=None)
    )
    revocation.revoke_all(
        session, battery_ids=set(battery_ids), cause=Cause.RECALL_ENDED, now=now
    )


def _get_held(session: Session, recall_id: UUID) -> Row[Any]:
    row = session.execute(
        select(recall).where(recall.c.recall_id == recall_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise RecallUnknownError
    return row


def _change(
    session: Session, recall_id: UUID, state: RecallState, deed: dict[str, Any]
) -> None:
    session.execute(
        update(recall)
        .where(recall.c.recall_id == recall_id)
        .values(state=state.value, **deed)
    )


def _deed(name: str, caller: Caller, now: datetime) -> dict[str, Any]:
    """Who did it, when, in the columns of that deed."""
    return {
        f"{name}_at": now,
        f"{name}_by": caller.organisation_code,
        f"{name}_actor": caller.actor,
    }


def _tell(
    writes: Writes,
    battery_id: UUID,
    event_id: UUID,
    told: dict[str, Any],
    topic: Topic,
    now: datetime,
) -> None:
    content = {**told, "event_id": str(event_id), "recorded_at": now.isoformat()}
    ledger.seal(
        writes,
        kind=LeafKind.RECALL,
        battery_id=battery_id,
        subject_id=event_id,
        content=content,
        now=now,
    )
    notices.tell(writes, topic=topic, battery_id=battery_id, payload=content, now=now)


def _in_groups(rows: Iterable[Any]) -> Iterable[list[Any]]:
    listed = list(rows)
    return (listed[at : at + _AT_ONCE] for at in range(0, len(listed), _AT_ONCE))

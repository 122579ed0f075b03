"""Find a battery's case and its chain of custody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from battery_registry.domain.caller import Scope
from battery_registry.domain.code import PublicCode
from battery_registry.domain.custody import State, lawful_next
from battery_registry.queries import scoping
from battery_registry.store.tables.batteries import label
from battery_registry.store.tables.cases import case, custody_event
from battery_registry.store.tables.parties import organisation


@dataclass(frozen=True, kw_only=True, slots=True)
class PartyName:
    """Who gave, received or holds: ``resident`` or an organisation's code."""

    code: str
    name: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """One event of the chain.

    Args:
        event_id: Made by whoever told it.
        case_id: Its case.
        seq: Its number in the case, from 1.
        from_state: None at the opening.
        to_state: The state after it.
        giver: Who gave.
        receiver: Who received.
        occurred_at: When it happened, UTC.
        recorded_at: When the registry learned of it, UTC.
        biz_step: CBV business step.
        disposition: CBV disposition.
        signed_by: Code of the organisation that signed.
        signed_as: The signer's role.
        evidence: What proves it.
    """

    event_id: UUID
    case_id: UUID
    seq: int
    from_state: State | None
    to_state: State
    giver: PartyName
    receiver: PartyName
    occurred_at: datetime
    recorded_at: datetime
    biz_step: str
    disposition: str
    signed_by: str
    signed_as: str
    evidence: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Chain:
    """A battery's newest case with all its events.

    Args:
        case_id: Its id.
        public_code: The code on the battery's label when it was opened.
        state: Where the battery is on its way.
        holder: Who answers for it now.
        opened_at: When it was opened, UTC.
        state_since: When the last event happened, UTC.
        due_at: Until when the next step must be made; None once closed.
        closed_at: When it was destroyed or cleared.
        is_overdue: The next step is late at the time of the question.
        lawful_next: States that a hand-over may lead to.
        events: The chain, oldest first.
    """

    case_id: UUID
    public_code: PublicCode
    state: State
    holder: PartyName
    opened_at: datetime
    state_since: datetime
    due_at: datetime | None
    closed_at: datetime | None
    is_overdue: bool
    lawful_next: tuple[State, ...]
    events: tuple[Link, ...]


_giver = organisation.alias("giver")
_receiver = organisation.alias("receiver")

EVENTS = (
    select(
        custody_event,
        _giver.c.name.label("giver_name"),
        _receiver.c.name.label("receiver_name"),
    )
    .outerjoin(_giver, _giver.c.code == custody_event.c.giver_code)
    .outerjoin(_receiver, _receiver.c.code == custody_event.c.receiver_code)
)


def find(
    session: Session, *, code: PublicCode, scope: Scope, now: datetime
) -> Chain | None:
    """Find the newest case of the battery with this label.

    Args:
        session: Where to read.
        code: A parsed public code; a replaced label still leads there.
        scope: What the reader may see.
        now: The time of the question, aware.

    Returns:
        None without a label, a battery, or a case that the reader may see.
    """
    row = session.execute(
        select(case, organisation.c.name.label("holder_name"))
        .join(label, label.c.battery_id == case.c.battery_id)
        .outerjoin(organisation, organisation.c.code == case.c.holder_code)
        .where(label.c.code == code)
        .where(
            *scoping.conditions(
                scope, district=case.c.district_code, station_id=case.c.station_id
            )
        )
        .order_by(case.c.opened_at.desc(), case.c.case_id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    events = session.execute(
        EVENTS.where(custody_event.c.battery_id == row.battery_id)
        .where(custody_event.c.case_id == row.case_id)
        .order_by(custody_event.c.seq)
    )
    return _chain(row, tuple(link(event) for event in events), now)


def link(row: Row[*tuple[Any, ...]]) -> Link:
    """Read a link from a row of ``EVENTS``."""
    return Link(
        event_id=row.event_id,
        case_id=row.case_id,
        seq=row.seq,
        from_state=State(row.from_state) if row.from_state else None,
        to_state=State(row.to_state),
        giver=_party(row.giver_code, row.giver_kind, row.giver_name),
        receiver=_party(row.receiver_code, row.receiver_kind, row.receiver_name),
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        biz_step=row.biz_step,
        disposition=row.disposition,
        signed_by=row.actor_organisation_code,
        signed_as=row.actor_role,
        evidence=row.evidence,
    )


def _chain(
    row: Row[*tuple[Any, ...]], events: tuple[Link, ...], now: datetime
) -> Chain:
    state = State(row.state)
    return Chain(
        case_id=row.case_id,
        public_code=row.public_code,
        state=state,
        holder=_party(row.holder_code, row.holder_kind, row.holder_name),
        opened_at=row.opened_at,
        state_since=row.state_since,
        due_at=row.due_at,
        closed_at=row.closed_at,
        is_overdue=row.closed_at is None
        and row.due_at is not None
        and row.due_at < now,
        lawful_next=lawful_next(state),
        events=events,
    )


def _party(code: str | None, kind: str, name: str | None) -> PartyName:
    return PartyName(code=code or kind, name=name)

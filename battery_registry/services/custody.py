"""Take a step of a red case: the one way in which a case ever changes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from battery_registry.domain import Kind, RegistryError, custody, offers
from battery_registry.domain.caller import Caller
from battery_registry.domain.canonical import canonical_sha256
from battery_registry.domain.code import PublicCode
from battery_registry.domain.custody import (
    EDGES,
    RESIDENT,
    Case,
    CustodyEvent,
    HandOver,
    Party,
    PartyKind,
    State,
)
from battery_registry.domain.custody_terms import DEFAULT_TERMS, Terms
from battery_registry.domain.roles import OrganisationKind, Role
from battery_registry.services import custody_steps, destruction, reviewing
from battery_registry.store import custody as kept
from battery_registry.store.tables.parties import organisation


class NoCaseError(RegistryError):
    """No label with this code, or its battery never was red."""

    code: ClassVar[str] = "custody_no_case"
    kind: ClassVar[Kind] = Kind.NOT_FOUND


class PartyUnknownError(RegistryError):
    """No organisation with this code takes part."""

    code: ClassVar[str] = "custody_party_unknown"


class EventIdReusedError(RegistryError):
    """The event id was used before for something else."""

    code: ClassVar[str] = "event_id_reused"


@dataclass(frozen=True, kw_only=True, slots=True)
class ToldHandOver:
    """A hand-over as it is told, its parties by name.

    Args:
        event_id: Made once, by whoever tells it.
        to_state: The state after it.
        occurred_at: When it happened, aware.
        giver: ``resident``, or an organisation's code.
        receiver: ``resident``, or an organisation's code.
        evidence: What proves it; JSON values without personal data.
    """

    event_id: UUID
    to_state: State
    occurred_at: datetime
    giver: str
    receiver: str
    evidence: Mapping[str, object]


def hand_over(
    session: Session,
    *,
    public_code: PublicCode,
    hand_over: ToldHandOver,
    caller: Caller,
    now: datetime,
    terms: Terms = DEFAULT_TERMS,
    agreed: Mapping[str, object] | None = None,
) -> tuple[Case, CustodyEvent]:
    """Take one step of a case, or say again what came of it.

    Event, case, notice and ledger leaf are written in the caller's
    transaction. The same hand-over told twice is one event.

    Args:
        session: The transaction, which holds the case until it ends.
        public_code: The battery's label.
        hand_over: What happened.
        caller: Who signs it.
        now: The time of the request, aware.
        terms: Deadlines and tolerances in force.
        agreed: Evidence by the registry that both sides agreed, in an offer or
            a manifest; None where the caller alone tells it.

    Returns:
        The case right after the step, and its event.

    Raises:
        NoCaseError: There is no such label, or no case of its battery.
        EventIdReusedError: The event id belongs to another hand-over.
        PartyUnknownError: A party takes no part; the field names which.
        UnderReviewError: It is to be taken apart while a retest or an appeal is open.
        HeldError: It is to be destroyed while a manifest's count is open.
        MassUnbalancedError: The fractions are not what came in.
        RegistryError: Any refusal of ``domain.custody.advance``.
    """
    if agreed is None:
        offers.check_told(hand_over.evidence)
    else:
        hand_over = replace(hand_over, evidence={**hand_over.evidence, **agreed})
    found = kept.lock_case(session, public_code=public_code)
    if found is None:
        raise NoCaseError
    case, row = found
    body_sha256 = _body_sha256(hand_over, caller)
    before = kept.find_event(
        session, battery_id=case.battery_id, event_id=hand_over.event_id
    )
    if before is not None:
        return _again(session, before, body_sha256, terms)
    step = _resolved(session, hand_over, case, caller)
    after, event = custody.advance(
        case,
        replace(step, is_agreed=agreed is not None),
        now=now,
        deadlines=terms.deadlines,
    )
    reviewing.check_free(session, after, now=now)
    if after.state is State.DESTROYED:
        destruction.check(session, event, row=row, terms=terms)
    custody_steps.write(
        session, after, event, row=row, body_sha256=body_sha256, now=now
    )
    return after, event


def _body_sha256(told: ToldHandOver, caller: Caller) -> bytes:
    """Hash what was told and who signs it, so that it is known again."""
    return canonical_sha256(
        {
            "event_id": str(told.event_id),
            "to_state": told.to_state.value,
            "occurred_at": told.occurred_at.astimezone(UTC).isoformat(),
            "giver": told.giver,
            "receiver": told.receiver,
            "evidence": dict(told.evidence),
            "actor_role": caller.role.value,
            "actor_organisation": caller.organisation_code,
        }
    )


def _resolved(
    session: Session, told: ToldHandOver, case: Case, caller: Caller
) -> HandOver:
    return HandOver(
        event_id=told.event_id,
        to_state=told.to_state,
        occurred_at=told.occurred_at,
        giver=party(session, told.giver, field="giver", holder=case.holder),
        receiver=party(session, told.receiver, field="receiver", holder=case.holder),
        actor_role=caller.role,
        actor_organisation_code=caller.organisation_code,
        evidence=told.evidence,
    )


def party(session: Session, name: str, *, field: str, holder: Party) -> Party:
    """Get a party by its name.

    Args:
        session: Where to read.
        name: ``resident``, or an organisation's code.
        field: The input field that names it.
        holder: Who holds the battery.

    Raises:
        PartyUnknownError: There is none, or it takes part no more.
    """
    if name == PartyKind.RESIDENT.value:
        return RESIDENT
    # Who holds the battery can give it away, even if they take part no more.
    if name == holder.organisation_code:
        return holder
    return get_party(session, name, field=field)


def get_party(session: Session, code: str, *, field: str) -> Party:
    """Get an organisation that takes part, as a party.

    Args:
        session: Where to read.
        code: Its code.
        field: The input field that names it.

    Raises:
        PartyUnknownError: There is none, or it takes part no more.
    """
    kind = session.scalar(
        select(organisation.c.kind)
        .where(organisation.c.code == code)
        .where(organisation.c.disabled_at.is_(None))
    )
    if kind is None:
        raise PartyUnknownError(field=field, name=code)
    return custody.organisation(code, kind=OrganisationKind(kind))


def _again(
    session: Session, before: Row[Any], body_sha256: bytes, terms: Terms
) -> tuple[Case, CustodyEvent]:
    """Say again what came of a hand-over, though the case may have moved on."""
    if before.body_sha256 != body_sha256:
        raise EventIdReusedError(field="event_id")
    edge = EDGES[State(before.from_state), State(before.to_state)]
    giver = _recorded_party(session, before.giver_code)
    receiver = _recorded_party(session, before.receiver_code)
    event = CustodyEvent(
        event_id=before.event_id,
        case_id=before.case_id,
        battery_id=before.battery_id,
        seq=before.seq,
        from_state=State(before.from_state),
        to_state=State(before.to_state),
        giver=giver,
        receiver=receiver,
        occurred_at=before.occurred_at,
        recorded_at=before.recorded_at,
        action=edge.action,
        biz_step=before.biz_step,
        disposition=before.disposition,
        persistent_dispositions=(custody.RECALLED,),
        actor_role=Role(before.actor_role),
        actor_organisation_code=before.actor_organisation_code,
        evidence=before.evidence,
    )
    days = terms.deadlines.get(event.to_state)
    after = Case(
        case_id=event.case_id,
        battery_id=event.battery_id,
        state=event.to_state,
        holder=giver if edge.holder_stays else receiver,
        state_since=event.occurred_at,
        due_at=None if days is None else event.occurred_at + timedelta(days=days),
        seq=event.seq,
    )
    return after, event


def _recorded_party(session: Session, code: str | None) -> Party:
    if code is None:
        return RESIDENT
    kind = session.scalars(
        select(organisation.c.kind).where(organisation.c.code == code)
    ).one()
    return custody.organisation(code, kind=OrganisationKind(kind))

"""A red case: who holds the battery, and what may be done with it next.

Each step returns the new case and the event that made it; the list of events
is the chain of custody, and nothing but such a step changes a case. The table
of steps is ``custody_edges``, the values are ``custody_chain``; both are
reached through this module.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from battery_registry.domain.custody_chain import (
    RESIDENT,
    Case,
    CustodyEvent,
    HandOver,
    Party,
    organisation,
)
from battery_registry.domain.custody_edges import (
    DEFAULT_DEADLINES,
    EDGES,
    Deadlines,
    Edge,
    PartyKind,
    Signer,
    State,
    is_open,
    is_terminal,
    lawful_next,
)
from battery_registry.domain.custody_refusals import (
    CaseClosedError,
    EventTimeError,
    EvidenceMissingError,
    NotYourStepError,
    OfferNeededError,
    UnlawfulStepError,
    WrongPartyError,
)
from battery_registry.domain.mass_balance import weighed_kg
from battery_registry.domain.roles import Role

__all__ = [
    "CLOCK_TOLERANCE",
    "DEFAULT_DEADLINES",
    "EDGES",
    "RECALLED",
    "RESIDENT",
    "Case",
    "CaseClosedError",
    "CustodyEvent",
    "Deadlines",
    "Edge",
    "EventTimeError",
    "EvidenceMissingError",
    "HandOver",
    "NotYourStepError",
    "OfferNeededError",
    "Party",
    "PartyKind",
    "Signer",
    "State",
    "UnlawfulStepError",
    "WrongPartyError",
    "advance",
    "is_open",
    "is_terminal",
    "lawful_next",
    "needs_two",
    "open_case",
    "organisation",
]

CLOCK_TOLERANCE: Final = timedelta(minutes=5)
RECALLED: Final = "recalled"


def open_case(
    case_id: UUID,
    *,
    battery_id: UUID,
    event_id: UUID,
    holder: Party,
    tested_at: datetime,
    actor_role: Role,
    actor_organisation_code: str,
    now: datetime,
    deadlines: Deadlines = DEFAULT_DEADLINES,
    evidence: Mapping[str, object] | None = None,
) -> tuple[Case, CustodyEvent]:
    """Open a case for a red verdict.

    The first deadline runs from ``now``: a red that arrives late is not
    overdue before anybody could know of it.
    """
    case = Case(
        case_id=case_id,
        battery_id=battery_id,
        state=State.FLAGGED,
        holder=holder,
        state_since=tested_at,
        due_at=_due(State.FLAGGED, start=now, deadlines=deadlines),
        seq=1,
    )
    event = _opening(
        case,
        event_id=event_id,
        actor_role=actor_role,
        actor_organisation_code=actor_organisation_code,
        now=now,
        evidence=evidence or {},
    )
    return case, event


def _opening(
    case: Case,
    *,
    event_id: UUID,
    actor_role: Role,
    actor_organisation_code: str,
    now: datetime,
    evidence: Mapping[str, object],
) -> CustodyEvent:
    return CustodyEvent(
        event_id=event_id,
        case_id=case.case_id,
        battery_id=case.battery_id,
        seq=case.seq,
        from_state=None,
        to_state=case.state,
        giver=case.holder,
        receiver=case.holder,
        occurred_at=case.state_since,
        recorded_at=now,
        action="OBSERVE",
        biz_step="inspecting",
        disposition="non_conformant",
        persistent_dispositions=(RECALLED,),
        actor_role=actor_role,
        actor_organisation_code=actor_organisation_code,
        evidence=dict(evidence),
    )


def advance(
    case: Case,
    hand_over: HandOver,
    *,
    now: datetime,
    deadlines: Deadlines = DEFAULT_DEADLINES,
) -> tuple[Case, CustodyEvent]:
    """Take one step of a case.

    Returns:
        The case after it, and the event that says so.

    Raises:
        CaseClosedError: If the case is destroyed or cleared.
        UnlawfulStepError: If no such step leads on from its state.
        NotYourStepError: If another role or organisation signs it.
        WrongPartyError: If the giver does not hold the battery, or a party is
            of the wrong kind.
        EvidenceMissingError: If a needed piece of evidence is not there.
        EventTimeError: If it lies in the future or before the last event.
        OfferNeededError: If it passes between two organisations by the word
            of one.
    """
    edge = _edge(case, hand_over)
    _check_signer(edge, hand_over)
    _check_parties(edge, case, hand_over)
    _check_accord(edge, hand_over)
    _check_evidence(edge, hand_over)
    _check_time(case, hand_over, now)
    after = replace(
        case,
        state=hand_over.to_state,
        holder=hand_over.giver if edge.holder_stays else hand_over.receiver,
        state_since=hand_over.occurred_at,
        due_at=_due(
            hand_over.to_state, start=hand_over.occurred_at, deadlines=deadlines
        ),
        seq=case.seq + 1,
    )
    return after, _event(edge, case, hand_over, now)


def _edge(case: Case, hand_over: HandOver) -> Edge:
    if is_terminal(case.state):
        raise CaseClosedError(state=case.state.value)
    edge = EDGES.get((case.state, hand_over.to_state))
    if edge is None:
        raise UnlawfulStepError(
            field="to_state",
            extra={
                "state": case.state.value,
                "lawful_next": [state.value for state in lawful_next(case.state)],
            },
            state=case.state.value,
            to_state=hand_over.to_state.value,
        )
    return edge


def _check_signer(edge: Edge, hand_over: HandOver) -> None:
    giver, receiver = hand_over.giver, hand_over.receiver
    tells = (
        edge.signer is Signer.HOLDER
        and giver.kind is PartyKind.ORGANISATION
        and not (hand_over.is_agreed and _passes_on(edge, hand_over))
    )
    signer = giver if tells else receiver
    if (
        hand_over.actor_role not in edge.roles
        or hand_over.actor_organisation_code != signer.organisation_code
    ):
        raise NotYourStepError(
            extra={"roles": sorted(role.value for role in edge.roles)},
            to_state=hand_over.to_state.value,
        )


def _check_parties(edge: Edge, case: Case, hand_over: HandOver) -> None:
    giver, receiver = hand_over.giver, hand_over.receiver
    resident_is_one = PartyKind.RESIDENT in (giver.kind, case.holder.kind)
    is_holder = giver == case.holder or (edge.giver_may_differ and resident_is_one)
    is_kind = giver.kind is PartyKind.RESIDENT or giver.organisation_kind in edge.givers
    if not (is_holder and is_kind):
        raise WrongPartyError(field="giver", to_state=hand_over.to_state.value)
    if receiver.organisation_kind not in edge.receivers:
        raise WrongPartyError(field="receiver", to_state=hand_over.to_state.value)


def needs_two(edge: Edge, *, giver: Party, receiver: Party) -> bool:
    """Tell whether a step passes a battery from one organisation to another.

    Then it needs both: what the one offers, the other accepts, or a manifest.
    A resident signs for nothing, so a step with one is told by one.
    """
    organisations = {giver.kind, receiver.kind} == {PartyKind.ORGANISATION}
    return organisations and giver != receiver and not edge.holder_stays


def _passes_on(edge: Edge, hand_over: HandOver) -> bool:
    return needs_two(edge, giver=hand_over.giver, receiver=hand_over.receiver)


def _check_accord(edge: Edge, hand_over: HandOver) -> None:
    if _passes_on(edge, hand_over) and not hand_over.is_agreed:
        raise OfferNeededError(field="giver", to_state=hand_over.to_state.value)


def _check_evidence(edge: Edge, hand_over: HandOver) -> None:
    for name in edge.needs:
        told = hand_over.evidence.get(name)
        # A number or a word; a blank, a zero-width sign or "true" proves nothing.
        if not isinstance(told, str) or not any(sign.isalnum() for sign in told):
            raise EvidenceMissingError(field=name, to_state=hand_over.to_state.value)
    if edge.is_weighed and weighed_kg(hand_over.evidence) is None:
        raise EvidenceMissingError(field="mass_kg", to_state=hand_over.to_state.value)


def _check_time(case: Case, hand_over: HandOver, now: datetime) -> None:
    """Refuse what cannot be; a station's clock may run a little ahead."""
    if not case.state_since <= hand_over.occurred_at <= now + CLOCK_TOLERANCE:
        raise EventTimeError(
            field="occurred_at", extra={"not_before": case.state_since.isoformat()}
        )


def _due(state: State, *, start: datetime, deadlines: Deadlines) -> datetime | None:
    return None if is_terminal(state) else start + timedelta(days=deadlines[state])


def _event(edge: Edge, case: Case, hand_over: HandOver, now: datetime) -> CustodyEvent:
    return CustodyEvent(
        event_id=hand_over.event_id,
        case_id=case.case_id,
        battery_id=case.battery_id,
        seq=case.seq + 1,
        from_state=case.state,
        to_state=hand_over.to_state,
        giver=hand_over.giver,
        receiver=hand_over.receiver,
        occurred_at=hand_over.occurred_at,
        recorded_at=now,
        action=edge.action,
        biz_step=edge.biz_step,
        disposition=edge.disposition,
        persistent_dispositions=(RECALLED,),
        actor_role=hand_over.actor_role,
        actor_organisation_code=hand_over.actor_organisation_code,
        evidence=dict(hand_over.evidence),
    )

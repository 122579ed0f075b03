"""Cases, parties and hand-overs of a red battery, as the rules see them."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

from battery_registry.domain.custody import (
    RESIDENT,
    Case,
    CustodyEvent,
    HandOver,
    Party,
    State,
    advance,
    organisation,
)
from battery_registry.domain.roles import OrganisationKind, Role

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
STATION = organisation("xicheng-tests", kind=OrganisationKind.STATION_OPERATOR)
OTHER_STATION = organisation("dongcheng-tests", kind=OrganisationKind.STATION_OPERATOR)
COLLECTOR = organisation("swift-collect", kind=OrganisationKind.COLLECTOR)
CARRIER = organisation("safe-carrier", kind=OrganisationKind.CARRIER)
RECYCLER = organisation("greencell-recycling", kind=OrganisationKind.RECYCLER)
DEALER = organisation("corner-shop", kind=OrganisationKind.DEALER)

PROOF = {
    "certificate_number": "ZX-2026-0001",
    "note": "one pack too few",
    "mass_kg": 4.2,
}

WHOLE_WAY = [
    (State.ISOLATED, RESIDENT, STATION, Role.INSPECTOR),
    (State.COLLECTED, STATION, COLLECTOR, Role.COLLECTOR),
    (State.IN_TRANSIT, COLLECTOR, CARRIER, Role.COLLECTOR),
    (State.RECEIVED, CARRIER, RECYCLER, Role.RECYCLER),
    (State.DISMANTLED, RECYCLER, RECYCLER, Role.RECYCLER),
    (State.DESTROYED, RECYCLER, RECYCLER, Role.RECYCLER),
]


def make_case(
    *, state: State = State.FLAGGED, holder: Party = RESIDENT, seq: int = 1
) -> Case:
    return Case(
        case_id=UUID(int=1),
        battery_id=UUID(int=2),
        state=state,
        holder=holder,
        state_since=NOW - timedelta(hours=1),
        due_at=NOW,
        seq=seq,
    )


def make_hand_over(
    to_state: State,
    giver: Party,
    receiver: Party,
    role: Role,
    *,
    occurred_at: datetime = NOW,
    actor: str | None = None,
    evidence: Mapping[str, object] = PROOF,
    is_agreed: bool = True,
) -> HandOver:
    return HandOver(
        event_id=UUID(int=3),
        to_state=to_state,
        occurred_at=occurred_at,
        giver=giver,
        receiver=receiver,
        actor_role=role,
        actor_organisation_code=actor or receiver.organisation_code or "nobody",
        evidence=evidence,
        is_agreed=is_agreed,
    )


def stepped(
    state: State,
    holder: Party,
    hand_over: HandOver,
) -> tuple[Case, CustodyEvent]:
    return advance(make_case(state=state, holder=holder), hand_over, now=NOW)

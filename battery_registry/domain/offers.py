"""An offer: the giver's half of a hand-over, until the receiver scans and accepts.

Possession does not change by an offer. One that is not accepted in time lapses,
and so does one whose battery has taken another step meanwhile.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final
from uuid import UUID

from battery_registry.domain import Kind, RegistryError, custody
from battery_registry.domain.custody import (
    EDGES,
    Case,
    HandOver,
    NotYourStepError,
    Party,
    State,
)
from battery_registry.domain.roles import Role

SIGNATURES: Final = ("offer_id", "offered_by", "accepted_by")
RESERVED: Final = frozenset({*SIGNATURES, "manifest_id", "sscc"})
"""Evidence that the registry itself writes into an event."""

_GIVERS: Final = frozenset({Role.INSPECTOR, Role.COLLECTOR, Role.RECYCLER})
# What the receiver, and not the giver, has to say.
_RECEIVERS_EVIDENCE: Final = {"mass_kg": 1.0}


class OfferStatus(StrEnum):
    """What became of an offer."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


class NoOfferError(RegistryError):
    """There is no such offer, or the caller is neither of its two sides."""

    code: ClassVar[str] = "offer_unknown"
    kind: ClassVar[Kind] = Kind.NOT_FOUND


class OfferClosedError(RegistryError):
    """The offer was accepted, declined, withdrawn, or its time is over."""

    code: ClassVar[str] = "offer_closed"
    kind: ClassVar[Kind] = Kind.CONFLICT


class OfferStandsError(RegistryError):
    """Another offer of the same battery stands open."""

    code: ClassVar[str] = "offer_stands"
    kind: ClassVar[Kind] = Kind.CONFLICT


class OfferNotNeededError(RegistryError):
    """The step does not pass the battery to another organisation."""

    code: ClassVar[str] = "offer_not_needed"


class OtherLabelError(RegistryError):
    """The label that was scanned is not that of the offered battery."""

    code: ClassVar[str] = "offer_other_label"


class EvidenceReservedError(RegistryError):
    """Nobody tells this piece of evidence; the registry writes it."""

    code: ClassVar[str] = "custody_evidence_reserved"


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """An offer as it stands.

    Args:
        offer_id: Made once, by the giver.
        battery_id: The battery.
        case_id: Its case.
        case_seq: The case's last event when it was made.
        public_code: The battery's label, which the receiver scans.
        to_state: The state after the hand-over.
        giver_code: Who offers.
        receiver_code: To whom.
        offered_role: The role of who offered.
        evidence: What the giver says.
        status: What became of it.
        offered_at: When it was made.
        expires_at: Until when it can be accepted.
        settled_at: When it was accepted, declined, withdrawn or lapsed.
        event_id: The event that its acceptance made.
    """

    offer_id: UUID
    battery_id: UUID
    case_id: UUID
    case_seq: int
    public_code: str
    to_state: State
    giver_code: str
    receiver_code: str
    offered_role: Role
    evidence: Mapping[str, object]
    status: OfferStatus
    offered_at: datetime
    expires_at: datetime
    settled_at: datetime | None = None
    event_id: UUID | None = None


def status_at(offer: Offer, *, now: datetime) -> OfferStatus:
    """Tell what an offer is at a time; nobody needs to have marked it lapsed."""
    lapsed = offer.status is OfferStatus.OPEN and offer.expires_at <= now
    return OfferStatus.EXPIRED if lapsed else offer.status


def check_told(evidence: Mapping[str, object]) -> None:
    """Refuse evidence that only the registry writes.

    Raises:
        EvidenceReservedError: A name is reserved; the field says which.
    """
    for name in evidence:
        if name in RESERVED:
            raise EvidenceReservedError(field=f"evidence.{name}")


def check_offer(
    case: Case,
    *,
    offer_id: UUID,
    to_state: State,
    giver: Party,
    receiver: Party,
    offered_role: Role,
    evidence: Mapping[str, object],
    now: datetime,
) -> None:
    """Refuse an offer that could not be accepted as the case stands.

    Raises:
        OfferNotNeededError: The step stays with one organisation, or is with a
            resident.
        NotYourStepError: The giver's role gives nothing away.
        RegistryError: Any refusal of ``custody.advance``.
    """
    check_told(evidence)
    edge = EDGES.get((case.state, to_state))
    if edge is not None:
        if not custody.needs_two(edge, giver=giver, receiver=receiver):
            raise OfferNotNeededError(field="receiver")
        if offered_role not in _GIVERS:
            raise NotYourStepError(
                extra={"roles": sorted(_GIVERS)}, to_state=to_state.value
            )
    custody.advance(
        case,
        HandOver(
            event_id=offer_id,
            to_state=to_state,
            occurred_at=max(now, case.state_since),
            giver=giver,
            receiver=receiver,
            actor_role=next(iter(edge.roles)) if edge else offered_role,
            actor_organisation_code=receiver.organisation_code or "",
            evidence={**_RECEIVERS_EVIDENCE, **evidence},
            is_agreed=True,
        ),
        now=now,
    )


def check_acceptance(offer: Offer, *, case: Case, now: datetime) -> None:
    """Refuse to accept what is not on offer any more.

    Raises:
        OfferClosedError: It is settled, its time is over, or the battery has
            taken another step since.
    """
    check_open(offer, now=now)
    if (case.case_id, case.seq) != (offer.case_id, offer.case_seq):
        raise OfferClosedError(
            extra={"offer_status": OfferStatus.SUPERSEDED.value},
            status=OfferStatus.SUPERSEDED.value,
        )


def check_open(offer: Offer, *, now: datetime) -> None:
    """Refuse what is settled or lapsed.

    Raises:
        OfferClosedError: It is.
    """
    status = status_at(offer, now=now)
    if status is not OfferStatus.OPEN:
        raise OfferClosedError(
            extra={"offer_status": status.value}, status=status.value
        )


def signatures(offer: Offer) -> dict[str, object]:
    """Spell both signatures as evidence of the event."""
    return {
        "offer_id": str(offer.offer_id),
        "offered_by": f"{offer.giver_code}/{offer.offered_role.value}",
        "accepted_by": offer.receiver_code,
    }

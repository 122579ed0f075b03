"""What a chain of custody is made of: parties, a case, its hand-overs, events."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from battery_registry.domain.custody_edges import PartyKind, State
from battery_registry.domain.roles import OrganisationKind, Role


@dataclass(frozen=True, kw_only=True, slots=True)
class Party:
    """Who gives, receives or holds; a resident is never named."""

    kind: PartyKind
    organisation_code: str | None = None
    organisation_kind: OrganisationKind | None = None

    def __post_init__(self) -> None:
        """Refuse a party that is half an organisation.

        Raises:
            ValueError: If an organisation lacks its code or kind, or a
                resident has either.
        """
        named = [self.organisation_code is not None, self.organisation_kind is not None]
        if named != [self.kind is PartyKind.ORGANISATION] * 2:
            raise ValueError("an organisation has a code and a kind, a resident none")


RESIDENT: Final = Party(kind=PartyKind.RESIDENT)


def organisation(code: str, *, kind: OrganisationKind) -> Party:
    """Name an organisation as a party."""
    return Party(
        kind=PartyKind.ORGANISATION, organisation_code=code, organisation_kind=kind
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """A red case as it stands.

    Args:
        case_id: Its id.
        battery_id: The battery it is about.
        state: Where the battery is on its way.
        holder: Who answers for the battery now.
        state_since: When the last event happened, aware.
        due_at: Until when the next step must be made; None once closed.
        seq: Number of the last event; the opening is 1.
    """

    case_id: UUID
    battery_id: UUID
    state: State
    holder: Party
    state_since: datetime
    due_at: datetime | None
    seq: int


@dataclass(frozen=True, kw_only=True, slots=True)
class HandOver:
    """A step as the acting organisation tells it.

    Args:
        event_id: Made once, by whoever tells it.
        to_state: The state after it.
        occurred_at: When it happened, aware.
        giver: Who gave; the holder where nothing changed hands.
        receiver: Who received. For ``missing``: who should have, or who
            tells it; for ``mismatch``: who would not sign for it.
        actor_role: The role of the signer.
        actor_organisation_code: The signer's organisation.
        evidence: What proves the step, such as ``certificate_number`` (needed
            for ``destroyed``), ``note`` (needed for ``mismatch``), ``mass_kg``
            (needed for ``received``).
        is_agreed: Both sides said so: the giver offered and the receiver
            accepts, in an offer or in a manifest; then the receiver signs.
    """

    event_id: UUID
    to_state: State
    occurred_at: datetime
    giver: Party
    receiver: Party
    actor_role: Role
    actor_organisation_code: str
    evidence: Mapping[str, object]
    is_agreed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class CustodyEvent:
    """One link of the chain, with its EPCIS 2.0 terms.

    Args:
        event_id: As told, or made at the opening.
        case_id: Its case.
        battery_id: Its battery.
        seq: Its number in the case, from 1.
        from_state: None at the opening.
        to_state: The state after it.
        giver: Who gave.
        receiver: Who received.
        occurred_at: When it happened.
        recorded_at: When the registry learned of it.
        action: EPCIS action (``OBSERVE``, ``DELETE``).
        biz_step: CBV business step.
        disposition: CBV disposition.
        persistent_dispositions: What stays set on the battery: ``recalled``.
        actor_role: The role of the signer.
        actor_organisation_code: The signer's organisation.
        evidence: What proves the step.
    """

    event_id: UUID
    case_id: UUID
    battery_id: UUID
    seq: int
    from_state: State | None
    to_state: State
    giver: Party
    receiver: Party
    occurred_at: datetime
    recorded_at: datetime
    action: str
    biz_step: str
    disposition: str
    persistent_dispositions: tuple[str, ...]
    actor_role: Role
    actor_organisation_code: str
    evidence: Mapping[str, object]

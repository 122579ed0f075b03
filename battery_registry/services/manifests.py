"""Write manifests and let them go: many packs, one step each, one transaction.

The sender's list is its signature; the carrier's dispatch is the acceptance. A
manifest is held first and its batteries after it, in the order of their ids, so
that two that are received at once never wait for each other in a ring.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from battery_registry.domain import manifests
from battery_registry.domain.caller import Caller
from battery_registry.domain.canonical import canonical_sha256
from battery_registry.domain.city_time import city_date
from battery_registry.domain.custody import (
    NotYourStepError,
    PartyKind,
    State,
    WrongPartyError,
)
from battery_registry.domain.custody_terms import DEFAULT_TERMS, Terms
from battery_registry.domain.manifest_refusals import ManifestUnsoundError
from battery_registry.domain.manifests import (
    Draft,
    ManifestStatus,
    PackStatus,
    WasteKind,
)
from battery_registry.domain.roles import OrganisationKind, Role
from battery_registry.services import custody, manifest_steps
from battery_registry.services.custody import EventIdReusedError, ToldHandOver
from battery_registry.store import manifests as kept


def make(session: Session, *, draft: Draft, caller: Caller, now: datetime) -> UUID:
    """Write a manifest; the same one told twice is one.

    Args:
        session: The caller's transaction.
        draft: Drums, packs and papers.
        caller: The collector that holds the packs.
        now: The time of the request, aware.

    Returns:
        Its id.

    Raises:
        SsccError: A drum's number is no SSCC.
        ManifestUnsoundError: The list does not hold together, or a pack of it
            is not one that the sender holds, ready to go.
        EventIdReusedError: The id belongs to another manifest.
        PartyUnknownError: Carrier or receiver takes no part.
        WrongPartyError: Carrier or receiver is of the wrong kind.
        NotYourStepError: The caller's role sends nothing.
    """
    if caller.role is not Role.COLLECTOR:
        raise NotYourStepError(
            extra={"roles": [Role.COLLECTOR.value]}, to_state=State.IN_TRANSIT.value
        )
    manifests.check_draft(draft)
    body_sha256 = canonical_sha256(_told(draft, caller))
    before = kept.lock(session, manifest_id=draft.manifest_id)
    if before is not None:
        if before.body_sha256 != body_sha256:
            raise EventIdReusedError(field="manifest_id")
        return draft.manifest_id
    _check_parties(session, draft)
    cases = kept.open_cases(session, codes=[pack.code for pack in draft.packs])
    for place, pack in enumerate(draft.packs):
        _check_pack(cases.get(pack.code), draft, caller, field=f"packs.{place}.code")
    if len({of.battery_id for of in cases.values()}) < len(draft.packs):
        raise ManifestUnsoundError(field="packs")
    kept.add(
        session,
        draft,
        cases=cases,
        values={
            "status": ManifestStatus.DRAFT.value,
            "sender_code": caller.organisation_code,
            "created_at": now,
            "body_sha256": body_sha256,
        },
    )
    return draft.manifest_id


def _check_parties(session: Session, draft: Draft) -> None:
    kinds = {
        "carrier": (
            draft.carrier,
            {OrganisationKind.COLLECTOR, OrganisationKind.CARRIER},
        ),
        "receiver": (draft.receiver, {OrganisationKind.RECYCLER}),
    }
    for field, (code, allowed) in kinds.items():
        party = custody.get_party(session, code, field=field)
        is_one = party.kind is PartyKind.ORGANISATION
        if not is_one or party.organisation_kind not in allowed:
            raise WrongPartyError(field=field, to_state=State.IN_TRANSIT.value)


def _check_pack(
    of: Row[Any] | None, draft: Draft, caller: Caller, *, field: str
) -> None:
    is_ready = (
        of is not None
        and of.state == State.COLLECTED
        and of.holder_code == caller.organisation_code
    )
    is_lead = draft.papers.waste_kind is WasteKind.LEAD_ACID
    if of is None or not is_ready or (of.chemistry == "lead_acid") is not is_lead:
        raise ManifestUnsoundError(field=field)


def dispatch(
    session: Session,
    *,
    manifest_id: UUID,
    occurred_at: datetime,
    caller: Caller,
    now: datetime,
    terms: Terms = DEFAULT_TERMS,
) -> None:
    """Let a manifest go: the carrier takes every pack over, one event each.

    Args:
        session: The transaction, which holds manifest and cases until it ends.
        manifest_id: Which manifest.
        occurred_at: When it left, aware.
        caller: The carrier.
        now: The time of the request, aware.
        terms: Deadlines in force.

    Raises:
        NoManifestError: There is none that this organisation carries.
        ManifestStateError: It has come back; one under way is simply under way.
        PackingError: A drum is packed wrong; the rule is named.
        PapersMissingError: Lead-acid without its numbers.
        JudgeUntrainedError: Nobody trained has judged the damage.
        ManifestUnsoundError: A drum of it is on the road under another manifest.
        RegistryError: Any refusal of a pack's step; ``extra`` names its code.
    """
    row = manifest_steps.held(session, manifest_id, carrier=caller.organisation_code)
    if row.status == ManifestStatus.DISPATCHED:
        return
    manifest_steps.check_status(row, ManifestStatus.DRAFT)
    _check_ready(session, row, now=now)
    packs = kept.packs(session, manifest_id=manifest_id)
    for pack in packs:
        told = ToldHandOver(
            event_id=manifest_steps.event_id(
                manifest_id, pack.battery_id, State.IN_TRANSIT
            ),
            to_state=State.IN_TRANSIT,
            occurred_at=occurred_at,
            giver=row.sender_code,
            receiver=row.carrier_code,
            evidence={"mass_kg": pack.mass_kg},
        )
        agreed = manifest_steps.signatures(
            pack, offered_by=row.sender_code, accepted_by=row.carrier_code
        )
        manifest_steps.step(
            session, pack, told, agreed, caller=caller, now=now, terms=terms
        )
    sent = [pack.battery_id for pack in packs]
    kept.mark(session, manifest_id=manifest_id, ids=sent, status=PackStatus.SENT)
    manifest_steps.move(
        session, row, ManifestStatus.DISPATCHED, now=now, dispatched_at=now
    )


def _check_ready(session: Session, row: Row[Any], *, now: datetime) -> None:
    """Refuse drums that are packed wrong, or that are on the road already."""
    rows = kept.drums(session, manifest_id=row.manifest_id)
    manifests.check_dispatch(
        kept.papers_of(row),
        drums=[kept.drum_of(drum) for drum in rows],
        today=city_date(now),
    )
    # One number is one drum.
    doubled = kept.find_drum_on_the_road(session, manifest_id=row.manifest_id)
    if doubled is not None:
        raise ManifestUnsoundError(field="drums", extra={"sscc": doubled})


def _told(draft: Draft, caller: Caller) -> dict[str, object]:
    papers = draft.papers
    return {
        "manifest_id": str(draft.manifest_id),
        "sender": caller.organisation_code,
        "carrier": draft.carrier,
        "receiver": draft.receiver,
        "papers": [
            papers.waste_kind.value,
            papers.judged_by,
            papers.judge_trained_on.isoformat(),
            papers.licence_number or "",
            papers.transfer_manifest_number or "",
            papers.vehicle or "",
        ],
        "drums": [
            [drum.sscc, drum.damage_class.value, drum.packing_instruction.value]
            for drum in draft.drums
        ],
        "packs": [[pack.code, pack.sscc, pack.mass_kg] for pack in draft.packs],
    }

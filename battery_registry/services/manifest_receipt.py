"""Count and weigh a manifest at the recycler's gate."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from battery_registry.domain.caller import Caller
from battery_registry.domain.code import PublicCode
from battery_registry.domain.custody import State, is_terminal
from battery_registry.domain.custody_terms import DEFAULT_TERMS, Terms
from battery_registry.domain.incidents import IncidentKind, about_manifest
from battery_registry.domain.manifest_refusals import ManifestUnsoundError
from battery_registry.domain.manifests import (
    Difference,
    ManifestStatus,
    PackStatus,
    differing,
)
from battery_registry.services import incidents, manifest_steps
from battery_registry.services.custody import ToldHandOver
from battery_registry.store import incidents as kept_incidents
from battery_registry.store import manifests as kept

_KIND = IncidentKind.MANIFEST_DIFFERENCE


@dataclass(frozen=True, kw_only=True, slots=True)
class ToldReceipt:
    """What arrived.

    Args:
        occurred_at: When it was counted, aware.
        codes: The labels that were scanned.
        masses_kg: What each drum weighed net, by its SSCC.
    """

    occurred_at: datetime
    codes: tuple[PublicCode, ...]
    masses_kg: Mapping[str, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Arrival:
    """One receipt while it is being worked off."""

    session: Session
    manifest: Row[Any]
    told: ToldReceipt
    caller: Caller
    now: datetime
    terms: Terms

    def take_in(self, pack: Row[Any]) -> bool:
        """Take in a pack that was scanned; False if another answers for it.

        Nobody but the carrier has signed for what the drums hold, so what has
        come into other hands on the way needs an offer of its own.
        """
        giver, receiver = pack.holder_code, self.manifest.receiver_code
        # Cleared on the way, or taken in already by an offer of its own.
        is_settled = is_terminal(State(pack.state)) or giver == receiver
        if pack.state != State.MISSING and is_settled:
            return True
        if not self.has_sent(pack) or giver not in {
            self.manifest.carrier_code,
            receiver,
        }:
            return False
        if pack.state == State.MISSING:
            # Told missing on the way, and here it is: found, then received.
            self._step(pack, State.ISOLATED, giver, {"note": "found at the gate"})
            giver = receiver
        self._step(pack, State.RECEIVED, giver, {"mass_kg": pack.mass_kg})
        return True

    def has_sent(self, pack: Row[Any]) -> bool:
        """Tell whether a pack's last journey is this manifest's, and no later one."""
        return bool(
            pack.journey_id
            == manifest_steps.event_id(
                self.manifest.manifest_id, pack.battery_id, State.IN_TRANSIT
            )
        )

    def miss(self, pack: Row[Any]) -> None:
        note = {"note": "listed and not in the drums"}
        self._step(pack, State.MISMATCH, pack.holder_code, note)

    def _step(
        self,
        pack: Row[Any],
        to_state: State,
        giver: str,
        evidence: Mapping[str, object],
    ) -> None:
        receiver = self.manifest.receiver_code
        signed = {"offered_by": giver, "accepted_by": receiver}
        # One that keeps it has no other to sign.
        if to_state is State.MISMATCH or giver == receiver:
            signed = {}
        told = ToldHandOver(
            event_id=manifest_steps.event_id(
                self.manifest.manifest_id, pack.battery_id, to_state
            ),
            to_state=to_state,
            occurred_at=self.told.occurred_at,
            giver=giver,
            receiver=receiver,
            evidence=evidence,
        )
        manifest_steps.step(
            self.session,
            pack,
            told,
            manifest_steps.signatures(pack, **signed),
            caller=self.caller,
            now=self.now,
            terms=self.terms,
        )


def receive(
    session: Session,
    *,
    manifest_id: UUID,
    told: ToldReceipt,
    caller: Caller,
    now: datetime,
    terms: Terms = DEFAULT_TERMS,
) -> Difference:
    """Take in what arrived; what differs opens an incident that holds the rest.

    Packs that turn up later are told in a further receipt; once nothing
    differs, the incident is closed and the hold with it. Told again, a receipt
    changes nothing.

    Args:
        session: The transaction, which holds manifest and cases until it ends.
        manifest_id: Which manifest.
        told: Labels scanned and drums weighed.
        caller: The receiver.
        now: The time of the request, aware.
        terms: Deadlines and tolerances in force.

    Returns:
        What still differs.

    Raises:
        NoManifestError: There is none to this organisation.
        ManifestStateError: It never left.
        ManifestUnsoundError: A drum was weighed that is not on the list.
        RegistryError: Any refusal of a pack's step; ``extra`` names its code.
    """
    row = manifest_steps.held(session, manifest_id, receiver=caller.organisation_code)
    manifest_steps.check_status(
        row,
        ManifestStatus.DISPATCHED,
        ManifestStatus.DIFFERING,
        ManifestStatus.SETTLED,
    )
    _weigh(session, manifest_id, told)
    arrival = _Arrival(
        session=session, manifest=row, told=told, caller=caller, now=now, terms=terms
    )
    scanned = kept.batteries_of(session, codes=told.codes)
    missing, elsewhere = _work_off(arrival, set(scanned.values()))
    difference = Difference(
        missing=missing,
        elsewhere=elsewhere,
        surplus=_surplus(session, row, told, scanned),
        masses=differing(
            [
                kept.weighed_of(drum)
                for drum in kept.drums(session, manifest_id=manifest_id)
            ],
            tolerance_frac=terms.mass_tolerance_frac,
        ),
    )
    _settle(session, row, difference, now=now)
    return difference


def _weigh(session: Session, manifest_id: UUID, told: ToldReceipt) -> None:
    known = {drum.sscc for drum in kept.drums(session, manifest_id=manifest_id)}
    for sscc in told.masses_kg:
        if sscc not in known:
            raise ManifestUnsoundError(field="drums")
    kept.weigh(session, manifest_id=manifest_id, masses=told.masses_kg)


def _work_off(
    arrival: _Arrival, arrived: Collection[UUID | None]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Take one step for each pack that needs one.

    Returns:
        Codes of what is still missing, and of what another answers for.
    """
    session, manifest_id = arrival.session, arrival.manifest.manifest_id
    packs = kept.packs(session, manifest_id=manifest_id)
    waited_for = [pack for pack in packs if pack.status != PackStatus.RECEIVED]
    here = [pack for pack in waited_for if pack.battery_id in arrived]
    missing = [pack for pack in waited_for if pack.battery_id not in arrived]
    taken = {pack.battery_id: arrival.take_in(pack) for pack in here}
    for pack in missing:
        # Who carries it may have said already that it is missing; or it came
        # back, and is under way by another manifest or offer.
        if pack.state == State.IN_TRANSIT and arrival.has_sent(pack):
            arrival.miss(pack)
    found = [pack for pack in here if taken[pack.battery_id]]
    elsewhere = [pack for pack in here if not taken[pack.battery_id]]
    for status, some in (
        (PackStatus.RECEIVED, found),
        (PackStatus.MISSING, [*missing, *elsewhere]),
    ):
        ids = [pack.battery_id for pack in some]
        kept.mark(session, manifest_id=manifest_id, ids=ids, status=status)
    return _codes(missing), _codes(elsewhere)


def _codes(packs: Iterable[Row[Any]]) -> tuple[str, ...]:
    return tuple(pack.public_code for pack in packs)


def _surplus(
    session: Session,
    row: Row[Any],
    told: ToldReceipt,
    scanned: Mapping[str, UUID | None],
) -> tuple[str, ...]:
    """Name what was scanned and not listed, now or in an earlier receipt."""
    listed = {
        pack.battery_id for pack in kept.packs(session, manifest_id=row.manifest_id)
    }
    now_found = [code for code in told.codes if scanned.get(code) not in listed]
    open_detail = kept_incidents.find_open_detail(
        session, kind=_KIND, subject=about_manifest(row.manifest_id)
    )
    before = open_detail.get("surplus", []) if open_detail else []
    return tuple(dict.fromkeys([*before, *now_found]))


def _settle(
    session: Session, row: Row[Any], difference: Difference, *, now: datetime
) -> None:
    subject = about_manifest(row.manifest_id)
    if difference.is_any and not _is_settled_by_word(session, row, difference):
        detail = {**difference.detail(), "receiver": row.receiver_code}
        is_known = incidents.amend(
            session, kind=_KIND, subject=subject, detail=detail, now=now
        )
        if not is_known:
            incidents.open_incident(
                session, kind=_KIND, subject=subject, detail=detail, now=now
            )
    else:
        incidents.close_open(
            session,
            kind=_KIND,
            subject=subject,
            closing={"why": "as_listed"},
            now=now,
        )
    status = ManifestStatus.DIFFERING if difference.is_any else ManifestStatus.SETTLED
    if row.status != status:
        manifest_steps.move(
            session,
            row,
            status,
            now=now,
            received_at=row.received_at or now,
            settled_at=None if difference.is_any else now,
        )


def _is_settled_by_word(
    session: Session, row: Row[Any], difference: Difference
) -> bool:
    """Tell whether a regulator has settled all that still differs."""
    settled = kept_incidents.find_settled_detail(
        session, kind=_KIND, subject=about_manifest(row.manifest_id)
    )
    return settled is not None and difference.is_within(settled)

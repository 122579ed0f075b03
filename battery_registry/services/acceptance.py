"""Take offers over one label after the other, as a scanner reads them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from battery_registry.domain.caller import Caller
from battery_registry.domain.code import PublicCode
from battery_registry.domain.custody_terms import DEFAULT_TERMS, Terms
from battery_registry.domain.offers import Offer, OfferStatus, status_at
from battery_registry.services import offers
from battery_registry.services.offers import ToldAcceptance
from battery_registry.store import batteries
from battery_registry.store import offers as kept


class Outcome(StrEnum):
    """What came of one scan."""

    TAKEN = "taken"
    AGAIN = "again"
    UNKNOWN = "unknown"
    NOT_OFFERED = "not_offered"


@dataclass(frozen=True, kw_only=True, slots=True)
class ToldScan:
    """One label as it was scanned.

    Args:
        scan_id: Made once; the same one is one scan, and names its event.
        code: The label.
        mass_kg: What the battery weighs, where the step needs it.
    """

    scan_id: UUID
    code: PublicCode
    mass_kg: float | None = None


_OUTCOMES: Final = {OfferStatus.ACCEPTED: Outcome.AGAIN}


def accept_scanned(
    session: Session,
    *,
    scan: ToldScan,
    caller: Caller,
    now: datetime,
    terms: Terms = DEFAULT_TERMS,
) -> Outcome:
    """Accept what is offered of a battery whose label was scanned.

    Args:
        session: The transaction, which holds the case until it ends.
        scan: What was scanned.
        caller: Who receives.
        now: The time of the request, aware.
        terms: Deadlines in force.

    Returns:
        What came of it. A scan that is told again is taken as it was the first
        time; another scan of the same label is ``AGAIN``.

    Raises:
        RegistryError: Any refusal of ``offers.accept``.
    """
    label = batteries.find_labels(session, codes={scan.code}).get(scan.code)
    if label is None or label.battery_id is None:
        return Outcome.UNKNOWN
    offer = kept.find_newest_to(
        session,
        battery_id=label.battery_id,
        receiver_code=caller.organisation_code,
    )
    if offer is None:
        return Outcome.NOT_OFFERED
    if offer.event_id == scan.scan_id:
        return Outcome.TAKEN
    status = status_at(offer, now=now)
    if status is not OfferStatus.OPEN:
        return _OUTCOMES.get(status, Outcome.NOT_OFFERED)
    _accept(session, offer, scan=scan, caller=caller, now=now, terms=terms)
    return Outcome.TAKEN


def _accept(
    session: Session,
    offer: Offer,
    *,
    scan: ToldScan,
    caller: Caller,
    now: datetime,
    terms: Terms,
) -> None:
    evidence = {} if scan.mass_kg is None else {"mass_kg": scan.mass_kg}
    told = ToldAcceptance(
        event_id=scan.scan_id, code=scan.code, occurred_at=now, evidence=evidence
    )
    offers.accept(
        session,
        offer_id=offer.offer_id,
        told=told,
        caller=caller,
        now=now,
        terms=terms,
    )

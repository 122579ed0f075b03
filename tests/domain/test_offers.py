"""Offers: what may be offered, what can still be accepted."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from battery_registry.domain import Kind, RegistryError
from battery_registry.domain.custody import (
    RESIDENT,
    Case,
    CaseClosedError,
    EvidenceMissingError,
    NotYourStepError,
    State,
    UnlawfulStepError,
    WrongPartyError,
    organisation,
)
from battery_registry.domain.offers import (
    RESERVED,
    EvidenceReservedError,
    Offer,
    OfferClosedError,
    OfferNotNeededError,
    OfferStatus,
    check_acceptance,
    check_offer,
    check_open,
    check_told,
    signatures,
    status_at,
)
from battery_registry.domain.roles import OrganisationKind, Role

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
EXPIRES = NOW + timedelta(hours=72)
STATION = organisation("xicheng-tests", kind=OrganisationKind.STATION_OPERATOR)
COLLECTOR = organisation("swift-collect", kind=OrganisationKind.COLLECTOR)
CARRIER = organisation("safe-carrier", kind=OrganisationKind.CARRIER)
RECYCLER = organisation("greencell", kind=OrganisationKind.RECYCLER)
DEALER = organisation("corner-shop", kind=OrganisationKind.DEALER)
SETTLED = sorted(set(OfferStatus) - {OfferStatus.OPEN})

CASE = Case(
    case_id=UUID(int=1),
    battery_id=UUID(int=2),
    state=State.ISOLATED,
    holder=STATION,
    state_since=NOW,
    due_at=NOW + timedelta(days=3),
    seq=2,
)
OFFER = Offer(
    offer_id=UUID(int=3),
    battery_id=CASE.battery_id,
    case_id=CASE.case_id,
    case_seq=2,
    public_code="0" * 16,
    to_state=State.COLLECTED,
    giver_code="xicheng-tests",
    receiver_code="swift-collect",
    offered_role=Role.INSPECTOR,
    evidence={},
    status=OfferStatus.OPEN,
    offered_at=NOW,
    expires_at=EXPIRES,
)


def offer(case: Case = CASE, **changes: Any) -> None:
    told: dict[str, Any] = {
        "to_state": State.COLLECTED,
        "giver": STATION,
        "receiver": COLLECTOR,
        "offered_role": Role.INSPECTOR,
        "evidence": {},
        "now": NOW,
        **changes,
    }
    check_offer(case, offer_id=OFFER.offer_id, **told)


def at(state: State, holder: Any) -> Case:
    return replace(CASE, state=state, holder=holder)


def test_what_can_be_accepted_may_be_offered() -> None:
    offer()
    offer(replace(CASE, state_since=NOW + timedelta(minutes=2)))
    offer(
        at(State.COLLECTED, COLLECTOR),
        to_state=State.IN_TRANSIT,
        giver=COLLECTOR,
        receiver=CARRIER,
        offered_role=Role.COLLECTOR,
    )


def test_the_receiver_weighs_what_it_takes_in() -> None:
    offer(
        at(State.IN_TRANSIT, CARRIER),
        to_state=State.RECEIVED,
        giver=CARRIER,
        receiver=RECYCLER,
        offered_role=Role.COLLECTOR,
    )


@pytest.mark.parametrize(
    ("case", "changes", "refusal", "field"),
    [
        (CASE, {"receiver": STATION}, OfferNotNeededError, "receiver"),
        (CASE, {"receiver": RESIDENT}, OfferNotNeededError, "receiver"),
        (CASE, {"offered_role": Role.DEALER}, NotYourStepError, None),
        (CASE, {"receiver": DEALER}, WrongPartyError, "receiver"),
        (CASE, {"giver": DEALER}, WrongPartyError, "giver"),
        (CASE, {"to_state": State.DESTROYED}, UnlawfulStepError, "to_state"),
        (at(State.CLEARED, STATION), {}, CaseClosedError, None),
        (
            at(State.IN_TRANSIT, CARRIER),
            {
                "to_state": State.RECEIVED,
                "giver": CARRIER,
                "receiver": RECYCLER,
                "evidence": {"mass_kg": 0},
            },
            EvidenceMissingError,
            "mass_kg",
        ),
    ],
)
def test_what_could_not_be_accepted_is_refused(
    case: Case,
    changes: dict[str, Any],
    refusal: type[RegistryError],
    field: str | None,
) -> None:
    with pytest.raises(refusal) as refused:
        offer(case, **changes)
    assert refused.value.field == field


def test_the_roles_that_give_are_named() -> None:
    with pytest.raises(NotYourStepError) as refused:
        offer(offered_role=Role.AUDITOR)
    assert refused.value.extra == {"roles": ["collector", "inspector", "recycler"]}
    assert refused.value.params == {"to_state": "collected"}


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_nobody_tells_what_the_registry_writes(name: str) -> None:
    evidence: Mapping[str, object] = {"note": "boxed", name: "x"}
    check_told({"note": "boxed"})
    with pytest.raises(EvidenceReservedError) as refused:
        check_told(evidence)
    assert refused.value.code == "custody_evidence_reserved"
    assert refused.value.field == f"evidence.{name}"
    with pytest.raises(EvidenceReservedError):
        offer(evidence=evidence)


def test_an_offer_lapses_by_itself() -> None:
    just = EXPIRES - timedelta(microseconds=1)
    assert status_at(OFFER, now=just) is OfferStatus.OPEN
    assert status_at(OFFER, now=EXPIRES) is OfferStatus.EXPIRED
    check_open(OFFER, now=just)
    with pytest.raises(OfferClosedError) as refused:
        check_open(OFFER, now=EXPIRES)
    assert (refused.value.code, refused.value.kind) == ("offer_closed", Kind.CONFLICT)
    assert refused.value.extra == {"offer_status": "expired"}


@pytest.mark.parametrize("status", SETTLED)
def test_what_is_settled_stays_so(status: OfferStatus) -> None:
    settled = replace(OFFER, status=status)
    for now in (NOW, EXPIRES):
        assert status_at(settled, now=now) is status
        with pytest.raises(OfferClosedError) as refused:
            check_acceptance(settled, case=CASE, now=now)
        assert refused.value.extra == {"offer_status": status.value}


@pytest.mark.parametrize("changes", [{"seq": 3}, {"case_id": UUID(int=9)}])
def test_another_step_voids_an_offer(changes: dict[str, Any]) -> None:
    check_acceptance(OFFER, case=CASE, now=NOW)
    with pytest.raises(OfferClosedError) as refused:
        check_acceptance(OFFER, case=replace(CASE, **changes), now=NOW)
    assert refused.value.extra == {"offer_status": "superseded"}


def test_both_signatures_are_evidence() -> None:
    assert signatures(OFFER) == {
        "offer_id": str(OFFER.offer_id),
        "offered_by": "xicheng-tests/inspector",
        "accepted_by": "swift-collect",
    }

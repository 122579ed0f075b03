"""Steps of a red case that are refused, and what the refusal says."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from battery_registry.domain import Kind
from battery_registry.domain.custody import (
    CLOCK_TOLERANCE,
    EDGES,
    RESIDENT,
    CaseClosedError,
    EventTimeError,
    EvidenceMissingError,
    NotYourStepError,
    Party,
    PartyKind,
    State,
    UnlawfulStepError,
    WrongPartyError,
    is_open,
    lawful_next,
)
from battery_registry.domain.roles import OrganisationKind, Role
from tests.domain.custody_made import (
    CARRIER,
    COLLECTOR,
    DEALER,
    NOW,
    OTHER_STATION,
    PROOF,
    RECYCLER,
    STATION,
    make_hand_over,
    stepped,
)


@pytest.mark.parametrize(
    ("state", "to_state"),
    [
        (state, to_state)
        for state in State
        for to_state in State
        if is_open(state) and (state, to_state) not in EDGES
    ],
)
def test_what_is_not_in_the_table_is_refused_with_what_is(
    state: State, to_state: State
) -> None:
    with pytest.raises(UnlawfulStepError) as refusal:
        stepped(
            state, STATION, make_hand_over(to_state, STATION, STATION, Role.INSPECTOR)
        )
    assert refusal.value.kind is Kind.CONFLICT
    assert refusal.value.extra == {
        "state": state.value,
        "lawful_next": [target.value for target in lawful_next(state)],
    }


@pytest.mark.parametrize("state", [State.DESTROYED, State.CLEARED])
def test_a_closed_case_takes_no_step(state: State) -> None:
    hand_over = make_hand_over(State.ISOLATED, RECYCLER, STATION, Role.INSPECTOR)
    with pytest.raises(CaseClosedError):
        stepped(state, RECYCLER, hand_over)
    assert lawful_next(state) == ()


@pytest.mark.parametrize(
    ("role", "actor"),
    [
        (Role.COLLECTOR, "xicheng-tests"),
        (Role.ADMIN, "xicheng-tests"),
        (Role.INSPECTOR, "dongcheng-tests"),
        (Role.INSPECTOR, "nobody"),
    ],
)
def test_only_the_receivers_people_sign(role: Role, actor: str) -> None:
    hand_over = make_hand_over(State.ISOLATED, RESIDENT, STATION, role, actor=actor)
    with pytest.raises(NotYourStepError) as refusal:
        stepped(State.FLAGGED, RESIDENT, hand_over)
    assert refusal.value.kind is Kind.FORBIDDEN
    assert refusal.value.extra == {"roles": ["inspector"]}


def test_the_giver_alone_cannot_sign_that_another_took_it() -> None:
    hand_over = make_hand_over(
        State.IN_TRANSIT, COLLECTOR, CARRIER, Role.COLLECTOR, actor="swift-collect"
    )
    with pytest.raises(NotYourStepError):
        stepped(State.COLLECTED, COLLECTOR, hand_over)


@pytest.mark.parametrize(
    ("state", "holder", "giver"),
    [
        (State.ISOLATED, STATION, OTHER_STATION),
        (State.ISOLATED, STATION, RESIDENT),
        (State.FLAGGED, STATION, OTHER_STATION),
        (State.FLAGGED, RESIDENT, DEALER),
    ],
)
def test_only_the_holder_gives(state: State, holder: Party, giver: Party) -> None:
    hand_over = make_hand_over(State.COLLECTED, giver, COLLECTOR, Role.COLLECTOR)
    with pytest.raises(WrongPartyError) as refusal:
        stepped(state, holder, hand_over)
    assert refusal.value.field == "giver"


@pytest.mark.parametrize(
    ("holder", "giver"), [(RESIDENT, STATION), (STATION, RESIDENT), (STATION, STATION)]
)
def test_a_flagged_battery_comes_from_the_resident_or_the_station(
    holder: Party, giver: Party
) -> None:
    hand_over = make_hand_over(State.COLLECTED, giver, COLLECTOR, Role.COLLECTOR)
    case, event = stepped(State.FLAGGED, holder, hand_over)
    assert case.holder == COLLECTOR
    assert event.giver == giver


@pytest.mark.parametrize("receiver", [DEALER, CARRIER, STATION])
def test_only_its_kind_receives(receiver: Party) -> None:
    hand_over = make_hand_over(State.COLLECTED, STATION, receiver, Role.COLLECTOR)
    with pytest.raises(WrongPartyError) as refusal:
        stepped(State.ISOLATED, STATION, hand_over)
    assert refusal.value.field == "receiver"


@pytest.mark.parametrize(
    ("state", "to_state", "holder", "field"),
    [
        (State.RECEIVED, State.DESTROYED, RECYCLER, "certificate_number"),
        (State.DISMANTLED, State.DESTROYED, RECYCLER, "certificate_number"),
        (State.IN_TRANSIT, State.MISMATCH, CARRIER, "note"),
    ],
)
@pytest.mark.parametrize("left_out", [True, False])
def test_a_step_without_its_proof_is_refused(
    state: State, to_state: State, holder: Party, field: str, left_out: bool
) -> None:
    evidence = {k: v for k, v in PROOF.items() if k != field}
    if not left_out:
        evidence[field] = " "
    hand_over = make_hand_over(
        to_state, holder, RECYCLER, Role.RECYCLER, evidence=evidence
    )
    with pytest.raises(EvidenceMissingError) as refusal:
        stepped(state, holder, hand_over)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("occurred_at", "is_lawful"),
    [
        (NOW - timedelta(hours=1), True),
        (NOW - timedelta(hours=1, microseconds=1), False),
        (NOW + CLOCK_TOLERANCE, True),
        (NOW + CLOCK_TOLERANCE + timedelta(microseconds=1), False),
    ],
)
def test_an_event_lies_between_the_last_one_and_now(
    occurred_at: datetime, is_lawful: bool
) -> None:
    hand_over = make_hand_over(
        State.ISOLATED, RESIDENT, STATION, Role.INSPECTOR, occurred_at=occurred_at
    )
    if is_lawful:
        assert stepped(State.FLAGGED, RESIDENT, hand_over)[0].seq == 2
    else:
        with pytest.raises(EventTimeError) as refusal:
            stepped(State.FLAGGED, RESIDENT, hand_over)
        assert refusal.value.field == "occurred_at"


@pytest.mark.parametrize(
    "half",
    [
        {"kind": PartyKind.ORGANISATION},
        {"kind": PartyKind.ORGANISATION, "organisation_code": "x"},
        {"kind": PartyKind.RESIDENT, "organisation_code": "x"},
        {"kind": PartyKind.RESIDENT, "organisation_kind": OrganisationKind.DEALER},
    ],
)
def test_half_a_party_cannot_be_made(half: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="organisation"):
        Party(**half)

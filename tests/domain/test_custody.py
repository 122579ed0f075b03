"""Red cases: the way from flagged to destroyed, and who holds the battery on it."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_registry.domain import Kind
from battery_registry.domain.custody import (
    DEFAULT_DEADLINES,
    EDGES,
    RESIDENT,
    EvidenceMissingError,
    NotYourStepError,
    OfferNeededError,
    Party,
    Signer,
    State,
    advance,
    is_open,
    is_terminal,
    lawful_next,
    needs_two,
    open_case,
)
from battery_registry.domain.roles import Role
from tests.domain.custody_made import (
    CARRIER,
    COLLECTOR,
    NOW,
    RECYCLER,
    STATION,
    WHOLE_WAY,
    make_case,
    make_hand_over,
    stepped,
)


def test_a_red_verdict_opens_a_case_that_is_due_from_now() -> None:
    tested_at = NOW - timedelta(days=3)
    case, event = open_case(
        UUID(int=1),
        battery_id=UUID(int=2),
        event_id=UUID(int=3),
        holder=RESIDENT,
        tested_at=tested_at,
        actor_role=Role.INSPECTOR,
        actor_organisation_code="xicheng-tests",
        now=NOW,
        deadlines={**DEFAULT_DEADLINES, State.FLAGGED: 2},
        evidence={"inspection_id": "7"},
    )
    assert case.state is State.FLAGGED
    assert case.due_at == NOW + timedelta(days=2)
    assert (case.state_since, event.occurred_at) == (tested_at, tested_at)
    assert (case.seq, event.seq, event.from_state) == (1, 1, None)
    assert (event.biz_step, event.disposition) == ("inspecting", "non_conformant")
    assert event.persistent_dispositions == ("recalled",)
    assert event.evidence == {"inspection_id": "7"}


def test_the_whole_way_leads_from_flagged_to_destroyed() -> None:
    case = make_case()
    terms = []
    for number, (state, giver, receiver, role) in enumerate(WHOLE_WAY, start=2):
        before = case
        case, event = advance(
            case, make_hand_over(state, giver, receiver, role), now=NOW
        )
        assert (event.from_state, event.to_state) == (before.state, state)
        assert case.holder == receiver
        assert case.seq == event.seq == number
        assert event.persistent_dispositions == ("recalled",)
        terms.append((event.action, event.biz_step, event.disposition))
    assert case.due_at is None
    assert terms == [
        ("OBSERVE", "holding", "non_sellable_other"),
        ("OBSERVE", "collecting", "disposed"),
        ("OBSERVE", "departing", "in_transit"),
        ("OBSERVE", "receiving", "disposed"),
        ("OBSERVE", "disassembling", "in_progress"),
        ("DELETE", "destroying", "destroyed"),
    ]


def test_the_next_deadline_runs_from_the_event() -> None:
    occurred_at = NOW - timedelta(minutes=30)
    hand_over = make_hand_over(
        State.ISOLATED, RESIDENT, STATION, Role.INSPECTOR, occurred_at=occurred_at
    )
    case, event = advance(
        make_case(), hand_over, now=NOW, deadlines={State.ISOLATED: 5}
    )
    assert case.due_at == occurred_at + timedelta(days=5)
    assert event.recorded_at == NOW


@pytest.mark.parametrize(
    ("state", "holder", "to_state", "receiver", "role"),
    [
        (State.FLAGGED, RESIDENT, State.COLLECTED, COLLECTOR, Role.COLLECTOR),
        (State.ISOLATED, STATION, State.RECEIVED, RECYCLER, Role.RECYCLER),
        (State.COLLECTED, COLLECTOR, State.RECEIVED, RECYCLER, Role.RECYCLER),
        (State.RECEIVED, RECYCLER, State.DESTROYED, RECYCLER, Role.RECYCLER),
        (State.MISMATCH, CARRIER, State.RECEIVED, RECYCLER, Role.RECYCLER),
    ],
)
def test_lawful_skips(
    state: State, holder: Party, to_state: State, receiver: Party, role: Role
) -> None:
    case, _ = stepped(state, holder, make_hand_over(to_state, holder, receiver, role))
    assert case.state is to_state
    assert case.holder == receiver


def test_a_mismatch_leaves_the_giver_to_answer_for_it() -> None:
    hand_over = make_hand_over(State.MISMATCH, CARRIER, RECYCLER, Role.RECYCLER)
    case, event = stepped(State.IN_TRANSIT, CARRIER, hand_over)
    assert case.holder == CARRIER
    assert event.disposition == "mismatch_instance"
    assert lawful_next(State.MISMATCH) == (State.RECEIVED, State.MISSING)


@pytest.mark.parametrize("state", [s for s in State if State.MISSING in lawful_next(s)])
def test_a_missing_battery_stays_with_its_holder_until_found(state: State) -> None:
    missing = make_hand_over(
        State.MISSING, COLLECTOR, STATION, Role.COLLECTOR, actor="swift-collect"
    )
    case, event = stepped(state, COLLECTOR, missing)
    assert (event.biz_step, event.disposition) == ("stock_taking", "unknown")
    assert case.holder == COLLECTOR
    found = make_hand_over(
        State.ISOLATED, COLLECTOR, COLLECTOR, Role.COLLECTOR, is_agreed=False
    )
    case, _ = advance(case, found, now=NOW)
    assert (case.state, case.holder) == (State.ISOLATED, COLLECTOR)


@pytest.mark.parametrize(
    ("state", "holder", "to_state", "receiver", "role"),
    [
        (State.FLAGGED, STATION, State.COLLECTED, COLLECTOR, Role.COLLECTOR),
        (State.ISOLATED, STATION, State.COLLECTED, COLLECTOR, Role.COLLECTOR),
        (State.COLLECTED, COLLECTOR, State.IN_TRANSIT, CARRIER, Role.COLLECTOR),
        (State.IN_TRANSIT, CARRIER, State.RECEIVED, RECYCLER, Role.RECYCLER),
    ],
)
def test_between_two_organisations_one_word_is_not_enough(
    state: State, holder: Party, to_state: State, receiver: Party, role: Role
) -> None:
    told = make_hand_over(to_state, holder, receiver, role, is_agreed=False)
    with pytest.raises(OfferNeededError) as refusal:
        stepped(state, holder, told)
    assert refusal.value.kind is Kind.CONFLICT
    case, _ = stepped(state, holder, replace(told, is_agreed=True))
    assert case.holder == receiver


def test_what_is_found_stays_with_its_holder_unless_both_agree() -> None:
    told = make_hand_over(
        State.ISOLATED,
        COLLECTOR,
        RECYCLER,
        Role.COLLECTOR,
        actor="swift-collect",
        is_agreed=False,
    )
    with pytest.raises(OfferNeededError):
        stepped(State.MISSING, COLLECTOR, told)
    agreed = make_hand_over(State.ISOLATED, COLLECTOR, RECYCLER, Role.RECYCLER)
    assert stepped(State.MISSING, COLLECTOR, agreed)[0].holder == RECYCLER


@pytest.mark.parametrize("told", [None, 0, -1, True, "4.2", 200.5, float("nan")])
def test_what_a_recycler_takes_in_is_weighed(told: object) -> None:
    hand_over = make_hand_over(
        State.RECEIVED, CARRIER, RECYCLER, Role.RECYCLER, evidence={"mass_kg": told}
    )
    with pytest.raises(EvidenceMissingError) as refusal:
        stepped(State.IN_TRANSIT, CARRIER, hand_over)
    assert refusal.value.field == "mass_kg"


@pytest.mark.parametrize("to_state", [State.MISSING, State.ISOLATED])
def test_a_stranger_cannot_take_a_battery_from_its_holder(to_state: State) -> None:
    state = State.MISSING if to_state is State.ISOLATED else State.RECEIVED
    told = make_hand_over(
        to_state, RECYCLER, COLLECTOR, Role.COLLECTOR, is_agreed=False
    )
    with pytest.raises(NotYourStepError):
        stepped(state, RECYCLER, told)


def test_what_a_resident_holds_an_organisation_tells_of() -> None:
    told = make_hand_over(State.MISSING, RESIDENT, STATION, Role.INSPECTOR)
    case, _ = stepped(State.FLAGGED, RESIDENT, told)
    assert (case.state, case.holder) == (State.MISSING, RESIDENT)


@pytest.mark.parametrize("told", [True, 7, "", " ", "\u200b", "--", None, ["A1"]])
def test_what_is_no_certificate_proves_nothing(told: object) -> None:
    hand_over = make_hand_over(State.DESTROYED, RECYCLER, RECYCLER, Role.RECYCLER)
    evidence = {**hand_over.evidence, "certificate_number": told}
    with pytest.raises(EvidenceMissingError):
        stepped(State.RECEIVED, RECYCLER, replace(hand_over, evidence=evidence))


def test_missing_can_be_told_of_every_open_state_before_destroyed() -> None:
    told_of = {source for source, target in EDGES if target is State.MISSING}
    assert told_of == set(State) - {State.MISSING, State.DESTROYED, State.CLEARED}


def test_no_hand_over_clears_and_every_open_state_leads_to_destroyed() -> None:
    assert State.CLEARED not in {target for _, target in EDGES}
    reaching = {State.DESTROYED}
    for _ in State:
        reaching |= {source for source, target in EDGES if target in reaching}
    assert reaching == {s for s in State if is_open(s)} | {State.DESTROYED}
    assert {s for s in State if is_terminal(s)} == {State.DESTROYED, State.CLEARED}
    assert set(DEFAULT_DEADLINES) == {s for s in State if is_open(s)}


PARTIES = [STATION, COLLECTOR, CARRIER, RECYCLER]
ROLE_OF = {
    STATION: Role.INSPECTOR,
    COLLECTOR: Role.COLLECTOR,
    CARRIER: Role.COLLECTOR,
    RECYCLER: Role.RECYCLER,
}


@given(st.data())
def test_no_walk_gets_stuck_before_its_end(data: st.DataObject) -> None:
    case, steps = make_case(), 0
    while is_open(case.state) and steps < 12:
        to_state = data.draw(st.sampled_from(lawful_next(case.state)))
        edge = EDGES[case.state, to_state]
        receivers = [
            party
            for party in PARTIES
            if party.organisation_kind in edge.receivers
            and ROLE_OF[party] in edge.roles
        ]
        receiver = data.draw(st.sampled_from(receivers))
        is_told = (
            edge.signer is Signer.HOLDER
            and case.holder != RESIDENT
            and not needs_two(edge, giver=case.holder, receiver=receiver)
        )
        signer = case.holder if is_told else receiver
        hand_over = make_hand_over(
            to_state,
            case.holder,
            receiver,
            ROLE_OF[signer],
            actor=signer.organisation_code,
        )
        case, event = advance(case, hand_over, now=NOW)
        steps += 1
        assert event.seq == case.seq == steps + 1
        assert case.holder == (event.giver if edge.holder_stays else event.receiver)
        assert (case.due_at is None) is is_terminal(case.state)
        assert edge.signer in Signer

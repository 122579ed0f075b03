"""The one step by which a red ends without destruction."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from battery_registry.domain import Kind, RegistryError
from battery_registry.domain.custody import (
    RESIDENT,
    Case,
    CaseClosedError,
    CustodyEvent,
    State,
)
from battery_registry.domain.custody_clearing import (
    CLEARABLE,
    NotClearableError,
    check_clearable,
    clear,
)
from battery_registry.domain.roles import Role

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def cleared(state: State, since: datetime = NOW) -> tuple[Case, CustodyEvent]:
    before = Case(
        case_id=UUID(int=1),
        battery_id=UUID(int=2),
        state=state,
        holder=RESIDENT,
        state_since=since,
        due_at=NOW + timedelta(days=1),
        seq=4,
    )
    return clear(
        before,
        event_id=UUID(int=3),
        actor_role=Role.REGULATOR,
        actor_organisation_code="city-market",
        evidence={"appeal_id": "7"},
        now=NOW,
    )


@pytest.mark.parametrize("state", sorted(CLEARABLE))
def test_a_whole_battery_is_cleared_where_it_is(state: State) -> None:
    case, event = cleared(state)
    assert (case.state, case.due_at, case.seq) == (State.CLEARED, None, 5)
    assert (event.from_state, event.to_state) == (state, State.CLEARED)
    assert (event.giver, event.receiver) == (RESIDENT, RESIDENT)
    assert (event.seq, event.occurred_at, event.recorded_at) == (5, NOW, NOW)
    assert (event.biz_step, event.disposition) == ("inspecting", "available")
    assert event.persistent_dispositions == ()
    assert event.evidence == {"appeal_id": "7"}


def test_it_is_never_dated_before_the_last_step() -> None:
    ahead = NOW + timedelta(minutes=2)
    case, event = cleared(State.RECEIVED, ahead)
    assert (case.state_since, event.occurred_at, event.recorded_at) == (
        ahead,
        ahead,
        NOW,
    )


@pytest.mark.parametrize(
    ("state", "refusal", "code"),
    [
        (State.MISSING, NotClearableError, "custody_not_clearable"),
        (State.DISMANTLED, NotClearableError, "custody_not_clearable"),
        (State.DESTROYED, CaseClosedError, "custody_case_closed"),
        (State.CLEARED, CaseClosedError, "custody_case_closed"),
    ],
)
def test_where_there_is_no_whole_battery_nothing_is_cleared(
    state: State, refusal: type[RegistryError], code: str
) -> None:
    with pytest.raises(refusal) as refused:
        cleared(state)
    assert refused.value.code == code
    assert refused.value.params == {"state": state.value}
    with pytest.raises(refusal):
        check_clearable(state)
    assert NotClearableError.kind is Kind.CONFLICT

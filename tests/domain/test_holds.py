"""An open question keeps a battery whole."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from battery_registry.domain import Kind
from battery_registry.domain.custody_edges import State
from battery_registry.domain.holds import (
    ENDS,
    Hold,
    Question,
    UnderReviewError,
    check_free,
)

DUE = datetime(2026, 12, 8, 4, 0, tzinfo=UTC)
LATE = DUE + timedelta(microseconds=1)


def make_hold(question: Question) -> Hold:
    return Hold(question=question, subject_id=UUID(int=7), due_at=DUE)


def test_a_retest_holds_until_its_deadline_an_appeal_until_it_is_decided() -> None:
    retest, appeal = make_hold(Question.RETEST), make_hold(Question.APPEAL)
    assert (retest.holds(DUE), retest.holds(LATE)) == (True, False)
    assert (appeal.holds(DUE), appeal.holds(LATE)) == (True, True)


@pytest.mark.parametrize("to_state", State)
def test_only_its_end_is_held(to_state: State) -> None:
    holds = [make_hold(Question.APPEAL)]
    check_free(to_state, (), now=DUE)
    if to_state not in ENDS:
        check_free(to_state, holds, now=DUE)
        return
    with pytest.raises(UnderReviewError):
        check_free(to_state, holds, now=DUE)


def test_the_answer_names_the_first_that_holds() -> None:
    holds = [make_hold(Question.RETEST), make_hold(Question.APPEAL)]
    with pytest.raises(UnderReviewError) as refused:
        check_free(State.DISMANTLED, holds, now=LATE)
    assert (refused.value.code, refused.value.kind) == (
        "custody_under_review",
        Kind.CONFLICT,
    )
    assert refused.value.field == "to_state"
    assert refused.value.extra == {
        "held_by": "appeal",
        "appeal_id": str(UUID(int=7)),
        "due_at": DUE.isoformat(),
    }
    check_free(State.DESTROYED, holds[:1], now=LATE)

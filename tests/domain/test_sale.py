from datetime import date, timedelta

import pytest

from battery_registry.domain.custody import State
from battery_registry.domain.sale import (
    LABEL_UNBOUND,
    NO_SUCH_CODE,
    Answer,
    Reason,
    Standing,
    answer_for_sale,
)
from battery_registry.scoring.evaluation import Code

TODAY = date(2026, 11, 23)


def test_green_and_fresh_is_clear_without_a_reason() -> None:
    answer = answer_for_sale(Standing(code=Code.GREEN, next_due=TODAY), on=TODAY)
    assert answer.answer is Answer.CLEAR
    assert answer.reasons == ()


def test_yellow_by_score_alone_is_clear_with_its_notice() -> None:
    answer = answer_for_sale(Standing(code=Code.YELLOW, next_due=TODAY), on=TODAY)
    assert answer.answer is Answer.CLEAR_WITH_NOTICE
    assert answer.reasons == (Reason.YELLOW_BY_SCORE,)


@pytest.mark.parametrize(
    ("standing", "reason"),
    [
        (Standing(code=Code.GREEN, next_due=TODAY - timedelta(days=1)), "code_stale"),
        (Standing(code=Code.GREEN, next_due=None), "code_stale"),
        (Standing(code=Code.RED, next_due=None), "code_red"),
        (Standing(code=Code.GREEN, next_due=TODAY, red_floor=True), "code_red"),
        (Standing(code=Code.VOID, next_due=None), "code_void"),
        (Standing(code=Code.INCOMPLETE, next_due=None), "code_incomplete"),
        (Standing(code=Code.NOT_COVERED, next_due=None), "not_covered"),
        (Standing(code=Code.GREEN, next_due=TODAY, covered=False), "not_covered"),
        (Standing(code=None, next_due=None), "not_inspected"),
        (Standing(code=Code.GREEN, next_due=TODAY, recalled=True), "recalled"),
        (
            Standing(code=Code.GREEN, next_due=TODAY, lost_reported=True),
            "lost_reported",
        ),
        (Standing(code=Code.GREEN, next_due=TODAY, destroyed=True), "destroyed"),
        (
            Standing(code=Code.GREEN, next_due=TODAY, case_state=State.DESTROYED),
            "destroyed",
        ),
        (
            Standing(code=Code.YELLOW, next_due=TODAY, guard_rules=("GUARD-T3",)),
            "guard_band",
        ),
        (
            Standing(code=Code.YELLOW, next_due=TODAY, missing_readings=("ocv_v",)),
            "reading_missing",
        ),
    ],
)
def test_one_reason_is_enough_to_block(standing: Standing, reason: str) -> None:
    answer = answer_for_sale(standing, on=TODAY)
    assert answer.answer is Answer.BLOCKED
    assert answer.reasons == (reason,)


def test_a_cleared_case_does_not_block() -> None:
    standing = Standing(code=Code.GREEN, next_due=TODAY, case_state=State.CLEARED)
    assert answer_for_sale(standing, on=TODAY).answer is Answer.CLEAR


def test_all_reasons_are_listed_the_gravest_first() -> None:
    answer = answer_for_sale(
        Standing(
            code=Code.RED,
            next_due=None,
            case_state=State.COLLECTED,
            recalled=True,
            lost_reported=True,
            missing_readings=("ocv_v",),
        ),
        on=TODAY,
    )
    assert answer.reasons == (
        Reason.CASE_OPEN,
        Reason.CODE_RED,
        Reason.RECALLED,
        Reason.LOST_REPORTED,
        Reason.READING_MISSING,
    )


def test_what_is_not_known_is_never_a_yes() -> None:
    assert NO_SUCH_CODE.answer is LABEL_UNBOUND.answer is Answer.UNKNOWN
    assert NO_SUCH_CODE.reasons != LABEL_UNBOUND.reasons

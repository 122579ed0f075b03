"""Which batteries a recall covers, and who confirms it."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from battery_registry.domain import Kind
from battery_registry.domain.recalls import (
    Criteria,
    Match,
    Pack,
    RecallCriteriaError,
    SecondPersonError,
    check_second,
    match,
    plain_code,
    plain_name,
)

MAY = (date(2024, 5, 1), date(2024, 5, 31))
PACK = Pack(
    maker="Volta",
    model="V48-20",
    codes=frozenset({"V48-AAA050"}),
    production_date=MAY[0],
)
UNKNOWN = Pack(maker="Volta", model=None, codes=frozenset(), production_date=None)


def make_criteria(**changes: Any) -> Criteria:
    return Criteria(**{"maker": "Volta", **changes})


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"maker": " -- "}, "maker"),
        ({"code_from": "V1"}, "code_to"),
        ({"code_to": "V1"}, "code_from"),
        ({"code_from": "--", "code_to": "--"}, "code_to"),
        ({"code_from": "V10", "code_to": "V9"}, "code_to"),
        ({"code_from": "V2", "code_to": "V1"}, "code_to"),
        ({"produced_from": MAY[1], "produced_until": MAY[0]}, "produced_until"),
    ],
)
def test_criteria_that_cover_nothing_or_anything_are_refused(
    changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(RecallCriteriaError) as refused:
        make_criteria(**changes)
    assert (refused.value.code, refused.value.field) == ("recall_criteria", field)


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({}, Match.CERTAIN),
        ({"maker": "VOL-TA "}, Match.CERTAIN),
        ({"maker": "Amper"}, None),
        ({"model": "v48 20"}, Match.CERTAIN),
        ({"model": "V60"}, None),
        ({"code_from": "v48aaa050", "code_to": "V48-AAA050"}, Match.CERTAIN),
        ({"code_from": "V48-AAA051", "code_to": "V48-AAA100"}, None),
        ({"code_from": "V48-AAA001", "code_to": "V48-AAA049"}, None),
        ({"code_from": "V48-1", "code_to": "V48-9"}, None),
        ({"produced_from": MAY[0], "produced_until": MAY[0]}, Match.CERTAIN),
        ({"produced_from": MAY[1]}, None),
        ({"produced_until": MAY[0]}, Match.CERTAIN),
        ({"produced_until": date(2024, 4, 30)}, None),
    ],
)
def test_both_ends_are_covered(changes: dict[str, Any], answer: Match | None) -> None:
    assert match(make_criteria(**changes), PACK) is answer


@pytest.mark.parametrize(
    "changes",
    [
        {"model": "V48-20"},
        {"code_from": "V1", "code_to": "V9"},
        {"produced_from": MAY[0]},
    ],
)
def test_what_is_not_known_cannot_exclude(changes: dict[str, Any]) -> None:
    criteria = make_criteria(**changes)
    assert match(criteria, UNKNOWN) is Match.POSSIBLE
    assert match(criteria, replace(UNKNOWN, maker=None)) is None


def test_one_thing_that_is_known_excludes() -> None:
    criteria = make_criteria(model="V60", produced_from=MAY[0])
    assert match(criteria, replace(UNKNOWN, model="V48-20")) is None


def test_names_and_codes_are_compared_without_dress() -> None:
    assert plain_name("\uff36olta (Beijing)") == "voltabeijing"
    assert plain_code("v48-\uff11 ") == "V481"


def test_the_second_is_another() -> None:
    check_second("person:2", first="person:1")
    with pytest.raises(SecondPersonError) as refused:
        check_second("person:1", first="person:1")
    assert (refused.value.code, refused.value.kind) == (
        "second_person_needed",
        Kind.FORBIDDEN,
    )

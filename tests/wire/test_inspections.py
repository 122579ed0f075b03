"""What a whole inspection may say, field by field and together."""

from datetime import UTC, datetime
from typing import Any

import pytest

from battery_registry.wire.faults import InvalidInputError
from battery_registry.wire.inspections import parse_inspection
from tests.builders import NOW, make_body
from tests.wire.test_faults import told


def faults_of(**changes: Any) -> dict[str, str]:
    with pytest.raises(InvalidInputError) as refused:
        parse_inspection({**make_body(), **changes}, now=NOW)
    return {one["field"]: one["detail"] for one in told(refused.value)}


@pytest.mark.parametrize("name", ["production_date", "first_use_date"])
@pytest.mark.parametrize("day", ["2024-W08-4", "20240229", "2024-02-30", "", 7])
def test_a_date_has_one_spelling(name: str, day: object) -> None:
    assert faults_of(**{name: day}) == {name: "wire.not_date"}


@pytest.mark.parametrize(
    "moment",
    [
        "2026-W47-1T09:00:00Z",
        "20261116T090000Z",
        "2026-11-16 09:00:00Z",
        "2026-11-16T09:00:00,5Z",
        "2026-11-16T09Z",
    ],
)
def test_a_time_has_one_spelling(moment: str) -> None:
    assert faults_of(tested_at=moment) == {"tested_at": "wire.not_moment"}


def test_a_time_without_offset_is_told_so() -> None:
    assert faults_of(tested_at="2026-11-16T09:00:00") == {"tested_at": "wire.no_offset"}


def test_seconds_may_be_left_out() -> None:
    body = make_body(tested_at="2026-11-16T17:00+08:00")
    assert parse_inspection(body, now=NOW).measurement.tested_at == datetime(
        2026, 11, 16, 9, tzinfo=UTC
    )


def test_small_letters_in_a_time_are_read() -> None:
    body = make_body(tested_at="2026-11-16t09:00:00.25z")
    assert parse_inspection(body, now=NOW).measurement.tested_at == datetime(
        2026, 11, 16, 9, 0, 0, 250_000, tzinfo=UTC
    )


@pytest.mark.parametrize(
    "sign", ["\u202e", "\u2066", "\u200b", "\ufeff", "\x85", "\ue000", "\u2028"]
)
def test_what_cannot_be_seen_is_not_text(sign: str) -> None:
    assert faults_of(maker=f"Vol{sign}ta") == {"maker": "wire.unprintable"}


def test_spaces_of_every_width_are_text() -> None:
    body = make_body(maker="北京\u3000电池\xa0厂")
    assert parse_inspection(body, now=NOW).identity.maker == "北京\u3000电池\xa0厂"


@pytest.mark.parametrize("name", ["plate", "frame_number", "owner_phone"])
@pytest.mark.parametrize("text", ["     ", "-----", "(+) ."])
def test_what_finds_somebody_says_something(name: str, text: str) -> None:
    assert faults_of(**{name: text}) == {name: "wire.bad"}
    found = parse_inspection(make_body(**{name: "京A-12345"}), now=NOW)
    assert getattr(found.contact, name) == "京A-12345"


@pytest.mark.parametrize("maker", [" ", "--", "", None])
def test_a_makers_number_needs_the_maker(maker: str | None) -> None:
    found = faults_of(pack_code_scheme="maker", pack_code="AB-1234", maker=maker)
    assert found == {"maker": "wire.needed_with|pack_code"}


def test_prior_codes_need_the_present_one() -> None:
    body = make_body(pack_code_scheme="none", prior_codes=["OLD-0001"])
    del body["pack_code"]
    with pytest.raises(InvalidInputError) as refused:
        parse_inspection(body, now=NOW)
    assert refused.value.field == "prior_codes"
    found = parse_inspection({**body, "prior_codes": []}, now=NOW)
    assert found.identity.prior_codes == ()


def test_a_photo_is_named() -> None:
    assert faults_of(photo_refs=[None]) == {"photo_refs.0": "wire.null"}

"""The list of clearances that were taken back."""

import gzip
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from battery_registry.domain import jwk
from battery_registry.domain.status_list import (
    ENTRIES,
    LEAST_ENTRIES,
    LIFETIME,
    StatusListError,
    credential,
    encode,
    read,
    spell,
)

NOW = datetime(2026, 11, 23, 4, 0, 0, 999, tzinfo=UTC)
ADDRESS = "https://registry.example/api/v1/status-list"
PLACES = (0, 7, 8, 1000, ENTRIES - 1)


def make_credential(**changes: Any) -> dict[str, Any]:
    told = credential(PLACES, issuer="https://a.cn", address=ADDRESS, now=NOW)
    subject = {**told["credentialSubject"], **changes.pop("subject", {})}
    return {**told, "credentialSubject": subject, **changes}


def packed(bits: bytes) -> str:
    return "u" + jwk.encode(gzip.compress(bits))


def test_what_is_written_is_read_again() -> None:
    listed = read(make_credential())
    assert (listed.issuer, listed.address) == ("https://a.cn", ADDRESS)
    assert listed.valid_from == NOW.replace(microsecond=0)
    assert listed.valid_until == listed.valid_from + LIFETIME
    around = {place + step for place in PLACES for step in (-1, 0, 1)}
    for place in around & set(range(ENTRIES)):
        assert listed.is_set(place) is (place in PLACES)


def test_the_first_place_is_the_leftmost_bit() -> None:
    assert read(make_credential()).bits[:2] == bytes([0b1000_0001, 0b1000_0000])


def test_the_same_list_has_the_same_bytes() -> None:
    assert encode([3, 5]) == encode([5, 3, 3])


@pytest.mark.parametrize("place", [-1, ENTRIES])
def test_there_is_no_place_outside(place: int) -> None:
    with pytest.raises(StatusListError) as refused:
        read(make_credential()).is_set(place)
    assert refused.value.code == "status_list_invalid"
    assert refused.value.params == {"why": "no such place"}


@pytest.mark.parametrize(
    "changes",
    [
        {"type": ["VerifiableCredential"]},
        {"subject": {"type": "StatusList2021"}},
        {"subject": {"statusPurpose": "suspension"}},
    ],
)
def test_another_list_is_none_of_ours(changes: dict[str, Any]) -> None:
    with pytest.raises(StatusListError) as refused:
        read(make_credential(**changes))
    assert refused.value.params == {"why": "not a list of revocations"}


@pytest.mark.parametrize(
    "told",
    [
        None,
        [],
        {},
        make_credential(validFrom="yesterday"),
        make_credential(type=None),
        make_credential(subject={"encodedList": "z" + encode([])[1:]}),
        make_credential(subject={"encodedList": "u="}),
        make_credential(subject={"encodedList": "u" + jwk.encode(b"no gzip")}),
        make_credential(subject={"encodedList": encode([])[:-8]}),
        make_credential(subject={"encodedList": packed(bytes(LEAST_ENTRIES // 8 - 1))}),
        make_credential(subject={"encodedList": packed(bytes(16 * ENTRIES // 8 + 1))}),
    ],
)
def test_what_is_no_list_is_refused(told: object) -> None:
    with pytest.raises(StatusListError) as refused:
        read(told)
    assert refused.value.params == {"why": "not a status list"}


def test_the_smallest_list_is_read() -> None:
    bits = bytes(LEAST_ENTRIES // 8)
    listed = read(make_credential(subject={"encodedList": packed(bits)}))
    assert listed.bits == bits


def test_a_time_is_spelled_in_whole_seconds_of_utc() -> None:
    beijing = NOW.astimezone(timezone(timedelta(hours=8)))
    assert spell(beijing) == "2026-11-23T04:00:00Z"

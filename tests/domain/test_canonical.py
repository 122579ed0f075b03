"""One spelling for a JSON value."""

import hashlib
import math

import pytest

from battery_registry.domain.canonical import (
    canonical_json,
    canonical_sha256,
    plain_json,
    sorted_json,
)


def test_keys_keep_their_order_or_are_sorted() -> None:
    value = {"b": [1, 2.0], "a": "红"}
    assert plain_json(value) == '{"b":[1,2.0],"a":"红"}'
    assert sorted_json(value) == '{"a":"红","b":[1,2.0]}'
    assert canonical_json(value) == sorted_json(value).encode()
    assert canonical_sha256(value) == hashlib.sha256(canonical_json(value)).digest()


def test_whole_floats_are_other_bodies() -> None:
    assert canonical_json(5) != canonical_json(5.0)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_not_hashed(number: float) -> None:
    for value in (number, [number], {"a": {"b": (number,)}}):
        with pytest.raises(ValueError, match="NaN"):
            canonical_json(value)
    assert sorted_json([number]) == "[null]"


def test_null_itself_is_spelled() -> None:
    assert canonical_json({"a": None, "b": ["null", 1.5, {}]}) == (
        b'{"a":null,"b":["null",1.5,{}]}'
    )

"""What is not JSON, or not the JSON of an honest client, is refused."""

import pytest

from battery_registry.domain import Kind
from battery_registry.wire.json_text import MalformedBodyError, parse


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b'{"a": 1e400}', "number 1e400"),
        (b"[[-1e999]]", "number -1e999"),
        (b'{"a": NaN}', "number NaN"),
        (b"-Infinity", "number -Infinity"),
        pytest.param(b"9" * 5000, "number too long", id="digits"),
        ("{}".encode("utf-16"), "not UTF-8"),
        ("{}".encode("utf-32"), "not UTF-8"),
        ("{}".encode("utf-16-le"), "line 1, column 2"),
        (b'{"a": "\xed\xa0\x80"}', "not UTF-8"),
        (b'{"a":\n1,}', "line 2, column 3"),
        (b"", "line 1, column 1"),
        ("{", "line 1, column 2"),
        (b'{"a": 1, "a": 2}', "duplicate key 'a'"),
        (b"[" * 21 + b"]" * 21, "nested too deep"),
        pytest.param(b"[" * 100_000, "nested too deep", id="stack"),
    ],
)
def test_it_is_refused_with_its_reason(raw: bytes | str, why: str) -> None:
    with pytest.raises(MalformedBodyError) as refused:
        parse(raw)
    assert refused.value.kind is Kind.MALFORMED
    assert refused.value.params == {"why": why}


def test_a_reason_is_no_longer_than_a_line() -> None:
    with pytest.raises(MalformedBodyError) as refused:
        parse(b"9" * 2000 + b".0")
    assert len(str(refused.value.params["why"])) < 100


def test_the_byte_order_mark_is_dropped() -> None:
    assert parse(b'\xef\xbb\xbf{"a": [1, 2.5, "\xe4\xba\xac"]}') == {
        "a": [1, 2.5, "京"]
    }


def test_a_key_that_is_there_twice_is_found_among_very_many() -> None:
    names = [f'"k{n}": 0' for n in range(300_000)]
    with pytest.raises(MalformedBodyError) as refused:
        parse("{" + ", ".join([*names, names[-1]]) + "}")
    assert "k299999" in str(refused.value.params["why"])

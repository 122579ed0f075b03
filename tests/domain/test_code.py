from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_registry.domain import Kind
from battery_registry.domain.code import (
    ALPHABET,
    CodeCheckError,
    MalformedCodeError,
    PublicCode,
    mint,
    parse,
    show,
    url,
)

SAMPLES = [
    mint(bytes(range(10))),
    mint(b"\xff" * 10),
    mint(bytes.fromhex("0123456789abcdef0123")),
    mint(bytes.fromhex("fedcba98765432100f1e")),
    mint(b"\x80" + bytes(9)),
]


def replaced(code: str, *, place: int, character: str) -> str:
    return code[:place] + character + code[place + 1 :]


def test_the_alphabet_is_crockfords_and_misses_the_letters_that_mislead() -> None:
    assert len(set(ALPHABET)) == 32
    assert not set("ilou") & set(ALPHABET)


def test_the_check_is_the_documented_polynomial() -> None:
    # One character c at place i: the check is alpha^(i+1) * c; alpha = 2.
    powers, value = [], 1
    for _ in range(15):
        value <<= 1
        value = value ^ 0b100101 if value >= 32 else value
        powers.append(value)
    assert len(set(powers) | {1}) == 16
    for place, power in enumerate(powers):
        number = 1 << 5 * (14 - place) + 5
        assert mint(number.to_bytes(10)) == parse(
            "0" * place + "1" + "0" * (14 - place) + ALPHABET[power]
        )


@pytest.mark.parametrize("code", SAMPLES)
def test_every_single_error_is_found(code: PublicCode) -> None:
    errors = 0
    for place in range(16):
        for character in set(ALPHABET) - {code[place]}:
            with pytest.raises(CodeCheckError):
                parse(replaced(code, place=place, character=character))
            errors += 1
    assert errors == 16 * 31


@pytest.mark.parametrize("code", SAMPLES)
def test_every_transposition_is_found_wherever_the_two_stand(code: PublicCode) -> None:
    for left, right in combinations(range(16), 2):
        swapped = replaced(
            replaced(code, place=left, character=code[right]),
            place=right,
            character=code[left],
        )
        if code[left] == code[right]:
            assert parse(swapped) == code
        else:
            with pytest.raises(CodeCheckError):
                parse(swapped)


@given(st.binary(min_size=10, max_size=16))
def test_whatever_is_minted_is_read_back_in_every_form(random_bytes: bytes) -> None:
    code = mint(random_bytes)
    assert parse(code) == code
    assert parse(show(code)) == code
    assert parse(url("https://b.example.cn/", code=code)) == code
    assert parse(url("https://b.example.cn", code=code).upper()) == code


def test_75_bits_of_the_randomness_are_used() -> None:
    assert mint(bytes(9) + b"\x1f") == mint(bytes(10))
    assert mint(bytes(9) + b"\x20") != mint(bytes(10))
    assert len({mint((1 << bit).to_bytes(10)) for bit in range(5, 80)}) == 75


def test_too_little_randomness_makes_no_code() -> None:
    with pytest.raises(ValueError, match="random"):
        mint(bytes(9))


def test_a_code_is_shown_in_groups_and_printed_as_an_address() -> None:
    code = PublicCode("2smt2xd2cs6rrsqt")
    assert show(code) == "2smt-2xd2-cs6r-rsqt"
    assert url("https://b.example.cn/", code=code) == (
        "https://b.example.cn/b/2smt-2xd2-cs6r-rsqt"
    )


@pytest.mark.parametrize(
    "text",
    [
        "2SMT2XD2CS6RRSQT",
        " 2smt 2xd2 cs6r rsqt\n",
        "2smt\N{EN DASH}2xd2\N{FULLWIDTH HYPHEN-MINUS}cs6r-rsqt",
        "２ＳＭＴ-２ｘｄ２-cs6r-rsqt",  # noqa: RUF001 - what a Chinese keyboard types
        "https://b.example.cn/b/2smt2xd2cs6rrsqt",
        "https://b.example.cn/b/b/2smt-2xd2-cs6r-rsqt/?from=poster#top",
        "b.example.cn/b/2smt-2xd2-cs6r-rsqt#/b",
    ],
)
def test_what_people_type_and_scan_is_understood(text: str) -> None:
    assert parse(text) == "2smt2xd2cs6rrsqt"


def test_letters_that_mislead_are_read_as_digits() -> None:
    code = mint(bytes(9) + b"\x20")
    assert code.startswith("000000000000001")
    misread = code.replace("0", "O", 3).replace("0", "o", 3)
    assert parse(misread.replace("1", "I")) == code
    assert parse(misread.replace("1", "l")) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2smt-2xd2-cs6r",
        "2smt-2xd2-cs6r-rsqt-2",
        "2smt-2xd2-cs6r-rsqu",
        "2smt-2xd2-cs6r-rs*t",
        "2smt-2xd2-cs6r-rsqt\x00",
        "https://b.example.cn/b/",
        "https://b.example.cn/c/2smt-2xd2-cs6r-rsqt",
        "电池健康码电池健康码电池健康码电",
        "2" * 5000,
    ],
)
def test_what_cannot_be_a_code_is_malformed(text: str) -> None:
    with pytest.raises(MalformedCodeError) as refusal:
        parse(text, field="label_code")
    assert refusal.value.field == "label_code"
    assert refusal.value.kind is Kind.INVALID

import pytest

from battery_registry.domain.identifiers import (
    SCHEMES,
    IdentifierError,
    MakerCode,
    parse,
)
from battery_registry.domain.submission import CodeScheme


def test_every_scheme_but_none_has_its_row() -> None:
    assert set(SCHEMES) == set(CodeScheme) - {CodeScheme.NONE}


@pytest.mark.parametrize(
    ("value", "second_life"),
    [
        ("A1B2FXX2026-0000123", False),
        ("A1B2FXX2026-R-0000123", True),
        ("a1b2fxx2026-r-0000123", True),
        ("A1B2FXX2026-R0000123", False),
    ],
)
def test_a_gbt45565_code_tells_second_life(value: str, second_life: bool) -> None:
    assert parse(CodeScheme.GBT45565, value) == MakerCode(
        scheme=CodeScheme.GBT45565,
        issuer="",
        value=value.upper(),
        second_life=second_life,
    )


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("A1B2FXX20260000123", "structure"),
        ("AIB2FXX2026-0000123", "structure"),
        ("A1B2FXX2026-", "structure"),
        ("A1B-2026", "structure"),
        ("A1B2-X_1", "characters"),
        ("A1B2" + "0" * 60 + "-1", "characters"),
    ],
)
def test_what_gbt45565_cannot_be_is_refused(value: str, reason: str) -> None:
    with pytest.raises(IdentifierError) as refusal:
        parse(CodeScheme.GBT45565, value)
    assert refusal.value.field == "pack_code"
    assert refusal.value.params == {"scheme": "gbt45565", "reason": reason}


def test_a_gbt34014_code_has_24_characters() -> None:
    code = parse(CodeScheme.GBT34014, "04q pe31a1b2c3d 9b1 0000042")
    assert code.value == "04QPE31A1B2C3D9B10000042"
    assert code.issuer == ""


@pytest.mark.parametrize(
    "value",
    [
        "04QPE31A1B2C3D9B1000042",
        "04QPE31A1B2C3D9B10000042X",
        "04QXE31A1B2C3D9B10000042",
        "04QPE31A1B2C3D9B1000004X",
        "04QPE31A1B2C3D9B10000000",
    ],
)
def test_what_gbt34014_cannot_be_is_refused(value: str) -> None:
    with pytest.raises(IdentifierError, match="pack_code_invalid"):
        parse(CodeScheme.GBT34014, value)


@pytest.mark.parametrize(
    "value",
    [
        "(01)09520123456788(21)ab-12",
        "010952012345678821AB-12",
        "https://id.example.org/01/09520123456788/21/ab-12",
    ],
)
def test_all_forms_of_a_gtin_with_serial_are_one_code(value: str) -> None:
    code = parse(CodeScheme.GS1, value)
    assert code.value == "010952012345678821AB-12"


@pytest.mark.parametrize(
    "value", ["(8004)9520614141234", "https://e.org/8004/9520614141234"]
)
def test_all_forms_of_an_asset_number_are_one_code(value: str) -> None:
    assert parse(CodeScheme.GS1, value).value == "80049520614141234"


def test_a_gtin_with_a_wrong_digit_is_refused() -> None:
    with pytest.raises(IdentifierError) as refusal:
        parse(CodeScheme.GS1, "(01)09520123456789(21)AB12")
    assert refusal.value.params["reason"] == "check_digit"


def test_another_gs1_value_is_taken_as_it_is() -> None:
    assert parse(CodeScheme.GS1, "urn-7").value == "URN-7"
    with pytest.raises(IdentifierError):
        parse(CodeScheme.GS1, "urn:epc:id:sgtin:1")


def test_a_makers_number_is_the_makers_own() -> None:
    first = parse(CodeScheme.MAKER, "sn-00017", maker=" Ｄemo  Battery ")  # noqa: RUF001 - full width on purpose
    assert first == MakerCode(
        scheme=CodeScheme.MAKER, issuer="demo battery", value="SN-00017"
    )
    assert parse(CodeScheme.MAKER, "SN-00017", maker="DEMO BATTERY") == first
    assert parse(CodeScheme.MAKER, "SN-00017", maker="Other") != first
    assert parse(CodeScheme.MAKER, "SN-00017").issuer == ""


def test_a_value_without_a_scheme_is_refused() -> None:
    with pytest.raises(IdentifierError) as refusal:
        parse(CodeScheme.NONE, "SN-00017")
    assert refusal.value.params["reason"] == "scheme_missing"

import pytest

from battery_registry.domain import RegistryError, code, red_tag
from battery_registry.domain.jwk import public_jwk, told_jwk
from battery_registry.domain.red_tag import RedTagError

KEY = b"k" * 32
CODE = code.mint(b"0123456789")
JWKS = {"keys": [public_jwk(b"o" * 32), public_jwk(KEY)]}
TAG = red_tag.address("https://b.example.cn", public_code=CODE, key=KEY)


def test_a_tag_leads_to_the_pack_and_proves_its_maker() -> None:
    plain, _, signed = TAG.partition("#")
    assert plain == code.url("https://b.example.cn", code=CODE)
    assert signed.startswith(public_jwk(KEY)["kid"][:8] + ".")
    assert len(signed) == 8 + 1 + 86
    assert red_tag.verify(TAG, jwks=JWKS) == CODE
    assert code.parse(TAG) == CODE


def test_where_the_page_is_served_is_not_what_was_signed() -> None:
    moved = TAG.replace("b.example.cn", "batteries.example.org")
    assert red_tag.verify(moved, jwks=JWKS) == CODE


@pytest.mark.parametrize(
    "text",
    [
        "",
        TAG.partition("#")[0],
        TAG.replace("#", "#x"),
        TAG.replace(".", ""),
        TAG[:-1],
        TAG[:-2] + ("AA" if not TAG.endswith("AA") else "BB"),
        TAG.replace("b/", "b/0", 1),
        TAG.replace(code.show(CODE), code.show(code.mint(b"9876543210"))),
        TAG.replace(code.show(CODE), "not-a-code"),
        TAG + "=",
        TAG.replace("#", "#\u4e00"),
    ],
)
def test_no_other_text_is_a_tag(text: str) -> None:
    with pytest.raises(RegistryError):
        red_tag.verify(text, jwks=JWKS)


@pytest.mark.parametrize(
    "jwks", [{}, {"keys": []}, {"keys": "x"}, {"keys": [1, {}, {"kid": 2}]}]
)
def test_without_the_registrys_key_nothing_is_proven(jwks: dict[str, object]) -> None:
    with pytest.raises(RedTagError):
        red_tag.verify(TAG, jwks=jwks)


def test_another_key_under_the_same_name_proves_nothing() -> None:
    kid = public_jwk(KEY)["kid"]
    other = {**told_jwk(b"\x01" * 32), "kid": kid}
    with pytest.raises(RedTagError):
        red_tag.verify(TAG, jwks={"keys": [other]})

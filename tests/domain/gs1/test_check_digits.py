import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_registry.domain.gs1 import check_digits


@pytest.mark.parametrize(
    "key", ["09520123456788", "02345673", "006141411234567890", "9520123456788"]
)
def test_a_real_key_ends_in_its_digit(key: str) -> None:
    assert check_digits.check_digit(key[:-1]) == key[-1]
    assert check_digits.fits(key)


@given(st.from_regex(r"[0-9]{7,17}", fullmatch=True), st.data())
def test_one_wrong_digit_is_always_found(body: str, data: st.DataObject) -> None:
    key = body + check_digits.check_digit(body)
    place = data.draw(st.integers(0, len(body)))
    other = data.draw(st.sampled_from("0123456789").filter(lambda d: d != key[place]))
    assert not check_digits.fits(key[:place] + other + key[place + 1 :])


@pytest.mark.parametrize("text", ["", "5", "12a4", "٣٣", "1 2"])
def test_what_is_no_key_has_no_digit(text: str) -> None:
    assert not check_digits.fits(text)
    with pytest.raises(ValueError, match="digits only"):
        check_digits.check_digit("" if text == "5" else text)


def test_an_sscc_has_eighteen_digits() -> None:
    assert check_digits.is_sscc("006141411234567890")
    assert not check_digits.is_sscc("09520123456788")
    assert not check_digits.is_sscc("006141411234567891")

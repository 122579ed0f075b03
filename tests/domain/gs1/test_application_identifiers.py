import pytest

from battery_registry.domain.gs1 import application_identifiers as ais
from battery_registry.domain.gs1.application_identifiers import ApplicationIdentifier


def get(ai: str) -> ApplicationIdentifier:
    found = ais.find(ai)
    assert found is not None
    return found


def test_each_line_of_a_range_is_an_identifier_of_its_own() -> None:
    assert [ais.find(f"310{n}") is not None for n in range(7)] == [True] * 6 + [False]
    assert ais.find("02") == ais.find("02") != ais.find("03")
    assert ais.find("89") is None
    assert ais.find("1") is None


@pytest.mark.parametrize(
    ("ai", "value", "is_taken"),
    [
        ("01", "09520123456788", True),
        ("01", "09520123456789", False),
        ("01", "9520123456788", False),
        ("21", "a/b", True),
        ("21", "a b", False),
        ("21", "", False),
        ("21", "x" * 20, True),
        ("21", "x" * 21, False),
        ("17", "270229", False),
        ("17", "280229", True),
        ("17", "280200", True),
        ("17", "281301", False),
        ("7006", "280200", False),
        ("7006", "280201", True),
        ("253", "1231231231232", True),
        ("253", "1231231231232A1", True),
        ("253", "1231231231233A1", False),
        ("8004", "9520614141234", True),
        ("8004", "952A614141234", False),
        ("8010", "0200#-/Z", True),
        ("8010", "0200a", False),
        ("8030", "aA0-_=", True),
        ("423", "156", True),
        ("423", "156356", True),
    ],
)
def test_a_value_is_held_against_its_format_and_its_check(
    ai: str, value: str, *, is_taken: bool
) -> None:
    assert get(ai).takes(value) is is_taken


def test_the_path_of_a_trade_item_has_two_orders() -> None:
    assert get("01").qualifiers == (("22", "10", "21"), ("235",))
    assert get("00").is_key
    assert get("00").qualifiers == ()
    assert not get("10").is_key

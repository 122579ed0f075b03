"""Serials and codes as they are asked for before a sale."""

import hashlib

import pytest

from battery_registry.domain.sale_keys import (
    near,
    plain,
    prefix,
    sha256_hex,
    skeleton,
    suffix,
)


@pytest.mark.parametrize(
    ("serial", "kept"),
    [("v48-1", "V48-1"), (" v 48\t-1 ", "V48-1"), ("\uff36\uff14\uff18-1", "V48-1")],
)
def test_a_serial_has_one_kept_form(serial: str, kept: str) -> None:
    assert plain(serial) == kept


def test_a_prefix_is_told_and_a_suffix_is_compared() -> None:
    whole = hashlib.sha256(b"V48-1").hexdigest()
    assert sha256_hex("V48-1") == whole
    assert (prefix("V48-1"), suffix("V48-1")) == (whole[:5], whole[5:21])


@pytest.mark.parametrize(
    ("one", "other"),
    [("VO48-I", "v048 1"), ("S2B6", "5z-8G"), ("QDZ-G", "0026"), ("L1", "I1")],
)
def test_what_is_easily_misread_folds_alike(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


def test_a_short_skeleton_is_near_itself_only() -> None:
    assert near("12345") == ("12345",)


def test_one_edit_away_is_near() -> None:
    found = near("V48123")
    assert found[0] == "V48123"
    assert len(set(found)) == len(found)
    edits = {"V4823", "48123", "V4812", "V481234", "AV48123", "V48A123", "V4812A"}
    assert edits <= set(found)
    assert not {"V481", "V84A23", "W48124"} & set(found)

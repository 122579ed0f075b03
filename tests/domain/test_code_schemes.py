"""Readers of makers' codes are plug-ins: ours are the defaults, others replace them."""

import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from battery_registry.domain.identifiers import (
    GROUP,
    SCHEMES,
    IdentifierError,
    MakerCode,
    readers,
)
from battery_registry.domain.submission import CodeScheme

PROJECT = Path(__file__).parents[2] / "pyproject.toml"


def read_city_gbt45565(text: str, _maker: str) -> MakerCode:
    """A sample plug-in: a city that knows the standard's length and checks it."""
    if len(text) != 26:
        raise IdentifierError(
            field="pack_code", scheme=CodeScheme.GBT45565.value, reason="length"
        )
    return MakerCode(scheme=CodeScheme.GBT45565, issuer="", value=text)


def make_entry(name: str, value: str = f"{__name__}:read_city_gbt45565") -> EntryPoint:
    return EntryPoint(name=name, value=value, group=GROUP)


def test_a_plug_in_takes_the_place_of_our_reader() -> None:
    found = readers([make_entry("gbt45565")])
    with pytest.raises(IdentifierError) as refusal:
        found[CodeScheme.GBT45565]("A1B2FXX2026-0000123", "")
    assert refusal.value.params["reason"] == "length"
    value = "A1B2FXX2026-00000000000123"
    assert found[CodeScheme.GBT45565](value, "").value == value
    others = set(CodeScheme) - {CodeScheme.NONE, CodeScheme.GBT45565}
    assert {each: found[each] for each in others} == {
        each: SCHEMES[each] for each in others
    }


def test_two_plug_ins_of_one_scheme_are_refused() -> None:
    with pytest.raises(ValueError, match="has no place for"):
        readers([make_entry("gbt45565"), make_entry("gbt45565")])


@pytest.mark.parametrize("name", ["none", "gbt99999"])
def test_a_plug_in_of_no_scheme_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        readers([make_entry(name)])


def test_our_own_entry_points_are_the_table() -> None:
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    listed = project["entry-points"][GROUP]
    entries = [make_entry(name, value) for name, value in listed.items()]
    assert readers(entries) == SCHEMES
    assert {CodeScheme(each.name): each.load() for each in entries} == SCHEMES

"""A battery's passport, as the Battery Pass data model 1.2 spells it.

What the registry itself measured or read stands over what the maker declared of
the battery, and that over what was declared of its model; where each is from is
said. What the model demands and nobody told is listed as missing, and what the
reader may not see as withheld: nothing is made up to fill a field.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from battery_registry.domain.passport_attributes import (
    ATTRIBUTES,
    GROUPS,
    Aspect,
    Attribute,
    Tier,
)
from battery_registry.domain.passport_facts import Facts

Declared = Mapping[Aspect, Mapping[str, Any]]
"""Declared values by aspect and JSON pointer, groups opened."""

NOTHING_DECLARED: Final[Declared] = MappingProxyType({})


class Source(StrEnum):
    """Where a value of a passport is from."""

    REGISTRY = "registry"
    DECLARED = "declared"


@dataclass(frozen=True, kw_only=True, slots=True)
class Passport:
    """A passport for one reader.

    Args:
        tier: Which reader.
        maker: The maker's name as on the label, which the model has no place for
            without an address.
        aspects: The model's aspects, as far as they are known and may be seen.
        sources: Where each attribute that is told is from, by JSON pointer.
        missing: JSON pointers of what an aspect's schema demands and nobody has
            told the registry, by aspect.
        withheld: The same of what this reader may not see.
    """

    tier: Tier
    maker: str | None
    aspects: Mapping[Aspect, Mapping[str, Any]]
    sources: Mapping[Aspect, Mapping[str, Source]]
    missing: Mapping[Aspect, tuple[str, ...]]
    withheld: Mapping[Aspect, tuple[str, ...]]

    def is_complete(self, aspect: Aspect) -> bool:
        """Whether an aspect tells all that it has to."""
        return not self.missing[aspect] and not self.withheld[aspect]


def write(
    facts: Facts, *, tier: Tier, declared: Declared = NOTHING_DECLARED
) -> Passport:
    """Write the passport of a battery.

    Args:
        facts: What is known.
        tier: Who reads.
        declared: What makers declared of it.
    """
    told: dict[Aspect, dict[str, Any]] = {aspect: {} for aspect in Aspect}
    sources: dict[Aspect, dict[str, Source]] = {aspect: {} for aspect in Aspect}
    missing: dict[Aspect, list[str]] = {aspect: [] for aspect in Aspect}
    withheld: dict[Aspect, list[str]] = {aspect: [] for aspect in Aspect}
    for aspect, attribute in _all():
        pointer = attribute.pointer
        *parents, name = pointer.split("/")[1:]
        place = _within(told[aspect], parents)
        if place is None:
            continue
        if attribute.tier is Tier.LEGITIMATE_INTEREST and tier is Tier.PUBLIC:
            withheld[aspect].append(pointer)
            continue
        value, source = _value(attribute, facts, declared.get(aspect, {}))
        if value is not None:
            place[name] = value
            if pointer not in GROUPS:
                sources[aspect][pointer] = source
        elif attribute.is_demanded:
            missing[aspect].append(pointer)
    return Passport(
        tier=tier,
        maker=facts.maker,
        aspects=told,
        sources=sources,
        missing={aspect: tuple(each) for aspect, each in missing.items()},
        withheld={aspect: tuple(each) for aspect, each in withheld.items()},
    )


def pointers(content: Mapping[str, Any], parent: str = "") -> Iterator[tuple[str, Any]]:
    """List an aspect's attributes: JSON pointer and value; groups are opened."""
    for name, value in content.items():
        pointer = f"{parent}/{name}"
        if pointer in GROUPS:
            yield from pointers(value, pointer)
        else:
            yield pointer, value


def own_pointers(aspect: Aspect) -> frozenset[str]:
    """List what differs from battery to battery, so that no model can have it."""
    return frozenset(each.pointer for each in ATTRIBUTES[aspect] if each.is_own)


def _all() -> Iterator[tuple[Aspect, Attribute]]:
    for aspect, attributes in ATTRIBUTES.items():
        for attribute in attributes:
            yield aspect, attribute


def _value(
    attribute: Attribute, facts: Facts, declared: Mapping[str, Any]
) -> tuple[Any, Source]:
    """What is known of it, and from where; ours wins."""
    value = attribute.value_of(facts)
    if value is not None:
        return value, Source.REGISTRY
    return declared.get(attribute.pointer), Source.DECLARED


def _within(place: dict[str, Any], parents: list[str]) -> dict[str, Any] | None:
    """Find the object an attribute belongs in; None where that itself is not told."""
    for name in parents:
        if name not in place:
            return None
        place = place[name]
    return place

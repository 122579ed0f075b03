"""A battery's passport, as the Battery Pass data model 1.2 spells it.

Only what is known is told, and only where it is whole: every attribute that is
told is valid by its own part of the model's schema. What the model demands and
the registry does not know is listed as missing, and what the reader may not see
as withheld: nothing is made up to fill a field. Which reader may see what
follows Article 77(2) and Annex XIII of Regulation (EU) 2023/1542, attribute by
attribute. Units are the model's, but for the remaining capacity: ampere-hours,
as DIN DKE SPEC 99100 section 6.7.2.3 has it, where the model says kilowatt-hours.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from battery_registry.domain.city_time import CITY_ZONE
from battery_registry.domain.passport_facts import Facts

_WH_PER_KWH: Final = 1000.0

Value = Callable[[Facts], Any]


class Tier(StrEnum):
    """Who reads."""

    PUBLIC = "public"
    LEGITIMATE_INTEREST = "legitimate_interest"


class Aspect(StrEnum):
    """The model's aspects; each is an object of its own schema."""

    GENERAL = "generalProductInformation"
    PERFORMANCE = "performanceAndDurability"
    CIRCULARITY = "circularity"
    LABELING = "labeling"


@dataclass(frozen=True, kw_only=True, slots=True)
class Passport:
    """A passport for one reader.

    Args:
        tier: Which reader.
        maker: The maker's name as on the label, which the model has no place for
            without an address.
        aspects: The model's aspects, as far as they are known and may be seen.
        missing: JSON pointers of what an aspect's schema demands and nobody has
            told the registry, by aspect.
        withheld: The same of what this reader may not see.
    """

    tier: Tier
    maker: str | None
    aspects: Mapping[Aspect, Mapping[str, Any]]
    missing: Mapping[Aspect, tuple[str, ...]]
    withheld: Mapping[Aspect, tuple[str, ...]]


def write(facts: Facts, *, tier: Tier) -> Passport:
    """Write the passport of a battery.

    Args:
        facts: What is known.
        tier: Who reads.
    """
    told: dict[Aspect, dict[str, Any]] = {aspect: {} for aspect in Aspect}
    missing: dict[Aspect, list[str]] = {aspect: [] for aspect in Aspect}
    withheld: dict[Aspect, list[str]] = {aspect: [] for aspect in Aspect}
    for aspect, rows in _ATTRIBUTES.items():
        for pointer, row_tier, value_of in rows:
            *parents, name = pointer.split("/")[1:]
            place = _within(told[aspect], parents)
            if place is None:
                continue
            if row_tier is Tier.LEGITIMATE_INTEREST and tier is Tier.PUBLIC:
                withheld[aspect].append(pointer)
            elif (value := value_of(facts)) is None:
                missing[aspect].append(pointer)
            else:
                place[name] = value
    return Passport(
        tier=tier,
        maker=facts.maker,
        aspects=told,
        missing={aspect: tuple(each) for aspect, each in missing.items()},
        withheld={aspect: tuple(each) for aspect, each in withheld.items()},
    )


def _within(place: dict[str, Any], parents: list[str]) -> dict[str, Any] | None:
    """Find the object an attribute belongs in; None where that itself is not told."""
    for name in parents:
        if name not in place:
            return None
        place = place[name]
    return place


def _start_of(day: date | None) -> str | None:
    """Spell a day as the model's moments: its beginning in the city."""
    return None if day is None else datetime.combine(day, time(), CITY_ZONE).isoformat()


def _unknown(_facts: Facts) -> None:
    """Nobody tells the registry."""


def _empty(_facts: Facts) -> dict[str, Any]:
    """Open an object that the rows after it fill."""
    return {}


def _dated(name: str, value_of: Value) -> Value:
    def told(facts: Facts) -> dict[str, Any] | None:
        value = value_of(facts)
        return None if value is None else {name: value, "lastUpdate": _at(facts)}

    return told


def _at(facts: Facts) -> str:
    return facts.tested_at.isoformat()


def _events(facts: Facts) -> list[dict[str, str]]:
    return [{"negativeEvent": each, "lastUpdate": _at(facts)} for each in facts.defects]


def _rated_kwh(facts: Facts) -> float | None:
    told = facts.rated_energy_wh
    return None if told is None else told / _WH_PER_KWH


_OPEN, _SOME = Tier.PUBLIC, Tier.LEGITIMATE_INTEREST
_Row = tuple[str, Tier, Value]


def _technical(name: str, value_of: Value = _unknown, tier: Tier = _OPEN) -> _Row:
    return f"/batteryTechicalProperties/{name}", tier, value_of


def _condition(name: str, value_of: Value = _unknown) -> _Row:
    return f"/batteryCondition/{name}", _SOME, value_of


# Misspelt names are the model's own.
_ATTRIBUTES: Final[Mapping[Aspect, tuple[_Row, ...]]] = MappingProxyType(
    {
        Aspect.GENERAL: (
            ("/productIdentifier", _OPEN, lambda f: f.page),
            (
                "/batteryPassportIdentifier",
                _OPEN,
                lambda f: f"urn:batteryregistry:{f.code}",
            ),
            ("/batteryCategory", _OPEN, lambda _f: "lmt"),
            # The model takes a maker only with an address and an identifier, and
            # a label has its name alone: that is told beside the aspects.
            ("/manufacturerInformation", _OPEN, _unknown),
            ("/manufacturingDate", _OPEN, lambda f: _start_of(f.production_date)),
            ("/batteryStatus", _SOME, lambda f: f.status.value),
            ("/batteryMass", _OPEN, _unknown),
            ("/manufacturingPlace", _OPEN, _unknown),
            ("/operatorInformation", _OPEN, _unknown),
            ("/puttingIntoService", _SOME, lambda f: _start_of(f.first_use_date)),
            ("/warrentyPeriod", _OPEN, _unknown),
        ),
        Aspect.PERFORMANCE: (
            ("/batteryTechicalProperties", _OPEN, _empty),
            _technical("originalPowerCapability"),
            _technical("ratedMaximumPower"),
            _technical("powerCapabilityRatio"),
            _technical("ratedEnergy", _rated_kwh),
            _technical("expectedNumberOfCycles", lambda f: f.cycle_limit),
            _technical("initialSelfDischarge"),
            _technical("roundtripEfficiency"),
            _technical("ratedCapacity", lambda f: f.rated_capacity_ah),
            _technical("initialInternalResistance"),
            _technical("expectedLifetime", lambda f: f.safe_life_years),
            _technical("nominalVoltage", lambda f: f.nominal_voltage_v),
            _technical("minimumVoltage", lambda f: f.minimum_voltage_v),
            _technical("maximumVoltage", lambda f: f.maximum_voltage_v),
            _technical("capacityThresholdForExhaustion"),
            _technical("lifetimeReferenceTest"),
            _technical("cRateLifeCycleTest"),
            _technical("temperatureRangeIdleState"),
            _technical("roundTripEfficiencyat50PerCentCycleLife"),
            _technical("roundTripEfficiencyFade", tier=_SOME),
            _technical("powerFade", tier=_SOME),
            ("/batteryCondition", _SOME, _empty),
            _condition("energyThroughput"),
            _condition("capacityThroughput"),
            _condition(
                "numberOfFullCycles",
                _dated("numberOfFullCyclesValue", lambda f: f.full_cycles),
            ),
            _condition("stateOfCertifiedEnergy"),
            _condition(
                "capacityFade",
                _dated("capacityFadeValue", lambda f: f.capacity_fade_pct),
            ),
            _condition("remainingEnergy"),
            _condition(
                "remainingCapacity",
                _dated("remainingCapacityValue", lambda f: f.remaining_capacity_ah),
            ),
            _condition("negativeEvents", _events),
            _condition("temperatureInformation"),
            _condition("remainingPowerCapability"),
            _condition("evolutionOfSelfDischarge"),
            _condition(
                "currentSelfDischargingRate",
                _dated(
                    "currentSelfDischargingRateValue",
                    lambda f: f.self_discharge_pct_per_month,
                ),
            ),
            _condition("internalResistanceIncrease"),
            _condition("remainingRoundTripEnergyEfficiency"),
            _condition(
                "stateOfCharge", _dated("stateOfChargeValue", lambda f: f.soc_pct)
            ),
        ),
        Aspect.CIRCULARITY: (
            ("/dismantlingAndRemovalInformation", _SOME, _unknown),
            ("/sparePartSources", _SOME, _unknown),
            ("/recycledContent", _OPEN, _unknown),
            # Instructions there are, but no extinguishing agents, which it demands.
            ("/safetyMeasures", _OPEN, _unknown),
            (
                "/endOfLifeInformation",
                _OPEN,
                # One page says all three: what to do, and where to bring it.
                lambda f: dict.fromkeys(
                    (
                        "wastePrevention",
                        "separateCollection",
                        "informationOnCollection",
                    ),
                    f.page,
                ),
            ),
            ("/renewableContent", _OPEN, _unknown),
        ),
        Aspect.LABELING: (
            ("/declarationOfConformity", _OPEN, _unknown),
            ("/resultOfTestReport", _SOME, _unknown),
            ("/labels", _OPEN, _unknown),
        ),
    }
)

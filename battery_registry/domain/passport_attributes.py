"""Every attribute of the Battery Pass aspects: who reads it, who knows it.

Which reader may see what follows Article 77(2) and Annex XIII of Regulation (EU)
2023/1542, attribute by attribute. Units are the model's, but for the remaining
capacity: ampere-hours, as DIN DKE SPEC 99100 section 6.7.2.3 has it, where the
model says kilowatt-hours.
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


GROUPS: Final = frozenset({"/batteryTechicalProperties", "/batteryCondition"})
"""Objects that only group attributes of one kind; they say nothing themselves."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Attribute:
    """One attribute of an aspect.

    Args:
        pointer: JSON pointer within the aspect.
        tier: Who may read it.
        value_of: What the registry itself knows of it; None is nothing.
        is_own: It differs from battery to battery of one model.
        is_demanded: The aspect is not whole without it.
    """

    pointer: str
    tier: Tier
    value_of: Value
    is_own: bool = False
    is_demanded: bool = True


def _start_of(day: date | None) -> str | None:
    """Spell a day as the model's moments: its beginning in the city."""
    return None if day is None else datetime.combine(day, time(), CITY_ZONE).isoformat()


def _unknown(_facts: Facts) -> None:
    """Nobody tells the registry; a maker may declare it."""


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


def _open(name: str, value_of: Value = _unknown, *, is_own: bool = False) -> Attribute:
    return Attribute(pointer=f"/{name}", tier=_OPEN, value_of=value_of, is_own=is_own)


def _some(name: str, value_of: Value = _unknown, *, is_own: bool = False) -> Attribute:
    return Attribute(pointer=f"/{name}", tier=_SOME, value_of=value_of, is_own=is_own)


def _technical(name: str, value_of: Value = _unknown) -> Attribute:
    return _open(f"batteryTechicalProperties/{name}", value_of)


def _fade(name: str) -> Attribute:
    return _some(f"batteryTechicalProperties/{name}", is_own=True)


def _condition(name: str, value_of: Value = _unknown) -> Attribute:
    return _some(f"batteryCondition/{name}", value_of, is_own=True)


# Misspelt names are the model's own.
ATTRIBUTES: Final[Mapping[Aspect, tuple[Attribute, ...]]] = MappingProxyType(
    {
        Aspect.GENERAL: (
            _open("productIdentifier", lambda f: f.page, is_own=True),
            _open(
                "batteryPassportIdentifier",
                lambda f: f"urn:batteryregistry:{f.code}",
                is_own=True,
            ),
            _open("batteryCategory", lambda _f: "lmt"),
            # The model takes a maker only with an address and an identifier, and
            # a label has its name alone: that is told beside the aspects.
            _open("manufacturerInformation"),
            _open(
                "manufacturingDate", lambda f: _start_of(f.production_date), is_own=True
            ),
            _some("batteryStatus", lambda f: f.status.value, is_own=True),
            _open("batteryMass"),
            _open("manufacturingPlace"),
            _open("operatorInformation"),
            _some(
                "puttingIntoService", lambda f: _start_of(f.first_use_date), is_own=True
            ),
            _open("warrentyPeriod"),
        ),
        Aspect.PERFORMANCE: (
            _open("batteryTechicalProperties", _empty),
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
            Attribute(
                pointer="/batteryTechicalProperties/cRate",
                tier=_OPEN,
                value_of=_unknown,
                is_demanded=False,
            ),
            _technical("nominalVoltage", lambda f: f.nominal_voltage_v),
            _technical("minimumVoltage", lambda f: f.minimum_voltage_v),
            _technical("maximumVoltage", lambda f: f.maximum_voltage_v),
            _technical("capacityThresholdForExhaustion"),
            _technical("lifetimeReferenceTest"),
            _technical("cRateLifeCycleTest"),
            _technical("temperatureRangeIdleState"),
            _technical("roundTripEfficiencyat50PerCentCycleLife"),
            _fade("roundTripEfficiencyFade"),
            _fade("powerFade"),
            _some("batteryCondition", _empty),
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
            _some("dismantlingAndRemovalInformation"),
            _some("sparePartSources"),
            _open("recycledContent"),
            # Instructions there are, but no extinguishing agents, which it demands.
            _open("safetyMeasures"),
            _open(
                "endOfLifeInformation",
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
            _open("renewableContent"),
        ),
        Aspect.LABELING: (
            _open("declarationOfConformity"),
            _some("resultOfTestReport"),
            _open("labels"),
        ),
    }
)

"""The attributes of the Battery Pass aspects as they may be declared.

All of an aspect's own members are optional: a maker declares what is known.
Inside a member all is demanded that the model demands. An e-mail address of a
maker or operator is not taken: the model has it optional, and it leads to a person.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from marshmallow import Schema, fields

from battery_registry.domain.passport_attributes import Aspect
from battery_registry.domain.passport_facts import Status
from battery_registry.wire.bodies import BodySchema
from battery_registry.wire.fields import Choice, Text, spelled
from battery_registry.wire.passport_fields import (
    Stamp,
    Translated,
    Whole,
    amount,
    change,
    dated,
    listed,
    nested,
    number,
    page,
    per_cent,
    words,
)


class Category(StrEnum):
    """What the registry covers: batteries of light means of transport."""

    LMT = "lmt"


class Component(StrEnum):
    """What a resistance is of."""

    PACK = "pack"
    MODULE = "module"
    CELL = "cell"


class Document(StrEnum):
    """What a document for dismantling is."""

    BILL_OF_MATERIAL = "BillOfMaterial"
    MODEL_3D = "Model3D"
    DISMANTLING_MANUAL = "DismantlingManual"
    REMOVAL_MANUAL = "RemovalManual"
    OTHER_MANUAL = "OtherManual"
    DRAWING = "Drawing"


class Recycled(StrEnum):
    """Materials of which a recycled share is told."""

    COBALT = "Cobalt"
    NICKEL = "Nickel"
    LITHIUM = "Lithium"
    LEAD = "Lead"


class Symbol(StrEnum):
    """What a symbol on the label is about."""

    SEPARATE_COLLECTION = "SeparateCollection"
    HAZARDOUS_MATERIAL = "HazardousMaterial"
    CARBON_FOOTPRINT = "CarbonFootPrint"
    EXTINGUISHING_AGENT = "ExtinguishingAgent"


_URN: Final = "^urn:[a-z0-9]{1,32}:[a-z0-9]{1,64}$"
_MONTH: Final = "^--(0[1-9]|1[0-2])$"
_EMAIL: Final = r"^[A-Za-z0-9_.-]{1,80}@[A-Za-z0-9_.-]{1,120}\.[A-Za-z]{2,60}$"


def _address(*, required: bool = False) -> Whole:
    return nested(
        required=required,
        addressCountry=words(100, required=True),
        postalCode=words(20, required=True),
        streetAddress=words(required=True),
    )


def _company() -> Whole:
    return nested(
        contactName=words(required=True),
        postalAddress=_address(required=True),
        identifier=words(100, required=True),
        webAddress=page(),
    )


def _power(*, required: bool = False, **more: fields.Field[Any]) -> Whole:
    return nested(
        more,
        required=required,
        atSoC=per_cent(required=True),
        powerCapabilityAt=amount(required=True),
    )


_GENERAL: Final[Mapping[str, fields.Field[Any]]] = {
    "productIdentifier": words(),
    "batteryPassportIdentifier": Text(validate=spelled(_URN)),
    "batteryCategory": Choice(Category),
    "manufacturerInformation": _company(),
    "manufacturingDate": Stamp(),
    "batteryStatus": Choice(Status),
    "batteryMass": number(0.01, 100_000),
    "manufacturingPlace": _address(),
    "operatorInformation": _company(),
    "puttingIntoService": Stamp(),
    "warrentyPeriod": Text(validate=spelled(_MONTH)),
}
_TECHNICAL: Final[Mapping[str, fields.Field[Any]]] = {
    "originalPowerCapability": listed(_power()),
    "ratedMaximumPower": amount(),
    "powerCapabilityRatio": amount(),
    "ratedEnergy": amount(),
    "expectedNumberOfCycles": amount(),
    "initialSelfDischarge": per_cent(),
    "roundtripEfficiency": per_cent(),
    "ratedCapacity": amount(),
    "initialInternalResistance": listed(
        nested(
            ohmicResistance=amount(required=True),
            batteryComponent=Choice(Component, required=True),
        )
    ),
    "expectedLifetime": number(0, 100),
    "cRate": number(0, 1_000),
    "nominalVoltage": number(0, 2_000),
    "minimumVoltage": number(0, 2_000),
    "maximumVoltage": number(0, 2_000),
    "capacityThresholdForExhaustion": per_cent(),
    "lifetimeReferenceTest": page(),
    "cRateLifeCycleTest": number(0, 1_000),
    "temperatureRangeIdleState": nested(
        minimum=number(-100, 200, required=True),
        maximum=number(-100, 200, required=True),
    ),
    "roundTripEfficiencyat50PerCentCycleLife": per_cent(),
    "roundTripEfficiencyFade": change(),
    "powerFade": change(),
}
_CONDITION: Final[Mapping[str, fields.Field[Any]]] = {
    "energyThroughput": dated("energyThroughputValue", amount(required=True)),
    "capacityThroughput": dated("capacityThroughputValue", amount(required=True)),
    "numberOfFullCycles": dated("numberOfFullCyclesValue", amount(required=True)),
    "stateOfCertifiedEnergy": dated(
        "stateOfCertifiedEnergyValue", amount(required=True)
    ),
    "capacityFade": dated("capacityFadeValue", change(required=True)),
    "remainingEnergy": dated("remainingEnergyValue", amount(required=True)),
    "remainingCapacity": dated("remainingCapacityValue", amount(required=True)),
    "negativeEvents": listed(
        nested(negativeEvent=words(required=True), lastUpdate=Stamp(required=True))
    ),
    "temperatureInformation": nested(
        timeExtremeHighTemp=amount(required=True),
        timeExtremeLowTemp=amount(required=True),
        timeExtremeHighTempCharging=amount(required=True),
        timeExtremeLowTempCharging=amount(required=True),
        lastUpdate=Stamp(required=True),
    ),
    "remainingPowerCapability": nested(
        remainingPowerCapabilityValue=_power(
            required=True, rPCLastUpdated=Stamp(required=True)
        ),
        lastUpdate=Stamp(required=True),
    ),
    "evolutionOfSelfDischarge": dated(
        "evolutionOfSelfDischargeValue", change(required=True)
    ),
    "currentSelfDischargingRate": dated(
        "currentSelfDischargingRateValue", per_cent(required=True)
    ),
    "internalResistanceIncrease": listed(
        nested(
            internalResistanceIncreaseValue=change(required=True),
            lastUpdate=Stamp(required=True),
            batteryComponent=Choice(Component, required=True),
        )
    ),
    "remainingRoundTripEnergyEfficiency": dated(
        "remainingRoundTripEnergyEfficiencyValue", per_cent(required=True)
    ),
    "stateOfCharge": dated("stateOfChargeValue", per_cent(required=True)),
}
_SUPPLIER: Final = nested(
    nameOfSupplier=words(required=True),
    addressOfSupplier=_address(required=True),
    # A shared address of the company; the model demands it.
    emailAddressOfSupplier=Text(required=True, validate=spelled(_EMAIL)),
    supplierWebAddress=page(required=True),
    components=listed(
        nested(partName=words(required=True), partNumber=words(100, required=True)),
        required=True,
    ),
)
_CIRCULARITY: Final[Mapping[str, fields.Field[Any]]] = {
    "dismantlingAndRemovalInformation": listed(
        nested(
            documentType=Choice(Document, required=True),
            mimeType=words(100, required=True),
            documentURL=page(required=True),
        )
    ),
    "sparePartSources": listed(_SUPPLIER),
    "recycledContent": listed(
        nested(
            preConsumerShare=per_cent(required=True),
            recycledMaterial=Choice(Recycled, required=True),
            postConsumerShare=per_cent(required=True),
        )
    ),
    "safetyMeasures": nested(
        safetyInstructions=page(required=True),
        extinguishingAgent=listed(words(), required=True),
    ),
    "endOfLifeInformation": nested(
        wastePrevention=page(required=True),
        separateCollection=page(required=True),
        informationOnCollection=page(required=True),
    ),
    "renewableContent": per_cent(),
}
_LABELING: Final[Mapping[str, fields.Field[Any]]] = {
    "declarationOfConformity": page(),
    "resultOfTestReport": page(),
    "labels": listed(
        nested(
            labelingSymbol=page(required=True),
            labelingMeaning=Translated(required=True),
            labelingSubject=Choice(Symbol, required=True),
        )
    ),
}

ASPECTS: Final[Mapping[Aspect, type[Schema]]] = MappingProxyType(
    {
        Aspect.GENERAL: BodySchema.from_dict(dict(_GENERAL), name="GeneralDeclared"),
        Aspect.PERFORMANCE: BodySchema.from_dict(
            {
                "batteryTechicalProperties": nested(_TECHNICAL),
                "batteryCondition": nested(_CONDITION),
            },
            name="PerformanceDeclared",
        ),
        Aspect.CIRCULARITY: BodySchema.from_dict(
            dict(_CIRCULARITY), name="CircularityDeclared"
        ),
        Aspect.LABELING: BodySchema.from_dict(dict(_LABELING), name="LabelingDeclared"),
    }
)
"""By aspect; misspelt names are the model's own."""

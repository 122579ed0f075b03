import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from battery_registry.conformance.battery_pass import (
    EXAMPLE,
    SCHEMAS,
    attribute_faults,
    demanded,
)
from battery_registry.domain.custody import State
from battery_registry.domain.passport import (
    Passport,
    Source,
    own_pointers,
    pointers,
    write,
)
from battery_registry.domain.passport_attributes import (
    ATTRIBUTES,
    GROUPS,
    Aspect,
    Tier,
)
from battery_registry.domain.passport_facts import Facts, Status
from battery_registry.wire.passport_aspects import ASPECTS
from battery_registry.wire.passport_fields import Whole

NOTHING = Facts(
    code="0123456789abcdef",
    page="https://registry.example/b/0123-4567-89ab-cdef",
    unit_kind="cell",
    maker=None,
    second_life=False,
    case_state=None,
    tested_at=EXAMPLE.tested_at,
)
# What Article 77(2) keeps for those with a legitimate interest.
CONDITION = ("/batteryCondition",)


def change(**changes: Any) -> Facts:
    known = {name: getattr(EXAMPLE, name) for name in Facts.__slots__}
    return Facts(**{**known, **changes})


def flat(passport: Passport) -> str:
    return json.dumps({str(name): each for name, each in passport.aspects.items()})


def test_the_public_tier_tells_no_condition_and_no_status() -> None:
    told = write(EXAMPLE, tier=Tier.PUBLIC)
    text = flat(told)
    for word in (
        "batteryCondition",
        "batteryStatus",
        "puttingIntoService",
        "drop_marks",
    ):
        assert word not in text
    assert told.withheld[Aspect.GENERAL] == ("/batteryStatus", "/puttingIntoService")
    assert set(CONDITION) < set(told.withheld[Aspect.PERFORMANCE])
    assert told.aspects[Aspect.PERFORMANCE] == {
        "batteryTechicalProperties": {
            "ratedEnergy": 0.96,
            "expectedNumberOfCycles": 800,
            "ratedCapacity": 20.0,
            "expectedLifetime": 5.0,
            "nominalVoltage": 48.0,
            "minimumVoltage": 39.0,
            "maximumVoltage": 54.6,
        }
    }


def test_a_legitimate_interest_reads_the_condition_with_its_date() -> None:
    told = write(EXAMPLE, tier=Tier.LEGITIMATE_INTEREST)
    assert not any(told.withheld.values())
    at = EXAMPLE.tested_at.isoformat()
    assert told.aspects[Aspect.PERFORMANCE]["batteryCondition"] == {
        "numberOfFullCycles": {"numberOfFullCyclesValue": 310, "lastUpdate": at},
        "capacityFade": {"capacityFadeValue": 15.0, "lastUpdate": at},
        "remainingCapacity": {"remainingCapacityValue": 17.0, "lastUpdate": at},
        "negativeEvents": [{"negativeEvent": "drop_marks", "lastUpdate": at}],
        "currentSelfDischargingRate": {
            "currentSelfDischargingRateValue": 2.5,
            "lastUpdate": at,
        },
        "stateOfCharge": {"stateOfChargeValue": 98.0, "lastUpdate": at},
    }
    general = told.aspects[Aspect.GENERAL]
    assert general["manufacturingDate"] == "2024-05-01T00:00:00+08:00"
    assert general["batteryStatus"] == "Original"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, Status.ORIGINAL),
        ({"second_life": True}, Status.REPURPOSED),
        ({"case_state": State.FLAGGED}, Status.ORIGINAL),
        ({"case_state": State.COLLECTED, "second_life": True}, Status.WASTE),
    ],
)
def test_a_pack_is_waste_once_it_was_handed_on(
    changes: dict[str, Any], status: Status
) -> None:
    assert change(**changes).status is status


def test_nothing_is_made_up_for_a_pack_of_which_nothing_is_known() -> None:
    told = write(NOTHING, tier=Tier.LEGITIMATE_INTEREST)
    technical = told.aspects[Aspect.PERFORMANCE]["batteryTechicalProperties"]
    assert technical == {}
    assert told.maker is None
    assert "/manufacturerInformation" in told.missing[Aspect.GENERAL]
    assert "/manufacturingDate" in told.missing[Aspect.GENERAL]


def test_a_maker_known_by_name_alone_stands_beside_the_aspects() -> None:
    told = write(EXAMPLE, tier=Tier.PUBLIC)
    assert told.maker == "Volta"
    assert "manufacturerInformation" not in told.aspects[Aspect.GENERAL]


@pytest.fixture(scope="module")
def schemas(shared_data: Path) -> dict[Aspect, Any]:
    folder = shared_data / "conformance" / "batterypass-data-model"
    return {
        aspect: json.loads((folder / name).read_text("utf-8"))
        for aspect, name in SCHEMAS.items()
    }


@pytest.mark.parametrize("tier", Tier)
@pytest.mark.parametrize("facts", [EXAMPLE, NOTHING, change(first_use_date=None)])
def test_what_is_told_is_valid_and_the_rest_of_the_demanded_is_listed(
    schemas: dict[Aspect, Any], facts: Facts, tier: Tier
) -> None:
    told = write(facts, tier=tier)
    for aspect, schema in schemas.items():
        there = dict(pointers(told.aspects[aspect]))
        for pointer, value in there.items():
            assert attribute_faults(schema, pointer, value) == [], pointer
        listed = (*told.missing[aspect], *told.withheld[aspect])
        asked = set(demanded(schema))
        assert not set(listed) & set(there)
        # A group that is withheld as a whole is listed by its own name.
        assert {p for p in asked if p.startswith(listed)} == asked - set(there)
        assert all(any(p.startswith(each) for p in asked) for each in listed)


@pytest.mark.parametrize("tier", Tier)
def test_an_aspect_lacks_nothing_of_its_schema_but_what_is_listed(
    schemas: dict[Aspect, Any], tier: Tier
) -> None:
    told = write(EXAMPLE, tier=tier)
    for aspect, schema in schemas.items():
        errors = jsonschema.Draft4Validator(schema).iter_errors(told.aspects[aspect])
        # The groups are objects of the aspect: nothing within is invalid either.
        assert {error.validator for error in errors} <= {"required"}, aspect


@pytest.mark.parametrize(
    ("pointer", "value", "why"),
    [
        ("/batteryPassportIdentifier", "0123", "does not match"),
        ("/manufacturerInformation", {"contactName": "Volta"}, "required"),
        ("/manufacturingDate", "in May", "is not a 'date-time'"),
        ("/colour", "green", "is no attribute"),
    ],
)
def test_a_wrong_value_would_be_found(
    schemas: dict[Aspect, Any], pointer: str, value: object, why: str
) -> None:
    faults = attribute_faults(schemas[Aspect.GENERAL], pointer, value)
    assert why in faults[0]


def test_the_attributes_are_those_that_the_schemas_know_and_demand(
    schemas: dict[Aspect, Any],
) -> None:
    for aspect, schema in schemas.items():
        ours = [each for each in ATTRIBUTES[aspect] if each.pointer not in GROUPS]
        needed = {each.pointer for each in ours if each.is_demanded}
        assert needed == set(demanded(schema))
        for each in ours:
            faults = attribute_faults(schema, each.pointer, None)
            assert not any("is no attribute" in fault for fault in faults)
        assert own_pointers(aspect) <= {each.pointer for each in ours}


def test_only_what_is_declarable_is_asked_for_by_both_lists() -> None:
    for aspect, schema in ASPECTS.items():
        names = set[str]()
        for name, field in schema().fields.items():
            if f"/{name}" in GROUPS and isinstance(field, Whole):
                names |= {f"/{name}/{inner}" for inner in field.schema.fields}
            else:
                names.add(f"/{name}")
        ours = {each.pointer for each in ATTRIBUTES[aspect]}
        assert names == ours - GROUPS


def test_a_declared_value_fills_only_what_the_registry_does_not_know() -> None:
    declared = {Aspect.GENERAL: {"/batteryMass": 4.5, "/batteryStatus": "Waste"}}
    told = write(NOTHING, tier=Tier.LEGITIMATE_INTEREST, declared=declared)
    general = told.aspects[Aspect.GENERAL]
    assert (general["batteryMass"], general["batteryStatus"]) == (4.5, "Original")
    sources = told.sources[Aspect.GENERAL]
    assert sources["/batteryMass"] is Source.DECLARED
    assert sources["/batteryStatus"] is Source.REGISTRY
    assert not told.is_complete(Aspect.GENERAL)

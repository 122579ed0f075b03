"""What happened, as EPCIS events and documents."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from battery_registry.domain import code as codes
from battery_registry.domain.custody_edges import State
from battery_registry.domain.epcis import document, envelopes, events, hashing
from battery_registry.domain.epcis.happenings import Declared, Happening
from battery_registry.scoring.evaluation import Code
from tests.domain.epcis.happened import (
    CODE,
    NAMES,
    NOW,
    ROOT,
    make_inspected,
    make_labelled,
    make_packed,
    make_recalled,
    make_stepped,
)

TIME = "2026-11-23T04:00:00.000Z"
EVERY: list[Happening] = [
    make_labelled(),
    make_inspected(),
    make_stepped(),
    make_packed(),
    make_recalled(),
]


def told(happening: Happening) -> dict[str, Any]:
    return events.of(happening, names=NAMES)


@pytest.mark.parametrize("happening", EVERY)
def test_every_event_bears_its_own_hash_and_is_sound(happening: Happening) -> None:
    event = told(happening)
    assert event["eventID"] == hashing.event_id(event, context=NAMES.context)
    assert (event["eventTime"], event["eventTimeZoneOffset"]) == (TIME, "+08:00")
    assert document.when(happening) == NOW
    whole = document.chain([happening], names=NAMES, now=NOW)
    assert whole["epcisBody"]["eventList"] == [event]
    assert envelopes.faults(whole) == ()
    assert envelopes.faults(document.answer([event], names=NAMES, now=NOW)) == ()


@pytest.mark.parametrize(
    ("is_bound", "words"),
    [
        (True, ("ADD", "commissioning", "active")),
        (False, ("DELETE", "decommissioning", "inactive")),
    ],
)
def test_a_label_is_bound_or_taken_away(
    *, is_bound: bool, words: tuple[str, ...]
) -> None:
    event = told(make_labelled(is_bound=is_bound))
    assert (event["action"], event["bizStep"], event["disposition"]) == words
    assert event["epcList"] == [codes.url(f"{ROOT}/", code=CODE)]


@pytest.mark.parametrize("verdict", Code)
def test_only_a_colour_is_a_condition(verdict: Code) -> None:
    conditions = {
        Code.GREEN: "conformant",
        Code.YELLOW: "conformant",
        Code.RED: "non_conformant",
    }
    event = told(make_inspected(verdict=verdict))
    assert event.get("disposition") == conditions.get(verdict)
    assert event["registry:code"] == verdict.value


def test_a_reading_is_told_with_its_alarm() -> None:
    alarms = frozenset({"internal_resistance_mohm", "leakage", "capacity_fade_pct"})
    event = told(make_inspected(alarms=alarms))
    (element,) = event["sensorElementList"]
    assert element["sensorMetadata"] == {
        "time": TIME,
        "deviceID": f"{ROOT}/id/instrument/XC-01/EBC%201",
    }
    alarm = {"type": "Dimensionless", "exception": "ALARM_CONDITION"}
    assert element["sensorReport"] == [
        {
            "type": "Resistance",
            "exception": "ALARM_CONDITION",
            "value": 501.0,
            "uom": "E45",
        },
        {"type": "Voltage", "value": 54.6, "uom": "VLT"},
        {"type": "Temperature", "value": 25.0, "uom": "CEL"},
        {**alarm, "stringValue": "capacity_fade_pct"},
        {**alarm, "stringValue": "leakage"},
    ]
    assert event["recordTime"] == "2026-11-23T04:05:00.000Z"
    assert event["readPoint"] == {"id": f"{ROOT}/id/station/XC-01"}


@pytest.mark.parametrize(
    ("changes", "persistent"),
    [
        ({}, None),
        ({"from_state": None, "to_state": State.FLAGGED}, {"set": ["recalled"]}),
        ({"to_state": State.CLEARED}, {"unset": ["recalled"]}),
        ({"to_state": State.CLEARED, "is_recalled": True}, None),
    ],
)
def test_recalled_is_set_by_the_red_and_unset_by_its_end(
    changes: dict[str, Any], persistent: object
) -> None:
    assert told(make_stepped(**changes)).get("persistentDisposition") == persistent


@pytest.mark.parametrize(
    ("changes", "passes"),
    [
        ({}, True),
        ({"receiver": "xicheng-checks"}, False),
        ({"to_state": State.MISSING}, False),
        ({"to_state": State.MISMATCH}, False),
    ],
)
def test_who_passes_a_battery_on_is_told(
    changes: dict[str, Any], *, passes: bool
) -> None:
    event = told(make_stepped(**changes))
    assert ("sourceList" in event, "destinationList" in event) == (passes, passes)
    if passes:
        assert event["sourceList"][0] == {
            "type": "possessing_party",
            "source": f"{ROOT}/id/party/xicheng-checks",
        }


def test_the_opening_carries_the_reading() -> None:
    opening = make_stepped(from_state=None, inspection=make_inspected())
    event = told(opening)
    assert event["sensorElementList"]
    assert event["bizTransactionList"][0]["type"] == "testres"


@pytest.mark.parametrize(
    ("biz_step", "evidence", "papers"),
    [
        ("departing", {"manifest_id": "7/8"}, ["desadv"]),
        ("receiving", {"manifest_id": "7"}, ["recadv"]),
        ("destroying", {"manifest_id": "7"}, []),
        ("destroying", {"certificate_number": "D 1"}, ["cert"]),
        ("receiving", {"certificate_number": "D", "manifest_id": "7"}, None),
        ("receiving", {"certificate_number": 7, "manifest_id": 8}, []),
    ],
)
def test_papers_are_business_transactions(
    biz_step: str, evidence: dict[str, object], papers: list[str] | None
) -> None:
    event = told(make_stepped(biz_step=biz_step, evidence=evidence))
    found = [one["type"] for one in event.get("bizTransactionList", [])]
    assert found == (["cert", "recadv"] if papers is None else papers)
    spelled = {f"registry:{name}": value for name, value in evidence.items()}
    assert event["registry:evidence"] == spelled


def test_a_destruction_deletes() -> None:
    event = told(make_stepped(to_state=State.DESTROYED))
    assert event["action"] == "DELETE"
    assert "registry:evidence" not in event


def test_a_recall_of_its_like_is_set_and_unset() -> None:
    begun = told(make_recalled())
    assert begun["persistentDisposition"] == {"set": ["recalled"]}
    assert begun["registry:recall"] == f"{ROOT}/api/v1/recalls/{UUID(int=6)}"
    over = told(make_recalled(is_over=True))
    assert over["persistentDisposition"] == {"unset": ["recalled"]}
    stays = told(make_recalled(is_over=True, stays=True))
    assert "persistentDisposition" not in stays


def test_a_declared_error_names_what_puts_it_right() -> None:
    declared = Declared(
        at=NOW + timedelta(days=1),
        reason="incorrect_data",
        corrective=(UUID(int=8), UUID(int=9)),
    )
    wrong = make_stepped(declared=declared)
    right = make_stepped(event_id=UUID(int=8), to_state=State.CLEARED)
    first, second = document.told([wrong, right], names=NAMES)
    assert first["errorDeclaration"] == {
        "declarationTime": "2026-11-24T04:00:00.000Z",
        "reason": "incorrect_data",
        "correctiveEventIDs": [second["eventID"]],
    }
    assert "errorDeclaration" not in second
    assert first["eventID"] == told(make_stepped())["eventID"]
    (alone,) = document.told([wrong], names=NAMES)
    assert "correctiveEventIDs" not in alone["errorDeclaration"]


def test_any_sign_of_a_name_is_escaped() -> None:
    assert NAMES.party("a/b é\ud800") == f"{ROOT}/id/party/a%2Fb%20%C3%A9?".replace(
        "?", "%3F"
    )

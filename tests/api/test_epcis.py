import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from battery_registry.domain.epcis import hashing
from battery_registry.domain.epcis.context import Context
from tests.builders import NOW, make_body, make_red_body
from tests.conftest import Clock
from tests.played import Play

Validate = Callable[[Any], None]


@pytest.fixture
def validate(shared_data: Path) -> Validate:
    """Holds a document against GS1's schema, formats checked too."""
    folder = shared_data / "conformance" / "gs1-epcis-2.0"
    schema = json.loads((folder / "EPCIS-JSON-Schema.json").read_text(encoding="utf-8"))
    checker = jsonschema.FormatChecker(["uri", "date-time"])
    assert not checker.conforms("no uri", "uri")
    validator: Validate = jsonschema.Draft7Validator(
        schema, format_checker=checker
    ).validate
    return validator


def chain(play: Play, code: str, key: str = "admin") -> Any:
    answer = play.get(f"/api/v1/custody/{code}/epcis", key)
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "application/ld+json"
    assert answer.headers["GS1-EPCIS-Version"] == "2.0.0"
    return answer.get_json()


def events(document: Any) -> list[dict[str, Any]]:
    body = document["epcisBody"]
    if "queryResults" in body:
        body = body["queryResults"]["resultsBody"]
    listed: list[dict[str, Any]] = body["eventList"]
    return listed


def test_the_whole_chain_is_told_in_gs1s_words(play: Play, validate: Validate) -> None:
    code = play.red(tested_at=(NOW - timedelta(hours=2)).isoformat())
    play.walk(code, until="destroyed")
    document = chain(play, code)
    validate(document)
    told = events(document)
    assert [(e["action"], e["bizStep"], e.get("disposition")) for e in told] == [
        ("OBSERVE", "inspecting", "non_conformant"),
        ("OBSERVE", "holding", "non_sellable_other"),
        ("OBSERVE", "collecting", "disposed"),
        ("OBSERVE", "departing", "in_transit"),
        ("OBSERVE", "receiving", "disposed"),
        ("OBSERVE", "disassembling", "in_progress"),
        ("DELETE", "destroying", "destroyed"),
        ("ADD", "commissioning", "active"),
    ]
    assert [e.get("persistentDisposition") for e in told] == [
        {"set": ["recalled"]},
        *[None] * 7,
    ]
    assert len({tuple(e["epcList"]) for e in told}) == 1
    assert told[0]["epcList"][0].endswith(f"/b/{code}")


def test_the_red_inspection_is_told_with_its_readings(play: Play) -> None:
    code = play.red(internal_resistance_mohm=612.5, max_output_voltage_v=61.0)
    (red,) = [e for e in events(chain(play, code)) if e["bizStep"] == "inspecting"]
    (element,) = red["sensorElementList"]
    reports = {report["type"]: report for report in element["sensorReport"]}
    assert reports["Resistance"] == {
        "type": "Resistance",
        "exception": "ALARM_CONDITION",
        "value": 612.5,
        "uom": "E45",
    }
    assert reports["Voltage"]["exception"] == "ALARM_CONDITION"
    assert reports["ElectricCharge"] == {
        "type": "ElectricCharge",
        "value": 19.0,
        "uom": "AMH",
    }
    assert (reports["Temperature"]["value"], reports["Temperature"]["uom"]) == (
        23.0,
        "CEL",
    )
    assert element["sensorMetadata"]["deviceID"].endswith("/id/instrument/XC-01/EBC-1")
    assert red["readPoint"]["id"].endswith("/id/station/XC-01")
    (paper,) = red["bizTransactionList"]
    assert paper["type"] == "testres"


def test_what_was_seen_is_an_alarm_without_a_number(
    play: Play, validate: Validate
) -> None:
    code = play.red(internal_resistance_mohm=120.0, leakage=True)
    document = chain(play, code)
    validate(document)
    (element,) = events(document)[0]["sensorElementList"]
    alarms = [r for r in element["sensorReport"] if "exception" in r]
    assert alarms == [
        {
            "type": "Dimensionless",
            "exception": "ALARM_CONDITION",
            "stringValue": "leakage",
        }
    ]


def test_hands_and_papers_are_named(play: Play) -> None:
    code = play.red()
    play.walk(code, until="destroyed")
    by_step = {e["bizStep"]: e for e in events(chain(play, code))}
    giver = by_step["receiving"]["sourceList"]
    receiver = by_step["receiving"]["destinationList"]
    assert [each["type"] for each in giver] == ["possessing_party", "owning_party"]
    assert giver[0]["source"].endswith("/id/party/safe-haul")
    assert receiver[1]["destination"].endswith("/id/party/greencell")
    assert "sourceList" not in by_step["disassembling"]
    (paper,) = by_step["destroying"]["bizTransactionList"]
    assert paper["type"] == "cert"
    assert paper["bizTransaction"].endswith("/id/certificate/greencell/D-2026-1")


def test_every_event_is_known_by_its_hash(play: Play) -> None:
    codes = [play.red(), play.red()]
    for code in codes:
        play.walk(code, until="received")
    told = [chain(play, code) for code in codes]
    ids = [event["eventID"] for document in told for event in events(document)]
    assert len(set(ids)) == len(ids)
    for document in told:
        context = Context.read(document["@context"])
        for event in events(document):
            assert event["eventID"] == hashing.event_id(event, context=context)
    assert [events(chain(play, code)) for code in codes] == [
        events(document) for document in told
    ]


def test_a_resident_is_never_named(play: Play) -> None:
    code = play.red(plate="京A12345", owner_name="王小明", owner_phone="13800138000")
    play.walk(code, until="isolated")
    told = play.get(f"/api/v1/custody/{code}/epcis", "greencell").text
    assert not any(word in told for word in ("王小明", "12345", "13800138000"))


def test_earlier_inspections_and_later_cases_are_told(
    play: Play, validate: Validate
) -> None:
    pack = {"pack_code": "V48-TWICE"}
    early = (NOW - timedelta(days=40)).isoformat()
    green = play.green(tested_at=early, **pack)
    assert play.get(f"/api/v1/custody/{green}/epcis").status_code == 404
    play.hand_in(make_red_body(**pack))
    document = chain(play, green)
    validate(document)
    inspections = [e for e in events(document) if e["bizStep"] == "inspecting"]
    assert [e["disposition"] for e in inspections] == ["conformant", "non_conformant"]


def test_only_red_batteries_of_ones_district_are_told(play: Play) -> None:
    green, other, mine = play.green(), play.red(), play.red(key="HD-01")
    key = play.add_district_regulator()
    assert play.get(f"/api/v1/custody/{mine}/epcis", key).status_code == 200
    for code, who in ((other, key), (green, "admin")):
        answer = play.get(f"/api/v1/custody/{code}/epcis", who)
        assert answer.status_code == 404
        assert answer.get_json()["code"] == "custody_no_case"
    assert play.get(f"/api/v1/custody/{mine}/epcis", None).status_code == 401
    assert play.get(f"/api/v1/custody/{mine}/epcis", "dealer").status_code == 403


def ask(play: Play, key: str = "admin", **query: Any) -> list[dict[str, Any]]:
    answer = play.get("/api/v1/epcis/events", key, **query)
    assert answer.status_code == 200, answer.text
    return events(answer.get_json())


def test_events_are_found_by_what_they_are(play: Play, validate: Validate) -> None:
    first, second = play.red(), play.red()
    play.walk(first, until="received")
    answer = play.get("/api/v1/epcis/events")
    validate(answer.get_json())
    assert len(events(answer.get_json())) == 6
    steps = [e["bizStep"] for e in ask(play, EQ_bizStep="receiving|holding")]
    assert steps == ["holding", "receiving"]
    full = "https://ref.gs1.org/cbv/BizStep-departing"
    assert [e["bizStep"] for e in ask(play, EQ_bizStep=full)] == ["departing"]
    red = ask(play, EQ_persistentDisposition_set="recalled")
    assert [e["bizStep"] for e in red] == ["inspecting"] * 2
    assert ask(play, EQ_persistentDisposition_set="stolen") == []
    (epc,) = ask(play, MATCH_epc=f"https://elsewhere.cn/b/{second}")
    assert epc["epcList"][0].endswith(second)
    assert ask(play, MATCH_epc="urn:epc:id:sscc:4012345.0000000333") == []
    by_chain = [e for e in events(chain(play, first)) if e["bizStep"] == "holding"]
    assert by_chain == ask(play, EQ_bizStep="holding")


def test_events_are_found_by_when_they_happened(play: Play) -> None:
    code = play.red()
    play.walk(code, until="collected")
    times = [e["eventTime"] for e in ask(play)]
    assert times == sorted(times)
    assert [e["eventTime"] for e in ask(play, GE_eventTime=times[1])] == times[1:]
    assert [e["eventTime"] for e in ask(play, LT_eventTime=times[1])] == times[:1]


def test_pages_neither_skip_nor_repeat(play: Play) -> None:
    # The same moment, so that only the key tells them apart.
    play.hand_in(*(make_red_body() for _ in range(7)))
    whole = [e["eventID"] for e in ask(play)]
    found: list[str] = []
    address: str | None = "/api/v1/epcis/events?perPage=2"
    while address is not None:
        answer = play.client.get(address, headers=play.registry.headers("admin"))
        found += [e["eventID"] for e in events(answer.get_json())]
        link = answer.headers.get("Link")
        address = None if link is None else link.partition("<")[2].partition(">")[0]
        assert len(found) <= 7
    assert found == whole


@pytest.mark.parametrize(
    "query",
    [
        {"EQ_bizStep": "walking"},
        {"MATCH_epc": "no uri"},
        {"perPage": "0"},
        {"perPage": "201"},
        {"nextPageToken": "x"},
        {"nextPageToken": "x" * 38},
        {"GE_eventTime": "yesterday"},
        {"EQ_action": "ADD"},
    ],
)
def test_a_question_that_makes_no_sense_is_refused(
    play: Play, query: dict[str, str]
) -> None:
    answer = play.get("/api/v1/epcis/events", **query)
    assert answer.status_code == 422
    (name,) = query
    assert answer.get_json()["errors"][0]["field"] == name


def test_events_are_those_of_ones_own_part(play: Play) -> None:
    play.red()
    mine = play.red(key="HD-01")
    key = play.add_district_regulator()
    for who in (key, "HD-01"):
        (event,) = ask(play, who)
        assert event["epcList"][0].endswith(mine)
    assert play.get("/api/v1/epcis/events", "dealer").status_code == 403


def test_an_upheld_appeal_is_told_as_an_error_put_right(
    play: Play, clock: Clock, validate: Validate
) -> None:
    code = play.red()
    play.hand_in(make_body())
    filed = play.client.post(
        "/api/v1/appeals",
        json={"code": code, "grounds": "Another pack was on the bench."},
        headers=play.registry.headers("XC-01"),
    )
    assert filed.status_code == 201, filed.text
    clock.now = NOW + timedelta(hours=1)
    decided = play.client.post(
        f"/api/v1/appeals/{filed.get_json()['appeal_id']}/decision",
        json={"upheld": True, "note": "The photos show another pack."},
        headers=play.registry.headers("regulator"),
    )
    assert decided.status_code == 200, decided.text
    document = chain(play, code)
    validate(document)
    told = events(document)
    (red,) = [e for e in told if "set" in e.get("persistentDisposition", {})]
    (end,) = [e for e in told if "unset" in e.get("persistentDisposition", {})]
    assert (end["bizStep"], end["disposition"]) == ("inspecting", "available")
    assert end["persistentDisposition"] == {"unset": ["recalled"]}
    assert red["errorDeclaration"]["reason"] == "incorrect_data"
    assert red["errorDeclaration"]["correctiveEventIDs"] == [end["eventID"]]
    page = ask(play, EQ_persistentDisposition_set="recalled", perPage=1)
    assert page[0]["errorDeclaration"] == red["errorDeclaration"]

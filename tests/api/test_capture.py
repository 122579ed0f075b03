from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from battery_registry.domain.epcis import hashing
from tests.domain.epcis.vectors import documents, make_document, make_event
from tests.played import Play

URL = "/api/v1/epcis/capture"


def capture(
    play: Play, document: Any, key: str = "greencell", **headers: str
) -> TestResponse:
    return play.client.post(
        URL,
        json=document,
        content_type="application/ld+json",
        headers={**play.registry.headers(key), **headers},
    )


def counts(answer: TestResponse) -> tuple[int, int, int]:
    assert answer.status_code == 202, answer.text
    job = answer.get_json()
    return job["accepted"], job["duplicate"], job["rejected"]


def ask(play: Play, key: str = "auditor", **query: Any) -> list[dict[str, Any]]:
    answer = play.get("/api/v1/epcis/events", key, **query)
    assert answer.status_code == 200, answer.text
    listed: list[dict[str, Any]] = answer.get_json()["epcisBody"]["queryResults"][
        "resultsBody"
    ]["eventList"]
    return listed


def test_every_example_of_gs1s_is_captured(play: Play, shared_data: Path) -> None:
    told = documents(shared_data / "conformance" / "gs1-epcis-2.0" / "examples")
    assert len(told) == 47
    for name, document in told.items():
        first = counts(capture(play, document))
        assert first[2] == 0, name
        assert sum(first) > 0, name
        assert counts(capture(play, document)) == (0, sum(first), 0), name


def test_a_captured_event_is_told_again(play: Play) -> None:
    event = make_event(**{"example:note": "by hand"})
    answer = capture(play, make_document(event))
    (result,) = answer.get_json()["results"]
    assert result["status"] == "accepted"
    (told,) = ask(play, MATCH_epc="urn:epc:id:sgtin:9520123.045678.P1")
    assert told["eventID"] == result["hash"]
    assert {name: told[name] for name in event} == event
    assert hashing.event_id(told) == result["hash"]
    assert ask(play, EQ_bizStep="receiving") == [told]
    assert ask(play, EQ_bizStep="shipping") == []


def test_recalled_by_others_is_found_and_changes_no_battery(play: Play) -> None:
    green, red = play.green(), play.red()
    before = play.get(f"/api/v1/custody/{red}").get_json()
    for code, changes in (
        (green, {"persistentDisposition": {"set": ["recalled"]}}),
        (red, {"persistentDisposition": {"unset": ["recalled"]}}),
        (
            red,
            {"bizStep": "destroying", "disposition": "destroyed", "action": "DELETE"},
        ),
    ):
        event = make_event(epcList=[f"https://registry.example/b/{code}"], **changes)
        assert counts(capture(play, make_document(event))) == (1, 0, 0)
    assert play.get(f"/api/v1/custody/{red}").get_json() == before
    assert play.get(f"/api/v1/resale/{green}", None).get_json()["answer"] == "clear"
    assert play.get(f"/api/v1/resale/{red}", None).get_json()["answer"] == "blocked"
    found = ask(play, EQ_persistentDisposition_set="recalled")
    assert len(found) == 2
    assert len(ask(play, MATCH_epc=f"https://elsewhere.cn/b/{red}")) == 3


@pytest.mark.parametrize(
    "epc",
    [
        "https://id.gs1.org/01/09520123456788/21/VOLTA-0001",
        "https://volta.example/x/gtin/09520123456788/ser/volta-0001?17=271231",
        "urn:epc:id:sgtin:9520123.045678.VOLTA-0001",
    ],
)
def test_a_makers_code_told_by_others_is_found_by_the_label(
    play: Play, epc: str
) -> None:
    code = play.green(pack_code="010952012345678821VOLTA-0001", pack_code_scheme="gs1")
    other = play.green()
    told = make_document(make_event(epcList=[epc]))
    assert counts(capture(play, told)) == (1, 0, 0)
    (found,) = ask(play, MATCH_epc=f"https://registry.example/b/{code}")
    assert found["epcList"] == [epc]
    assert ask(play, MATCH_epc=f"https://registry.example/b/{other}") == []


def test_one_unsound_event_keeps_all_out_unless_asked_otherwise(play: Play) -> None:
    sound, unsound = make_event(), make_event(disposition="red")
    document = make_document(sound, unsound)
    refused = capture(play, document)
    assert counts(refused) == (0, 0, 1)
    job = refused.get_json()
    assert job["success"] is False
    assert [result["status"] for result in job["results"]] == [
        "rolled_back",
        "rejected",
    ]
    assert job["results"][1]["faults"] == [
        {"pointer": "/disposition", "fault": "unknown_term|red"}
    ]
    assert job["errors"][0]["instance"] == "/eventList/1/disposition"
    assert ask(play) == []
    taken = capture(play, document, **{"GS1-Capture-Error-Behaviour": "proceed"})
    assert counts(taken) == (1, 0, 1)
    assert taken.get_json()["captureErrorBehaviour"] == "proceed"
    assert len(ask(play)) == 1


def test_a_document_with_one_event_twice_has_it_once(play: Play) -> None:
    other = make_event(eventTime="2026-11-23T02:00:00Z")
    assert counts(capture(play, make_document(make_event(), other))) == (1, 1, 0)


def test_each_organisation_has_its_own_word(play: Play) -> None:
    document = make_document(make_event())
    assert counts(capture(play, document, "greencell")) == (1, 0, 0)
    assert counts(capture(play, document, "city-collect")) == (1, 0, 0)
    assert counts(capture(play, document, "greencell")) == (0, 1, 0)
    assert len(ask(play)) == 2
    assert ask(play, "XC-01") == []


def test_a_capture_can_be_read_again_by_who_made_it(play: Play) -> None:
    answer = capture(play, make_document(make_event()))
    address = answer.headers["Location"]
    assert play.get(address, "greencell").get_json() == answer.get_json()
    assert play.get(address, "auditor").status_code == 200
    for key in ("city-collect", "regulator"):
        assert play.get(address, key).get_json()["code"] == "capture_unknown"
    assert answer.headers["GS1-EPCIS-Capture-Limit"] == "500"


@pytest.mark.parametrize(
    "document",
    [
        [],
        {},
        {"type": "EPCISDocument"},
        make_document(make_event(), schemaVersion=None),
        make_document(make_event(), epcisBody={"eventList": {}}),
    ],
)
def test_what_is_no_document_is_refused(play: Play, document: Any) -> None:
    answer = capture(play, document)
    assert answer.status_code == 400, answer.text
    assert answer.get_json()["code"] == "epcis_document_invalid"
    assert answer.get_json()["faults"]


def test_too_much_or_not_json_or_a_new_behaviour_is_refused(play: Play) -> None:
    many = [make_event(eventTime=f"2026-11-23T02:00:00.{n:03}Z") for n in range(501)]
    answer = capture(play, make_document(*many))
    assert answer.get_json()["code"] == "epcis_too_many_events"
    assert counts(capture(play, make_document(*many[:500]))) == (500, 0, 0)
    wrong = capture(play, make_document(), **{"GS1-Capture-Error-Behaviour": "all"})
    assert wrong.status_code == 422
    text = play.client.post(
        URL, data=b"{}", content_type="text/plain", headers=play.registry.headers()
    )
    assert text.get_json()["code"] == "body_not_json"
    assert capture(play, make_document(), "dealer").status_code == 403


@pytest.mark.parametrize(
    "event",
    [
        {"eventTime": "0001-01-01T00:00:00+14:00"},
        {"eventTime": "9999-12-31T23:59:59-14:00"},
        {"bizStep": "https://a.cn/" + "x" * 1900},
        {"example:deep": [[[[{"example:a": [1, None, True]}]]]]},
        {"example:nul": "a\x00b"},
        {"example:half": "\ud800"},
        {"type": "example:OwnEvent", "epcList": 7},
    ],
)
def test_odd_events_are_answered(play: Play, event: dict[str, Any]) -> None:
    answer = capture(play, make_document(make_event(**event)))
    assert answer.status_code in {202, 400, 422}, answer.text
    assert play.get("/api/v1/epcis/events").status_code == 200


def test_an_event_nested_too_deep_or_with_too_many_batteries_is_refused(
    play: Play,
) -> None:
    deep: Any = 1
    for _ in range(40):
        deep = {"example:a": deep}
    answer = capture(play, make_document(make_event(**{"example:deep": deep})))
    assert (answer.status_code, answer.get_json()["code"]) == (400, "body_malformed")
    many = [f"https://id.gs1.org/01/09520123456788/21/{n}" for n in range(5001)]
    answer = capture(play, make_document(make_event(epcList=many)))
    assert (answer.status_code, answer.get_json()["code"]) == (
        422,
        "epcis_too_many_events",
    )
    assert ask(play) == []


def test_a_document_s_many_batteries_and_its_long_context_are_bounded(
    play: Play,
) -> None:
    code = play.green()
    ours = f"https://registry.example/b/{code}"
    link = "https://id.gs1.org/01/09520123456788/21"
    halves = [
        make_event(
            eventTime=f"2026-11-23T02:00:0{half}Z",
            epcList=[ours, *(f"{link}/{half}-{n}" for n in range(2499))],
        )
        for half in range(3)
    ]
    assert counts(capture(play, make_document(*halves[:2]))) == (2, 0, 0)
    assert len(ask(play, MATCH_epc=ours)) == 2
    assert len(ask(play, MATCH_epc=f"{link}/1-2498")) == 1
    refused = capture(play, make_document(*halves))
    assert refused.get_json()["code"] == "epcis_too_many_events"
    long = {f"p{n}": "https://e.cn/" for n in range(1000)}
    refused = capture(play, make_document(make_event(), **{"@context": [long]}))
    assert refused.get_json()["faults"] == [
        {"pointer": "/@context", "fault": "too_long"}
    ]

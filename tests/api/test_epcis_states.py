"""Every exported document is as GS1's schema has it, in every state of a case."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from battery_registry.domain.epcis import hashing
from battery_registry.domain.epcis.context import Context
from battery_registry.domain.epcis.envelopes import faults
from battery_registry.domain.roles import Role
from tests.api.manifests_played import collected, dispatched, post, receipt
from tests.api.test_appeals import send
from tests.api.test_epcis import chain, events
from tests.api.test_retests import RED_AT, a_red, at, open_retest, retested
from tests.builders import NOW
from tests.conftest import Clock
from tests.played import WAY, Play

_REGULATOR = Role.REGULATOR
Export = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def export(play: Play, shared_data: Path) -> Export:
    """Exports a battery's chain, holds it against the schema, gives its events."""
    folder = shared_data / "conformance" / "gs1-epcis-2.0"
    schema = json.loads((folder / "EPCIS-JSON-Schema.json").read_text("utf-8"))
    checker = jsonschema.FormatChecker(["uri", "date-time"])
    assert not checker.conforms("no uri", "uri")
    assert not checker.conforms("today", "date-time")
    validator = jsonschema.Draft7Validator(schema, format_checker=checker)

    def told(code: str) -> list[dict[str, Any]]:
        document = chain(play, code)
        validator.validate(document)
        # Our own capture would take it, and know each event by the same hash.
        assert faults(document) == ()
        context = Context.read(document["@context"])
        for event in events(document):
            assert event["eventID"] == hashing.event_id(event, context=context)
        return events(document)

    return told


def tell(play: Play, code: str, key: str, **changes: Any) -> None:
    answer = play.step(code, key, **changes)
    assert answer.status_code == 201, answer.text


def steps(told: list[dict[str, Any]]) -> list[str]:
    return [e["registry:state"] for e in told if "registry:state" in e]


@pytest.mark.parametrize("until", ["flagged", *(state for state, *_ in WAY)])
def test_on_the_whole_way(play: Play, export: Export, until: str) -> None:
    code = play.red()
    if until != "flagged":
        play.walk(code, until=until)
    way = ["flagged", *(state for state, *_ in WAY)]
    assert steps(export(code)) == way[: way.index(until) + 1]


def test_missing_and_found(play: Play, export: Export) -> None:
    code = play.red()
    play.walk(code, until="collected")
    here = {"giver": "city-collect", "receiver": "city-collect"}
    for minute, state in ((5, "missing"), (4, "isolated")):
        occurred = (NOW - timedelta(minutes=minute)).isoformat()
        tell(play, code, "city-collect", to_state=state, occurred_at=occurred, **here)
    told = export(code)
    assert steps(told)[-2:] == ["missing", "isolated"]
    (missing,) = [e for e in told if e.get("registry:state") == "missing"]
    assert (missing["bizStep"], missing["disposition"]) == ("stock_taking", "unknown")
    # Nobody has it: no hands are named.
    assert "destinationList" not in missing


def test_another_pack_arrived(play: Play, export: Export) -> None:
    code = play.red()
    play.walk(code, until="in_transit")
    tell(
        play,
        code,
        "greencell",
        to_state="mismatch",
        giver="safe-haul",
        receiver="greencell",
        occurred_at=NOW.isoformat(),
        evidence={"note": "Another serial in the drum."},
    )
    (event,) = [e for e in export(code) if e.get("registry:state") == "mismatch"]
    assert (event["bizStep"], event["disposition"]) == (
        "receiving",
        "mismatch_instance",
    )


def test_cleared_by_a_retest(play: Play, export: Export) -> None:
    code, serial = a_red(play)
    open_retest(play, code)
    play.hand_in(retested(serial), key="HD-01")
    told = export(code)
    assert steps(told) == ["flagged", "cleared"]
    red, *_ = told
    assert red["eventTime"].startswith(RED_AT.strftime("%Y-%m-%dT%H"))
    assert "errorDeclaration" not in red
    (end,) = [e for e in told if e.get("registry:state") == "cleared"]
    assert end["persistentDisposition"] == {"unset": ["recalled"]}
    assert [e["bizStep"] for e in told].count("inspecting") == 3


def test_cleared_by_an_appeal(play: Play, clock: Clock, export: Export) -> None:
    code, _ = a_red(play)
    filed = send(
        play, "/api/v1/appeals", "XC-01", code=code, grounds="Another pack was meant."
    )
    assert filed.status_code == 201, filed.text
    clock.now = NOW + timedelta(hours=1)
    address = f"/api/v1/appeals/{filed.get_json()['appeal_id']}/decision"
    decided = send(play, address, "regulator", upheld=True, note="It was another.")
    assert decided.status_code == 200, decided.text
    told = export(code)
    (red,) = [e for e in told if e.get("registry:state") == "flagged"]
    (end,) = [e for e in told if e.get("registry:state") == "cleared"]
    assert red["errorDeclaration"]["correctiveEventIDs"] == [end["eventID"]]
    assert red["errorDeclaration"]["declarationTime"].startswith(
        clock.now.strftime("%Y-%m-%dT%H:%M")
    )


def test_packed_into_a_drum_sent_and_counted(play: Play, export: Export) -> None:
    codes = collected(play, 3)
    address = dispatched(play, codes)
    came = post(play, f"{address}/receipt", "greencell", receipt(codes[:2], 12.0))
    assert came.status_code == 200, came.text
    told = {code: export(code) for code in codes}
    assert [steps(told[code])[-1] for code in codes] == [
        "received",
        "received",
        "mismatch",
    ]
    packed = [
        [e for e in events_ if e["type"] == "AggregationEvent"]
        for events_ in told.values()
    ]
    # One drum, one event, whichever pack is asked for.
    assert packed[0] == packed[1] == packed[2]
    ((event,),) = packed[:1]
    assert event["parentID"].startswith("https://id.gs1.org/00/")
    assert {epc[-19:] for epc in event["childEPCs"]} == set(codes)
    assert (event["action"], event["bizStep"]) == ("ADD", "packing")
    assert event["registry:packingInstruction"] == "P908"


def recall(play: Play) -> str:
    """Have all of a maker's batteries recalled; the recall's address."""
    play.add_key("second", organisation="city-market", role=_REGULATOR, at="XC-01")
    body = {"maker": "Volta", "reason": "Cells of lot 7 swell."}
    proposed = send(play, "/api/v1/recalls", "regulator", **body).get_json()
    address = f"/api/v1/recalls/{proposed['recall_id']}"
    assert send(play, f"{address}/confirm", "second").status_code == 200
    return address


def persistent(told: list[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (e.get("registry:state", "recall"), e["persistentDisposition"])
        for e in told
        if "persistentDisposition" in e
    ]


def test_recalled_outlives_the_red(play: Play, clock: Clock, export: Export) -> None:
    code, serial = a_red(play)
    address = recall(play)
    open_retest(play, code)
    play.hand_in(retested(serial), key="HD-01")
    told = export(code)
    (event,) = [e for e in told if "registry:recall" in e]
    assert event["registry:recall"].endswith(address)
    assert (event["disposition"], event["epcList"]) == ("recalled", told[0]["epcList"])
    red, recalled = {"set": ["recalled"]}, {"set": ["recalled"]}
    assert persistent(told) == [("flagged", red), ("recall", recalled)]
    clock.now += timedelta(hours=1)
    for key in ("regulator", "second"):
        assert send(play, f"{address}/withdraw", key).status_code == 200
    assert persistent(export(code))[2:] == [("recall", {"unset": ["recalled"]})]


def test_a_withdrawn_recall_leaves_the_red(
    play: Play, clock: Clock, export: Export
) -> None:
    code = play.red(tested_at=at(RED_AT))
    address = recall(play)
    clock.now += timedelta(hours=1)
    for key in ("regulator", "second"):
        assert send(play, f"{address}/withdraw", key).status_code == 200
    told = export(code)
    assert len([e for e in told if "registry:recall" in e]) == 2
    assert [change for _, change in persistent(told)] == [{"set": ["recalled"]}] * 2

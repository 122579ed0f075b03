from pathlib import Path
from typing import Any

import pytest

from battery_registry.domain.epcis import hashing, keys, reading, terms
from battery_registry.domain.epcis.context import Context
from tests.domain.epcis.vectors import documents, make_event


def test_every_published_hash_is_found(shared_data: Path) -> None:
    folder = shared_data / "conformance" / "epcis-event-hash"
    told = documents(folder)
    assert len(told) == 22
    for name, document in told.items():
        found = reading.take_apart(document)
        ids = [
            hashing.event_id(event, context=found.context, ignored=found.ignored)
            for event in found.events
        ]
        wanted = (folder / f"{name}.hashes").read_text(encoding="utf-8").split()
        assert ids == wanted, name


@pytest.mark.parametrize(
    "change",
    [
        {"eventTime": "2026-11-23T02:00:00Z"},
        {"eventID": "urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8"},
        {"recordTime": "2026-11-24T00:00:00Z"},
        {"errorDeclaration": {"declarationTime": "2026-11-24T00:00:00Z"}},
        {"epcList": ["urn:epc:id:sgtin:9520123.045678.P1"]},
        {"epcList": ["https://example.cn/gtin/09520123456788/21/P1?x=1"]},
        {"bizStep": "https://ref.gs1.org/cbv/BizStep-receiving"},
        {"bizStep": "cbv:BizStep-receiving"},
        {"disposition": "urn:epcglobal:cbv:disp:in_progress"},
    ],
)
def test_the_same_event_said_otherwise_has_the_same_hash(
    change: dict[str, Any],
) -> None:
    assert hashing.event_id(make_event(**change)) == hashing.event_id(make_event())


@pytest.mark.parametrize(
    "change",
    [
        {"type": "TransactionEvent"},
        {"eventTime": "2026-11-23T02:00:00.001Z"},
        {"eventTimeZoneOffset": "+07:00"},
        {"epcList": ["https://id.gs1.org/01/09520123456788/21/P2"]},
        {"epcList": []},
        {"action": "DELETE"},
        {"bizStep": "shipping"},
        {"disposition": "destroyed"},
        {"persistentDisposition": {"set": ["recalled"]}},
        {"persistentDisposition": {"unset": ["recalled"]}},
        {"readPoint": {"id": "https://id.gs1.org/414/9520123456795"}},
        {"bizTransactionList": [{"bizTransaction": "urn:x:1"}]},
        {"https://example.cn/ns/weight": 4.2},
    ],
)
def test_another_event_has_another_hash(change: dict[str, Any]) -> None:
    assert hashing.event_id(make_event(**change)) != hashing.event_id(make_event())


def test_the_order_of_lists_and_of_names_does_not_count() -> None:
    one = make_event(epcList=["urn:x:1", "urn:x:2"])
    other = dict(reversed(make_event(epcList=["urn:x:2", "urn:x:1"]).items()))
    assert hashing.event_id(one) == hashing.event_id(other)


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("urn:epc:id:sgtin:4012345.011111.9876", "01/04012345111118/21/9876"),
        ("urn:epc:id:sscc:4012345.3111111111", "00/340123451111111111"),
        ("urn:epc:id:grai:4012345.00022.334455", "8003/04012345000221334455"),
        ("urn:epc:id:sgln:4012345.00005.0", "414/4012345000054"),
        ("https://a.cn/x/00/340123451111111111?q=1#f", "00/340123451111111111"),
        ("https://a.cn/gtin/09780345418913/ser/a", "01/09780345418913/21/a"),
        ("https://a.cn/01/9780345418913/10/L/21/a", "01/09780345418913/21/a"),
        ("urn:epc:idpat:sgtin:4012345.011111.*", "01/04012345111118"),
        ("urn:epc:class:lgtin:4012345.011111.L*7", "01/04012345111118/10/L%2A7"),
        ("urn:epc:idpat:grai:4012345.00022.*", "8003/04012345000221"),
        ("urn:epc:id:sgln:4012345.00005.dock", "414/4012345000054/254/dock"),
        ("urn:epc:id:giai:4012345.a(1)", "8004/4012345a%281%29"),
    ],
)
def test_a_key_has_one_spelling(text: str, spelled: str) -> None:
    assert keys.canonical(text) == f"https://id.gs1.org/{spelled}"


@pytest.mark.parametrize(
    "text",
    [
        "urn:epc:id:sgtin:4012345.01111.9876",
        "urn:epc:id:sgtin:4012345.011111",
        "urn:epc:id:sgtin:x.y.z",
        "urn:epc:id:new:4012345.1",
        "urn:epc:id:itip:4012345.011111.01.02",
        "urn:epc:id:itip:4012345.01111.01.02.a",
        "urn:epc:id:grai:4012345.0002.a",
        "urn:epc:id:grai:4012345.00022",
        "urn:epc:id:sgln:4012345.00005",
        "urn:epc:id:sgln:4012345.0005.0",
        "urn:epc:id:sscc:4012345.31111111x1",
        "urn:epcglobal:cbv:bt:5200001000008:4711",
        "https://registry.example/b/aaaa-aaaa-aaaa-aaaa",
        "http://www.opengis.net/def/crs/EPSG/0/27700",
        "https://a.cn/01/123",
        "https://a.cn/01/09780345418913/21",
        "geo:47.5,11.1",
        "",
    ],
)
def test_what_is_no_key_stays_as_it_is(text: str) -> None:
    assert keys.canonical(text) == text


@pytest.mark.parametrize(
    ("told", "spelled"),
    [
        ("2026-11-23T10:00:00.0005+08:00", "2026-11-23T02:00:00.001Z"),
        ("2026-11-23t02:00:00z", "2026-11-23T02:00:00.000Z"),
        (" 2026-11-23 ", "2026-11-23"),
        ("2026-13-23T02:00:00Z", "2026-13-23T02:00:00Z"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00"),
    ],
)
def test_a_time_that_is_none_stays_as_it_is(told: str, spelled: str) -> None:
    text = hashing.pre_hash({"type": "ObjectEvent", "eventTime": told})
    assert text == f"eventType=ObjectEventeventTime={spelled}"


@pytest.mark.parametrize(
    ("told", "spelled"),
    [
        (True, "true"),
        (False, "false"),
        (None, ""),
        (4.0, "4"),
        (" +4.50 ", "4.5"),
        ("4.5.6", "4.5.6"),
    ],
)
def test_a_value_has_one_spelling(told: object, spelled: str) -> None:
    text = hashing.pre_hash({"type": "ObjectEvent", "action": told})
    assert text == f"eventType=ObjectEventaction={spelled}"


def test_what_a_document_leaves_out_takes_no_part() -> None:
    event = make_event(**{"example:note": "x", "example:more": [{"example:a": 1}]})
    ignored = frozenset({"example:note", "example:more"})
    plain = hashing.event_id(make_event())
    assert hashing.event_id(event) != plain
    assert hashing.event_id(event, ignored=ignored) == plain


def test_one_event_is_a_document_of_its_own() -> None:
    told = reading.take_apart(make_event())
    assert (told.events, told.ignored) == ((make_event(),), frozenset())


def test_a_context_tells_prefixes_and_nothing_of_itself() -> None:
    told = ["https://a.cn", {"@vocab": "x", "a": {"@id": "https://a.cn/"}, "b": 7}]
    here = Context.read(told)
    assert here.iri("a:weight") == "https://a.cn/weight"
    assert here.key("a:weight") == "{https://a.cn/}weight"
    for name in ("b:weight", "vocab:weight", "https://b.cn/x"):
        assert here.iri(name) == name
    assert here.key("https://b.cn/x") == "{https://b.cn/}x"
    assert here.key("plain") == "plain"
    assert Context.read(None).terms == Context().terms


@pytest.mark.parametrize(
    ("term", "bare"),
    [
        ("shipping", "shipping"),
        ("https://ref.gs1.org/cbv/BizStep-shipping", "shipping"),
        ("urn:epcglobal:cbv:bizstep:shipping", "shipping"),
        ("https://a.cn/bizstep/shipping", "https://a.cn/bizstep/shipping"),
    ],
)
def test_a_standard_term_has_a_bare_word(term: str, bare: str) -> None:
    assert terms.BIZ_STEPS.bare(term) == bare
    assert terms.COMPONENTS.bare("https://ref.gs1.org/cbv/Comp-x") == "x"

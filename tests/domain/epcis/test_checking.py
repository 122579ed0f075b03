import copy
import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from battery_registry.domain.epcis import terms
from battery_registry.domain.epcis.envelopes import faults
from battery_registry.domain.epcis.shapes import is_uri
from tests.domain.epcis.vectors import documents, make_document, make_event

CHANGES: tuple[Any, ...] = ("gone", "not a uri", 7, [], {}, "2026-13-01T00:00:00Z")


@cache
def gs1(folder: Path) -> Any:
    """GS1's own schema, formats checked too."""
    schema = json.loads((folder / "EPCIS-JSON-Schema.json").read_text(encoding="utf-8"))
    return jsonschema.Draft7Validator(
        schema, format_checker=jsonschema.FormatChecker(["uri", "date-time"])
    )


@pytest.fixture
def folder(shared_data: Path) -> Path:
    return shared_data / "conformance" / "gs1-epcis-2.0"


@pytest.fixture
def is_sound(folder: Path) -> Callable[[Any], bool]:
    return lambda document: bool(gs1(folder).is_valid(document))


def test_every_example_of_gs1s_is_sound(folder: Path) -> None:
    told = documents(folder / "examples")
    assert len(told) == 47
    assert {name: faults(document) for name, document in told.items()} == dict.fromkeys(
        told, ()
    )


@pytest.mark.parametrize(
    ("vocabulary", "definition"),
    [
        (terms.BIZ_STEPS, "bizStep"),
        (terms.DISPOSITIONS, "disposition"),
        (terms.TRANSACTION_TYPES, "bizTransaction-type"),
        (terms.PARTY_TYPES, "source-dest-type"),
        (terms.ERROR_REASONS, "error-reason"),
        (terms.COMPONENTS, "component"),
        (terms.MEASUREMENTS, "measurementType"),
        (terms.ALERTS, "sensorAlertType"),
    ],
)
def test_words_are_those_of_the_schema(
    folder: Path, vocabulary: terms.Vocabulary, definition: str
) -> None:
    told = gs1(folder).schema["definitions"][definition]
    (words,) = [part["enum"] for part in told["anyOf"] if "enum" in part]
    assert vocabulary.words == set(words)


def broken(document: Any) -> Iterator[tuple[str, Any]]:
    """The document with one part taken away or turned into something else."""
    for path in places(document, ()):
        for change in CHANGES:
            made = copy.deepcopy(document)
            part = made
            for step in path[:-1]:
                part = part[step]
            if change == "gone":
                del part[path[-1]]
            else:
                part[path[-1]] = change
            yield f"{path} {change}", made


def places(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    pairs = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for step, part in pairs:
        # Masters and contexts are read by nobody here, and checked less.
        if step not in {"@context", "epcisHeader"}:
            yield (*path, step)
            yield from places(part, (*path, step))


@pytest.mark.parametrize(
    "name",
    [
        "Example_9.6.1-ObjectEvent",
        "Example_9.6.3-AggregationEvent",
        "Example_9.6.4-TransformationEvent",
        "AssociationEvent__AssociationEvent-f",
        "WithSensorData__SensorDataExample9",
        "WithErrorDeclaration__ErrorDeclarationAndCorrectiveEvent",
        "EPCISQueryDocument",
    ],
)
def test_what_the_schema_refuses_is_refused_and_nothing_else(
    folder: Path, is_sound: Callable[[Any], bool], name: str
) -> None:
    document = documents(folder / "examples")[name]
    differ = [
        label
        for label, made in broken(document)
        if is_sound(made) != (not faults(made))
    ]
    assert differ == []


@pytest.mark.parametrize(
    "change",
    [
        {"disposition": "red"},
        {"bizStep": "https://ns.gs1.org/cbv/BizStep-shipping"},
        {"bizStep": "urn:epcglobal:cbv:bizstep:shipping"},
        {"epcList": ["not a uri"]},
        {"epcList": ["urn:x:1", "urn:x:1"]},
        {"epcList": None},
        {"eventTimeZoneOffset": "+15:00"},
        {"eventTime": "2026-11-23"},
        {"ilmd": {"example:a": 1}},
        {"persistentDisposition": {}},
        {"persistentDisposition": {"set": []}},
        {"parentID": "urn:x:1"},
        {"note": "a word that is no URI"},
        {"type": "SurpriseEvent"},
        {"quantityList": [{"epcClass": "urn:x:1", "weight": 1}]},
        {"sensorElementList": [{"sensorReport": []}]},
    ],
)
def test_an_unsound_event_is_refused(
    is_sound: Callable[[Any], bool], change: dict[str, Any]
) -> None:
    document = make_document(make_event(**change))
    assert faults(document)
    assert not is_sound(document)
    assert not faults(make_document(make_event()))


@pytest.mark.parametrize("told", [None, [], "x", 1, {}, {"type": "EPCISDocument"}])
def test_what_is_no_document_is_refused(told: Any) -> None:
    assert faults(told)


@pytest.mark.parametrize(
    "text",
    [
        "urn:epc:id:sgtin:0614141.812345.6789%2F%26",
        "https://example.com/a?b=c#d",
        "example:field",
        "geo:47.5,11.1",
        "https://[::1]/x",
        "no uri",
        "plain",
        "a:b c",
        "a:%2",
        "a:b#c#d",
        "1a:b",
        "",
    ],
)
def test_a_uri_is_what_the_rfc_says(text: str) -> None:
    checker = jsonschema.FormatChecker(["uri"])
    assert is_uri(text) == checker.conforms(text, "uri")


def test_an_event_of_somebody_s_own_type_keeps_the_standard_s_fields() -> None:
    own = make_event(type="example:OwnEvent", **{"example:note": 7})
    assert faults(make_document(own)) == ()
    assert faults(make_document({**own, "epcList": 7}))


def test_a_transaction_event_is_about_a_transaction() -> None:
    event = make_event(type="TransactionEvent", bizTransactionList=[])
    told = {(fault.pointer, fault.told) for fault in faults(make_document(event))}
    assert ("/epcisBody/eventList/0/bizTransactionList", "too_few") in told


@pytest.mark.parametrize("context", ["no uri", 7, ["https://a.cn", "no uri"]])
def test_a_context_is_an_address_or_an_object(context: Any) -> None:
    (fault,) = faults(make_document(make_event(), **{"@context": context}))
    assert (fault.pointer, fault.told) == ("/@context", "not_uri")

"""Where GS1's documents and the published hashes lie."""

import json
from pathlib import Path
from typing import Any


def documents(folder: Path) -> dict[str, Any]:
    """Every document of a folder, by its name without the ending."""
    found = {
        file.stem: json.loads(file.read_text(encoding="utf-8"))
        for file in sorted(folder.glob("*.jsonld"))
    }
    assert found, folder
    return found


def lines(file: Path) -> list[str]:
    """A file's lines."""
    return file.read_text(encoding="utf-8").split("\n")


def make_event(**changes: Any) -> dict[str, Any]:
    """An event as it goes over the wire; a change to None leaves the field out."""
    event = {
        "type": "ObjectEvent",
        "eventTime": "2026-11-23T10:00:00.000+08:00",
        "eventTimeZoneOffset": "+08:00",
        "epcList": ["https://id.gs1.org/01/09520123456788/21/P1"],
        "action": "OBSERVE",
        "bizStep": "receiving",
        "disposition": "in_progress",
        "readPoint": {"id": "https://id.gs1.org/414/9520123456788"},
        **changes,
    }
    return {name: value for name, value in event.items() if value is not None}


def make_document(*events: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A document with these events."""
    return {
        "@context": [
            "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
            {"example": "https://ns.example.com/epcis/"},
        ],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-11-23T12:00:00.000Z",
        "epcisBody": {"eventList": list(events)},
        **changes,
    }

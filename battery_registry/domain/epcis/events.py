"""What happened to a battery, as EPCIS 2.0 events with CBV 2.0 terms.

Every event bears its own hash as its id, so that it is known again wherever
it was heard of first.
"""

from typing import Any, Final

from battery_registry.domain.custody_edges import State
from battery_registry.domain.epcis import hashing, sensors
from battery_registry.domain.epcis.happenings import (
    Happening,
    Inspected,
    Labelled,
    Packed,
    Recalled,
    Stepped,
)
from battery_registry.domain.epcis.names import PREFIX, Names, instant
from battery_registry.scoring.evaluation import Code

# Of the city (`domain.city_time`), as EPCIS spells it.
_OFFSET: Final = "+08:00"
_RECALLED: Final = "recalled"
# A yellow passes the guideline and is only due sooner; without a colour nothing
# is known of the pack's condition.
_CONDITION: Final = {
    Code.GREEN: "conformant",
    Code.YELLOW: "conformant",
    Code.RED: "non_conformant",
}
_PAPERS: Final = {"desadv": "departing", "recadv": "receiving"}

Event = dict[str, Any]


def of(happening: Happening, *, names: Names) -> Event:
    """Tell one thing that happened as an event, its hash id with it.

    An error declaration's corrective ids are the document's to add, since they
    are hashes of other events.
    """
    if isinstance(happening, Labelled):
        event = _labelled(happening, names)
    elif isinstance(happening, Inspected):
        event = _inspected(happening, names)
    elif isinstance(happening, Packed):
        event = _packed(happening, names)
    elif isinstance(happening, Recalled):
        event = _recalled_as_class(happening, names)
    else:
        event = _stepped(happening, names)
    return {"eventID": hashing.event_id(event, context=names.context), **event}


def _event(kind: str, at: Any, *, recorded: Any = None) -> Event:
    event: Event = {
        "type": kind,
        "eventTime": instant(at),
        "eventTimeZoneOffset": _OFFSET,
    }
    if recorded is not None:
        event["recordTime"] = instant(recorded)
    return event


def _labelled(told: Labelled, names: Names) -> Event:
    return {
        **_event("ObjectEvent", told.at),
        "epcList": [names.battery(told.code)],
        "action": "ADD" if told.is_bound else "DELETE",
        "bizStep": "commissioning" if told.is_bound else "decommissioning",
        "disposition": "active" if told.is_bound else "inactive",
    }


def _inspected(told: Inspected, names: Names) -> Event:
    event = {
        **_event("ObjectEvent", told.tested_at, recorded=told.received_at),
        "epcList": [names.battery(told.code)],
        "action": "OBSERVE",
        "bizStep": "inspecting",
        **_measured(told, names),
        f"{PREFIX}:code": told.verdict.value,
    }
    condition = _CONDITION.get(told.verdict)
    return event if condition is None else {**event, "disposition": condition}


def _measured(told: Inspected, names: Names) -> Event:
    return {
        "readPoint": {"id": names.station(told.station_code)},
        "bizTransactionList": [
            {
                "type": "testres",
                "bizTransaction": names.inspection(told.inspection_id),
            }
        ],
        "sensorElementList": [sensors.element(told, names=names)],
    }


def _stepped(told: Stepped, names: Names) -> Event:
    event = {
        **_event("ObjectEvent", told.occurred_at, recorded=told.recorded_at),
        "epcList": [names.battery(told.code)],
        "action": "DELETE" if told.to_state is State.DESTROYED else "OBSERVE",
        "bizStep": told.biz_step,
        "disposition": told.disposition,
        **_persistent(told),
        **_hands(told, names),
        **({} if told.inspection is None else _measured(told.inspection, names)),
        **_extensions(told, names),
    }
    papers = _papers(told, names)
    if papers:
        event["bizTransactionList"] = event.get("bizTransactionList", []) + papers
    return event


def _persistent(told: Stepped) -> Event:
    """``recalled`` is set by the red code and unset by nothing but its end.

    Not even by that while the battery is recalled with its like.
    """
    if told.from_state is None:
        return {"persistentDisposition": {"set": [_RECALLED]}}
    if told.to_state is State.CLEARED and not told.is_recalled:
        return {"persistentDisposition": {"unset": [_RECALLED]}}
    return {}


def _hands(told: Stepped, names: Names) -> Event:
    """The one who answers for a battery both has and owns it, as far as is known."""
    if told.giver == told.receiver or told.to_state in {State.MISSING, State.MISMATCH}:
        return {}
    kinds = ("possessing_party", "owning_party")
    giver, receiver = names.party(told.giver), names.party(told.receiver)
    return {
        "sourceList": [{"type": kind, "source": giver} for kind in kinds],
        "destinationList": [{"type": kind, "destination": receiver} for kind in kinds],
    }


def _papers(told: Stepped, names: Names) -> list[Event]:
    papers = []
    certificate = told.evidence.get("certificate_number")
    if isinstance(certificate, str):
        named = names.certificate(told.signed_by, certificate)
        papers.append({"type": "cert", "bizTransaction": named})
    manifest = told.evidence.get("manifest_id")
    if isinstance(manifest, str):
        named = names.manifest(manifest)
        papers += [
            {"type": kind, "bizTransaction": named}
            for kind, step in _PAPERS.items()
            if step == told.biz_step
        ]
    return papers


def _extensions(told: Stepped, names: Names) -> Event:
    extensions: Event = {
        f"{PREFIX}:eventId": str(told.event_id),
        f"{PREFIX}:caseId": str(told.case_id),
        f"{PREFIX}:state": told.to_state.value,
        f"{PREFIX}:signedBy": names.party(told.signed_by),
        f"{PREFIX}:signedAs": told.signed_as.value,
    }
    if told.evidence:
        extensions[f"{PREFIX}:evidence"] = {
            f"{PREFIX}:{name}": value for name, value in told.evidence.items()
        }
    return extensions


def _recalled_as_class(told: Recalled, names: Names) -> Event:
    event = {
        **_event("ObjectEvent", told.at),
        "epcList": [names.battery(told.code)],
        "action": "OBSERVE",
        f"{PREFIX}:eventId": str(told.event_id),
        f"{PREFIX}:recall": names.recall(told.recall_id),
    }
    if not told.is_over:
        persistent = {"persistentDisposition": {"set": [_RECALLED]}}
        return {**event, "disposition": _RECALLED, **persistent}
    if told.stays:
        return event
    return {**event, "persistentDisposition": {"unset": [_RECALLED]}}


def _packed(told: Packed, names: Names) -> Event:
    return {
        **_event("AggregationEvent", told.at),
        "parentID": names.drum(told.sscc),
        "childEPCs": [names.battery(code) for code in told.packs],
        "action": "ADD",
        "bizStep": "packing",
        "disposition": "in_progress",
        "bizTransactionList": [
            {"type": "desadv", "bizTransaction": names.manifest(told.manifest_id)}
        ],
        f"{PREFIX}:packedBy": names.party(told.packed_by),
        f"{PREFIX}:damageClass": told.damage_class,
        f"{PREFIX}:packingInstruction": told.packing_instruction,
        f"{PREFIX}:massKg": told.mass_kg,
    }

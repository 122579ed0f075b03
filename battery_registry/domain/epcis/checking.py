"""Hold documents of others against EPCIS 2.0, before anything of them is kept.

The same that GS1's JSON schema asks for, written as rules of our own: a test
holds the two against each other.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from battery_registry.domain.epcis import terms
from battery_registry.domain.epcis.shapes import (
    Check,
    Fault,
    anything,
    array,
    flag,
    is_uri,
    matching,
    moment,
    number,
    one_or_many,
    record,
    term,
    text,
    uri,
    word,
)

_OF_CBV: Final = r"urn:epcglobal:cbv|https?://ns\.gs1\.org/cbv/"
_OF_WEB: Final = r"https?://(www\.)?gs1\.org/voc/"
_STEP: Final = term(terms.BIZ_STEPS, reserved=_OF_CBV)
_DISPOSITION: Final = term(terms.DISPOSITIONS, reserved=_OF_CBV)
_PARTY_TYPE: Final = term(terms.PARTY_TYPES, reserved=_OF_CBV)
_OFFSET: Final = matching(r"[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00)")
_EPCS: Final = array(uri)
_EPC_SET: Final = array(uri, is_set=True)
_PLACE: Final = record({"id": uri}, needs=("id",))
_QUANTITIES: Final = array(
    record(
        {"epcClass": uri, "quantity": number, "uom": matching(r"[A-Z0-9]{2,3}")},
        needs=("epcClass",),
        is_open=False,
    )
)
_OF_DEVICE: Final = dict.fromkeys(
    ("deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules"), uri
)
_REPORT: Final = record(
    {
        **_OF_DEVICE,
        "type": term(terms.MEASUREMENTS, reserved=_OF_WEB),
        "exception": term(terms.ALERTS, reserved=_OF_WEB),
        "time": moment,
        "component": term(terms.COMPONENTS, reserved=_OF_CBV),
        "stringValue": text,
        "booleanValue": flag,
        "hexBinaryValue": matching(r"[A-Fa-f0-9]+"),
        "uom": text,
        **dict.fromkeys(("microorganism", "chemicalSubstance", "uriValue"), uri),
        "coordinateReferenceSystem": uri,
        **dict.fromkeys(("value", "minValue", "maxValue", "meanValue"), number),
        **dict.fromkeys(("sDev", "percRank", "percValue"), number),
    },
    needs=("type",),
)
_SENSORS: Final = array(
    record(
        {
            "sensorMetadata": record(
                {
                    **_OF_DEVICE,
                    **dict.fromkeys(("time", "startTime", "endTime"), moment),
                }
            ),
            "sensorReport": array(_REPORT, least=1),
        },
        needs=("sensorReport",),
    )
)


def _parties(name: str) -> Check:
    return array(
        record({"type": _PARTY_TYPE, name: uri}, needs=("type", name), is_open=False)
    )


_COMMON: Final[Mapping[str, Check]] = {
    "@context": anything,
    "type": text,
    "eventTime": moment,
    "recordTime": moment,
    "eventTimeZoneOffset": _OFFSET,
    "eventID": uri,
    "certificationInfo": one_or_many(uri),
    "errorDeclaration": record(
        {
            "declarationTime": moment,
            "reason": term(terms.ERROR_REASONS, reserved=_OF_CBV),
            "correctiveEventIDs": array(uri),
        },
        needs=("declarationTime",),
    ),
}
_TRANSACTIONS: Final = array(
    record(
        {
            "type": term(terms.TRANSACTION_TYPES, reserved=_OF_CBV),
            "bizTransaction": uri,
        },
        needs=("bizTransaction",),
        is_open=False,
    )
)
_WHERE_AND_WHY: Final[Mapping[str, Check]] = {
    "bizStep": _STEP,
    "disposition": _DISPOSITION,
    "readPoint": _PLACE,
    "bizLocation": _PLACE,
    "bizTransactionList": _TRANSACTIONS,
    "sourceList": _parties("source"),
    "destinationList": _parties("destination"),
    "sensorElementList": _SENSORS,
}
_ACTION: Final = word(terms.ACTIONS)
_CHANGES: Final = array(_DISPOSITION, least=1, is_set=True)
_PERSISTENT: Final = record({"set": _CHANGES, "unset": _CHANGES}, is_open=False)
_ILMD: Final = record({})
_NEEDS: Final = ("eventTime", "eventTimeZoneOffset")


def _event(needs: tuple[str, ...], fields: Mapping[str, Check]) -> Check:
    return record({**_COMMON, **_WHERE_AND_WHY, **fields}, needs=(*_NEEDS, *needs))


_CHILDREN: Final[Mapping[str, Check]] = {
    "parentID": uri,
    "childEPCs": _EPCS,
    "childQuantityList": _QUANTITIES,
    "action": _ACTION,
}
_OBJECTS: Final[Mapping[str, Check]] = {
    "epcList": _EPC_SET,
    "quantityList": _QUANTITIES,
    "action": _ACTION,
    "persistentDisposition": _PERSISTENT,
    "ilmd": _ILMD,
}
_TRANSFORMED: Final[Mapping[str, Check]] = {
    "inputEPCList": _EPC_SET,
    "inputQuantityList": _QUANTITIES,
    "outputEPCList": _EPC_SET,
    "outputQuantityList": _QUANTITIES,
    "transformationID": uri,
    "persistentDisposition": _PERSISTENT,
    "ilmd": _ILMD,
}
_STANDARD: Final[Mapping[str, Check]] = {
    **_COMMON,
    **_WHERE_AND_WHY,
    **_CHILDREN,
    **_OBJECTS,
    **_TRANSFORMED,
}
_KINDS: Final[Mapping[str, Check]] = {
    "ObjectEvent": _event(("action",), _OBJECTS),
    "AggregationEvent": _event(("action",), _CHILDREN),
    "AssociationEvent": _event(("action", "parentID"), _CHILDREN),
    "TransactionEvent": _event(
        ("action", "bizTransactionList"),
        {
            "parentID": uri,
            "epcList": _EPCS,
            "quantityList": _QUANTITIES,
            "action": _ACTION,
        },
    ),
    "TransformationEvent": _event((), _TRANSFORMED),
}


def event_faults(event: object, at: str = "") -> tuple[Fault, ...]:
    """List what is wrong with one event; nothing when it is sound."""
    if not isinstance(event, dict):
        return (Fault(pointer=at, told="not_object"),)
    kind = event.get("type")
    check = _KINDS.get(kind) if isinstance(kind, str) else None
    if check is None:
        return tuple(_extended(event, at))
    return (*check(event, at), *_what_is_missing(kind, event, at))


def _extended(event: Mapping[str, Any], at: str) -> Iterator[Fault]:
    """An event of somebody's own type: the standard's fields, and whatever else.

    GS1's schema looks at the common fields alone; here a standard field means
    the same in every event.
    """
    if not is_uri(event.get("type")):
        yield Fault(pointer=f"{at}/type", told="unknown_event_type")
    known = {name: value for name, value in event.items() if name in _STANDARD}
    yield from record(_STANDARD, needs=_NEEDS)(known, at)


def _what_is_missing(
    kind: object, event: Mapping[str, Any], at: str
) -> Iterator[Fault]:
    """Rules over several fields: something must have been there to happen to."""
    if not _ABOUT[str(kind)](event):
        yield Fault(pointer=at, told="about_nothing")
    if kind == "ObjectEvent" and "ilmd" in event and event.get("action") != "ADD":
        yield Fault(pointer=f"{at}/ilmd", told="only_with_add")
    persistent = event.get("persistentDisposition")
    if persistent == {}:
        yield Fault(pointer=f"{at}/persistentDisposition", told="too_few")
    if kind == "TransactionEvent" and event.get("bizTransactionList") == []:
        yield Fault(pointer=f"{at}/bizTransactionList", told="too_few")


def _is_object(event: Mapping[str, Any]) -> bool:
    sensed = bool(event.get("sensorElementList")) and "readPoint" in event
    return "epcList" in event or bool(event.get("quantityList")) or sensed


def _has_children(event: Mapping[str, Any]) -> bool:
    named = event.get("childEPCs") or event.get("childQuantityList")
    return bool(named) or event.get("action") == "DELETE"


def _is_transaction(event: Mapping[str, Any]) -> bool:
    named = "epcList" in event or bool(event.get("quantityList"))
    return named or event.get("action") == "DELETE"


def _is_transformation(event: Mapping[str, Any]) -> bool:
    went_in = bool(event.get("inputEPCList") or event.get("inputQuantityList"))
    came_out = bool(event.get("outputEPCList") or event.get("outputQuantityList"))
    if "transformationID" in event:
        return went_in or came_out
    return went_in and came_out


_ABOUT: Final = {
    "ObjectEvent": _is_object,
    "AggregationEvent": _has_children,
    "AssociationEvent": _has_children,
    "TransactionEvent": _is_transaction,
    "TransformationEvent": _is_transformation,
}

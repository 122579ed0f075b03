"""The CBV 2.0 event hash: one identity for an event, whoever computes it.

Core Business Vocabulary 2.0, section 8.9.2: fields in a fixed order, values in
one spelling, repeated parts sorted, everything joined to one text and hashed.
What a repository adds (``eventID``, ``recordTime``) and what is said about the
event later (``errorDeclaration``) does not count.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from battery_registry.domain.epcis import keys, terms
from battery_registry.domain.epcis.context import Context
from battery_registry.domain.epcis.terms import Vocabulary

_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]+)?", re.ASCII)
_TIME: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]+)?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})",
    re.ASCII,
)
_COMMENT: Final = "http://www.w3.org/2000/01/rdf-schema#comment"
_NOT_HASHED: Final = frozenset(
    {"@context", "type", "isA", "eventID", "recordTime", "errorDeclaration"}
)


def event_id(
    event: Mapping[str, Any],
    *,
    context: Context | None = None,
    ignored: frozenset[str] = frozenset(),
) -> str:
    """Compute an event's hash id: ``ni:///sha-256;…?ver=CBV2.0``.

    Args:
        event: An EPCIS 2.0 event as its JSON tells it.
        context: Of its document; the standard's prefixes without one.
        ignored: Names of extensions that a document asks to leave out.
    """
    text = pre_hash(event, context=context, ignored=ignored)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"ni:///sha-256;{digest}?ver=CBV2.0"


def pre_hash(
    event: Mapping[str, Any],
    *,
    context: Context | None = None,
    ignored: frozenset[str] = frozenset(),
) -> str:
    """Spell an event as the one text that is hashed; arguments as ``event_id``."""
    here = (context or Context()).within(event.get("@context"))
    speller = _Speller(context=here, ignored=ignored)
    known = [
        spell(speller, name, event[name])
        for name, spell in _ORDER.items()
        if name in event
    ]
    rest = {
        name: value
        for name, value in event.items()
        if name not in _ORDER and name not in _NOT_HASHED
    }
    kind = here.iri(str(event.get("type", "")))
    return f"eventType={kind}{''.join(known)}{speller.extensions(rest)}"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Speller:
    context: Context
    ignored: frozenset[str]

    def extensions(self, told: Mapping[str, Any]) -> str:
        return "".join(sorted(self._pieces(told)))

    def _pieces(self, told: Mapping[str, Any]) -> list[str]:
        pieces: list[str] = []
        for name, value in told.items():
            if name not in self.ignored and self.context.iri(name) != _COMMENT:
                pieces += self._named(self.context.key(name), value)
        return pieces

    def _named(self, name: str, value: object) -> list[str]:
        if isinstance(value, list):
            return [piece for item in value for piece in self._named(name, item)]
        if isinstance(value, Mapping):
            return [name + self.extensions(value)]
        return [f"{name}={_scalar(value)}"]

    def term(self, vocabulary: Vocabulary, value: object) -> str:
        return vocabulary.iri(self.context.iri(str(value)))

    def parts(
        self, told: Mapping[str, Any], order: Mapping[str, "_Spell"], *, bare: bool
    ) -> str:
        """Spell the ordered fields of a part, then whatever else it has."""
        known = [order[name](self, name, told[name]) for name in order if name in told]
        rest = {name: value for name, value in told.items() if name not in order}
        return "".join(known) + ("" if bare else self.extensions(rest))


_Spell = Callable[[_Speller, str, Any], str]


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value)
    text = str(value if value is not None else "").strip()
    if _NUMBER.fullmatch(text):
        return _number(float(text))
    return keys.canonical(text)


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


def _moment(text: str) -> str:
    """Spell a time in UTC with three decimals, the fourth rounded half up."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return text.strip()
    day, clock, fraction, zone = found.groups()
    try:
        whole = datetime.fromisoformat(f"{day}T{clock}{zone.upper()}").astimezone(UTC)
        thousandths = Decimal(fraction or "0").scaleb(3)
        milliseconds = int(thousandths.quantize(Decimal(1), rounding=ROUND_HALF_UP))
        rounded = whole + timedelta(milliseconds=milliseconds)
    except (ValueError, OverflowError):
        return text.strip()
    return rounded.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _plain(_: _Speller, name: str, value: Any) -> str:
    values = value if isinstance(value, list) else [value]
    return "".join(sorted(f"{name}={_scalar(each)}" for each in values))


def _time(_: _Speller, name: str, value: Any) -> str:
    return f"{name}={_moment(str(value))}"


def _of(vocabulary: Vocabulary) -> _Spell:
    def spell(speller: _Speller, name: str, value: Any) -> str:
        values = value if isinstance(value, list) else [value]
        return "".join(sorted(f"{name}={speller.term(vocabulary, v)}" for v in values))

    return spell


def _epcs(_: _Speller, name: str, value: Any) -> str:
    spelled = "".join(sorted(f"epc={_scalar(epc)}" for epc in value))
    return name + spelled if spelled else ""


def _each(
    order: Mapping[str, _Spell], *, prefix: str = "", is_open: bool = False
) -> _Spell:
    """A list of parts, each spelled in its order, then sorted."""

    def spell(speller: _Speller, name: str, value: Any) -> str:
        spelled = sorted(
            prefix + speller.parts(part, order, bare=not is_open) for part in value
        )
        return name + "".join(spelled) if spelled else ""

    return spell


def _part(order: Mapping[str, _Spell]) -> _Spell:
    def spell(speller: _Speller, name: str, value: Any) -> str:
        return name + speller.parts(value, order, bare=False)

    return spell


def _reports(speller: _Speller, name: str, value: Any) -> str:
    return "".join(
        sorted(name + speller.parts(report, _REPORT, bare=False) for report in value)
    )


_QUANTITY: Final = dict.fromkeys(("epcClass", "quantity", "uom"), _plain)
_PLACE: Final = {"id": _plain}
_METADATA: Final[dict[str, _Spell]] = {
    "time": _time,
    "startTime": _time,
    "endTime": _time,
    **dict.fromkeys(
        ("deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules"),
        _plain,
    ),
}
_REPORT: Final[dict[str, _Spell]] = {
    "type": _of(terms.MEASUREMENTS),
    "exception": _of(terms.ALERTS),
    **dict.fromkeys(
        ("deviceID", "deviceMetadata", "rawData", "dataProcessingMethod"), _plain
    ),
    "time": _time,
    **dict.fromkeys(("microorganism", "chemicalSubstance", "value"), _plain),
    "component": _of(terms.COMPONENTS),
    **dict.fromkeys(("stringValue", "booleanValue", "hexBinaryValue"), _plain),
    **dict.fromkeys(("uriValue", "minValue", "maxValue", "meanValue", "sDev"), _plain),
    **dict.fromkeys(("percRank", "percValue", "uom"), _plain),
    "coordinateReferenceSystem": _plain,
}
_ELEMENT: Final[dict[str, _Spell]] = {
    "sensorMetadata": _part(_METADATA),
    "sensorReport": _reports,
}
_PERSISTENT: Final = dict.fromkeys(("set", "unset"), _of(terms.DISPOSITIONS))
_quantities: Final = _each(_QUANTITY, prefix="quantityElement")


def _typed(name: str, vocabulary: Vocabulary) -> _Spell:
    return _each({"type": _of(vocabulary), name: _plain})


def _ilmd(speller: _Speller, name: str, value: Any) -> str:
    return name + speller.extensions(value)


# In the order of the published hashes: lists of transactions and parties follow
# the sensors, by their names.
_ORDER: Final[dict[str, _Spell]] = {
    "eventTime": _time,
    "eventTimeZoneOffset": _plain,
    "certificationInfo": _plain,
    "parentID": _plain,
    "epcList": _epcs,
    "inputEPCList": _epcs,
    "childEPCs": _epcs,
    "quantityList": _quantities,
    "childQuantityList": _quantities,
    "inputQuantityList": _quantities,
    "outputEPCList": _epcs,
    "outputQuantityList": _quantities,
    "action": _plain,
    "transformationID": _plain,
    "bizStep": _of(terms.BIZ_STEPS),
    "disposition": _of(terms.DISPOSITIONS),
    "persistentDisposition": _part(_PERSISTENT),
    "readPoint": _part(_PLACE),
    "bizLocation": _part(_PLACE),
    "sensorElementList": _each(_ELEMENT, prefix="sensorElement", is_open=True),
    "bizTransactionList": _typed("bizTransaction", terms.TRANSACTION_TYPES),
    "destinationList": _typed("destination", terms.PARTY_TYPES),
    "ilmd": _ilmd,
    "sourceList": _typed("source", terms.PARTY_TYPES),
}

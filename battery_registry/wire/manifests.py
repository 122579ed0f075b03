"""Manifests, dispatches and receipts as JSON."""

from typing import Any

from marshmallow import Schema, fields

from battery_registry.domain import code as codes
from battery_registry.domain.manifest_refusals import ManifestUnsoundError
from battery_registry.domain.manifests import (
    DamageClass,
    Draft,
    Drum,
    ListedPack,
    Packing,
    Papers,
    WasteKind,
)
from battery_registry.domain.mass_balance import HEAVIEST_KG
from battery_registry.queries.manifests import DEFAULT_LIMIT, MAX_LIMIT
from battery_registry.services.manifest_receipt import ToldReceipt
from battery_registry.wire import query
from battery_registry.wire.custody import PARTY, load
from battery_registry.wire.fields import (
    Choice,
    Day,
    Id,
    Listed,
    Moment,
    Number,
    Text,
    between,
    sized,
    worded,
)
from battery_registry.wire.query import Arguments, QuerySchema, WholeText

MOST_PACKS = 500
_MOST_DRUMS = 100
_LEAST_KG = 0.001
_HEAVIEST_DRUM_KG = 5_000.0
_CODE = sized(16, 200)
_NUMBER = worded(1, 64)


class _Strict(Schema):
    error_messages = {  # noqa: RUF012 - marshmallow's own convention
        "unknown": "wire.unknown",
        "type": "wire.not_object",
    }


class DrumSchema(_Strict):
    """A drum, and how its packs are packed."""

    sscc = Text(
        required=True,
        validate=sized(18, 18),
        metadata={"description": "GS1 serial shipping container code, 18 digits."},
    )
    damage_class = Choice(DamageClass, required=True)
    packing_instruction = Choice(
        Packing,
        required=True,
        metadata={"description": "ADR: P909, damaged P908, reacting P911; lead P801."},
    )


class ListedPackSchema(_Strict):
    """A pack of the list."""

    code = Text(required=True, validate=_CODE)
    sscc = Text(required=True, validate=sized(18, 18))
    mass_kg = Number(required=True, validate=between(_LEAST_KG, HEAVIEST_KG))


class ManifestSchema(_Strict):
    """Packs in drums, ready to be sent."""

    manifest_id = Id(
        required=True,
        metadata={"description": "Made once; the same one is one manifest."},
    )
    waste_kind = Choice(WasteKind, load_default=WasteKind.LITHIUM)
    carrier = Text(required=True, validate=PARTY)
    receiver = Text(required=True, validate=PARTY)
    licence_number = Text(validate=_NUMBER)
    transfer_manifest_number = Text(validate=_NUMBER)
    vehicle = Text(validate=sized(1, 32))
    judged_by = Text(
        required=True,
        validate=worded(1, 32),
        metadata={"description": "Staff number of who judged the damage."},
    )
    judge_trained_on = Day(required=True)
    drums = Listed(
        fields.Nested(DrumSchema), required=True, validate=sized(1, _MOST_DRUMS)
    )
    packs = Listed(
        fields.Nested(ListedPackSchema), required=True, validate=sized(1, MOST_PACKS)
    )


class DispatchSchema(_Strict):
    """When the drums left."""

    occurred_at = Moment(required=True)


class WeighedDrumSchema(_Strict):
    """A drum as it was weighed at the gate, net."""

    sscc = Text(required=True, validate=sized(18, 18))
    mass_kg = Number(required=True, validate=between(0, _HEAVIEST_DRUM_KG))


class ManifestReceiptSchema(_Strict):
    """What arrived: labels scanned, drums weighed."""

    occurred_at = Moment(required=True)
    drums = Listed(
        fields.Nested(WeighedDrumSchema),
        load_default=list,
        validate=sized(0, _MOST_DRUMS),
    )
    packs = Listed(
        Text(validate=_CODE), required=True, validate=sized(0, 2 * MOST_PACKS)
    )


class ManifestsSchema(QuerySchema):
    """Which page of manifests."""

    limit = WholeText(
        load_default=DEFAULT_LIMIT,
        validate=between(1, MAX_LIMIT),
        metadata={"description": "Rows of a page."},
    )
    cursor = Text(
        validate=sized(1, 64),
        metadata={"description": "`next_cursor` of the page before."},
    )


def parse_manifest(raw: object) -> Draft:
    """Read a manifest from parsed JSON.

    Raises:
        InvalidInputError: Fields are missing or wrong; each is named.
        RegistryError: A pack's code can be none of ours.
    """
    loaded = load(ManifestSchema(), raw)
    papers: dict[str, Any] = {
        name: loaded.get(name) for name in Papers.__dataclass_fields__
    }
    return Draft(
        manifest_id=loaded["manifest_id"],
        carrier=loaded["carrier"],
        receiver=loaded["receiver"],
        papers=Papers(**papers),
        drums=tuple(Drum(**drum) for drum in loaded["drums"]),
        packs=tuple(_pack(pack) for pack in loaded["packs"]),
    )


def _pack(loaded: dict[str, Any]) -> ListedPack:
    return ListedPack(**{**loaded, "code": codes.parse(loaded["code"])})


def parse_dispatch(raw: object) -> Any:
    """Read when drums left from parsed JSON.

    Raises:
        InvalidInputError: Fields are missing or wrong; each is named.
    """
    return load(DispatchSchema(), raw)["occurred_at"]


def parse_receipt(raw: object) -> ToldReceipt:
    """Read what arrived from parsed JSON.

    Raises:
        InvalidInputError: Fields are missing or wrong; each is named.
        ManifestUnsoundError: A drum is weighed twice.
        RegistryError: A scanned code can be none of ours.
    """
    loaded = load(ManifestReceiptSchema(), raw)
    masses_kg = {drum["sscc"]: drum["mass_kg"] for drum in loaded["drums"]}
    # One drum has one mass; which of two was meant nobody can tell.
    if len(masses_kg) < len(loaded["drums"]):
        raise ManifestUnsoundError(field="drums")
    return ToldReceipt(
        occurred_at=loaded["occurred_at"],
        codes=tuple(dict.fromkeys(codes.parse(code) for code in loaded["packs"])),
        masses_kg=masses_kg,
    )


def parse_page(arguments: Arguments) -> dict[str, Any]:
    """Read which page: ``limit``, and ``cursor`` if it was given.

    Raises:
        RepeatedParameterError: A parameter is given twice.
        InvalidInputError: A parameter is unknown or wrong; each is named.
    """
    return query.load(ManifestsSchema(), arguments)

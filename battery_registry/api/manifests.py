"""Manifests: many packs in drums, sent, counted and weighed."""

from typing import Any, Final
from uuid import UUID

from flask import Response, request
from flask_smorest import Blueprint

from battery_registry import context
from battery_registry.api import describing, problem
from battery_registry.api.answers import MEDIA_TYPE, answer, moment
from battery_registry.api.inspections import BodyNotJsonError
from battery_registry.api.schemas.manifests import (
    DispatchProblemSchema,
    ManifestAnswerSchema,
    ManifestPageSchema,
)
from battery_registry.domain import code as codes
from battery_registry.domain.caller import Reach, only
from battery_registry.domain.manifest_refusals import NoManifestError
from battery_registry.domain.roles import Role
from battery_registry.queries import manifests as listed
from battery_registry.queries.manifests import ManifestRecord, WholeManifest
from battery_registry.services import manifest_receipt, manifests
from battery_registry.wire import json_text
from battery_registry.wire.manifests import (
    DispatchSchema,
    ManifestReceiptSchema,
    ManifestSchema,
    ManifestsSchema,
    parse_dispatch,
    parse_manifest,
    parse_page,
    parse_receipt,
)

_MANIFEST_ID: Final = {
    "in": "path",
    "name": "manifest_id",
    "required": True,
    "schema": {"type": "string", "format": "uuid"},
}
_PARTIES: Final = frozenset({Role.COLLECTOR, Role.RECYCLER})
_READERS: Final = only(
    collector=Reach.OWN_ORGANISATION,
    recycler=Reach.OWN_ORGANISATION,
    regulator=Reach.ALL,
    auditor=Reach.ALL,
    admin=Reach.ALL,
)

blueprint = Blueprint(
    "manifests",
    __name__,
    url_prefix="/api/v1/manifests",
    description="Packs in drums: listed, sent, counted and weighed",
)


def _takes(schema: Any) -> dict[str, Any]:
    return {"required": True, "content": {MEDIA_TYPE: {"schema": schema}}}


def _stays(description: str) -> Any:
    return blueprint.alt_response(
        409,
        schema=DispatchProblemSchema,
        content_type=problem.MEDIA_TYPE,
        description=description,
    )


@blueprint.post("")
@blueprint.doc(summary="List packs in drums", requestBody=_takes(ManifestSchema))
@blueprint.alt_response(
    201, schema=ManifestAnswerSchema, description="Written, now or when first told"
)
@describing.refuses(blueprint, 400, 401, 403, 422, 503)
@context.requires(only(collector=Reach.OWN_ORGANISATION))
def make() -> Response:
    """Write a manifest of packs that your organisation has collected."""
    draft = parse_manifest(_body())
    made = context.transact(
        lambda session: manifests.make(
            session, draft=draft, caller=context.caller(), now=context.now()
        )
    )
    return _answer(made, status=201)


@blueprint.post("/<uuid:manifest_id>/dispatch")
@blueprint.doc(
    summary="Take the drums on the road",
    parameters=[_MANIFEST_ID],
    requestBody=_takes(DispatchSchema),
)
@blueprint.alt_response(200, schema=ManifestAnswerSchema, description="Under way")
@describing.refuses(blueprint, 400, 401, 403, 404, 422, 503)
@_stays("Packed wrong, papers missing, or a pack is elsewhere")
@context.requires(only(collector=Reach.OWN_ORGANISATION))
def dispatch(manifest_id: UUID) -> Response:
    """Take every pack over as the carrier; one event each, all or none."""
    occurred_at = parse_dispatch(_body())
    context.transact(
        lambda session: manifests.dispatch(
            session,
            manifest_id=manifest_id,
            occurred_at=occurred_at,
            caller=context.caller(),
            now=context.now(),
            terms=context.terms(),
        )
    )
    return _answer(manifest_id)


@blueprint.post("/<uuid:manifest_id>/receipt")
@blueprint.doc(
    summary="Count and weigh what arrived",
    parameters=[_MANIFEST_ID],
    requestBody=_takes(ManifestReceiptSchema),
)
@blueprint.alt_response(
    200,
    schema=ManifestAnswerSchema,
    description="Taken in; what differs is an incident that holds `destroyed`",
)
@describing.refuses(blueprint, 400, 401, 403, 404, 422, 503)
@_stays("It never left, or a pack is elsewhere")
@context.requires(only(recycler=Reach.OWN_ORGANISATION))
def receive(manifest_id: UUID) -> Response:
    """Take in what arrived; packs that turn up later go into a further receipt."""
    told = parse_receipt(_body())
    context.transact(
        lambda session: manifest_receipt.receive(
            session,
            manifest_id=manifest_id,
            told=told,
            caller=context.caller(),
            now=context.now(),
            terms=context.terms(),
        )
    )
    return _answer(manifest_id)


@blueprint.get("/<uuid:manifest_id>")
@blueprint.doc(summary="Read a manifest", parameters=[_MANIFEST_ID])
@blueprint.alt_response(200, schema=ManifestAnswerSchema, description="The manifest")
@describing.refuses(blueprint, 401, 403, 404)
@context.requires(_READERS)
def read(manifest_id: UUID) -> Response:
    """Read a manifest: drums, packs, what became of each, incidents, the hold."""
    return _answer(manifest_id)


@blueprint.get("")
@blueprint.doc(
    summary="List manifests, newest first",
    parameters=[{"in": "query", "schema": ManifestsSchema}],
)
@blueprint.alt_response(
    200, schema=ManifestPageSchema, description="A page of manifests"
)
@describing.refuses(blueprint, 401, 403, 422)
@context.requires(_READERS)
def find() -> Response:
    """List manifests in which your organisation has a part; regulators see all."""
    asked = parse_page(request.args)
    with context.reading() as session:
        page = listed.list_page(session, party=_party(), **asked)
    return answer(
        {
            "items": [_row_json(row) for row in page.items],
            "next_cursor": page.next_cursor,
        }
    )


def _body() -> object:
    if not request.is_json:
        raise BodyNotJsonError
    return json_text.parse(request.get_data(cache=False))


def _party() -> str | None:
    caller = context.caller()
    return caller.organisation_code if caller.role in _PARTIES else None


def _answer(manifest_id: UUID, *, status: int = 200) -> Response:
    with context.reading() as session:
        found = listed.find(session, manifest_id=manifest_id, party=_party())
    if found is None:
        raise NoManifestError
    return answer(_manifest_json(found), status=status)


def _row_json(row: ManifestRecord) -> dict[str, Any]:
    return {
        "manifest_id": str(row.manifest_id),
        "status": row.status.value,
        "waste_kind": row.waste_kind,
        "sender": row.sender,
        "carrier": row.carrier,
        "receiver": row.receiver,
        "licence_number": row.licence_number,
        "transfer_manifest_number": row.transfer_manifest_number,
        "vehicle": row.vehicle,
        "judged_by": row.judged_by,
        "judge_trained_on": row.judge_trained_on.isoformat(),
        "created_at": moment(row.created_at),
        "dispatched_at": moment(row.dispatched_at),
        "received_at": moment(row.received_at),
        "settled_at": moment(row.settled_at),
    }


def _manifest_json(found: WholeManifest) -> dict[str, Any]:
    return {
        **_row_json(found.record),
        "holds_destruction": found.holds_destruction,
        "drums": [
            {
                "sscc": drum.sscc,
                "damage_class": drum.damage_class,
                "packing_instruction": drum.packing_instruction,
                "sent_kg": drum.sent_kg,
                "received_kg": drum.received_kg,
            }
            for drum in found.drums
        ],
        "packs": [
            {
                "code": codes.show(codes.PublicCode(pack.public_code)),
                "sscc": pack.sscc,
                "mass_kg": pack.mass_kg,
                "status": pack.status.value,
            }
            for pack in found.packs
        ],
        "incidents": [
            {
                "incident_id": str(note.incident_id),
                "opened_at": moment(note.opened_at),
                "closed_at": moment(note.closed_at),
                "detail": dict(note.detail),
            }
            for note in found.incidents
        ],
    }

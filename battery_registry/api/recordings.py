"""Raw recordings and photos, kept under their hash once a reading names them."""

import re
from collections.abc import Iterator
from pathlib import Path

from flask import Response, request
from flask_smorest import Blueprint

from battery_registry import context
from battery_registry.api.answers import answer
from battery_registry.api.describing import refuses
from battery_registry.api.schemas.recordings import RecordingSchema
from battery_registry.domain import RegistryError
from battery_registry.domain.caller import Reach, SignInRequiredError, only
from battery_registry.services import recordings
from battery_registry.services.recordings import (
    BlobKind,
    Kept,
    Part,
    UnknownRecordingError,
)
from battery_registry.store.blobs import BlobStore
from battery_registry.wire import content_range, packed

PART_BYTES = 32 * 1024 * 1024
_CHUNK_BYTES = 64 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_BINARY = {"schema": {"type": "string", "format": "binary"}}

blueprint = Blueprint(
    "recordings",
    __name__,
    url_prefix="/api/v1/recordings",
    description="Raw instrument files and photos, under their hashes",
)

_HASH = {
    "in": "path",
    "name": "digest",
    "required": True,
    "schema": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    "description": "As recording_sha256, or photo_refs after sha256:, names it.",
}


class WrongHashError(RegistryError):
    """A hash is 64 hexadecimal digits in small letters."""

    code = "recording_hash_form"


@blueprint.put("/<string:digest>")
@blueprint.doc(
    summary="Hand in a recording or photo that an inspection names, whole or in parts",
    parameters=[
        _HASH,
        {
            "in": "header",
            "name": "Content-Range",
            "schema": {"type": "string"},
            "description": (
                "Of a part: bytes FIRST-LAST/TOTAL of what is unpacked;"
                " bytes */TOTAL with an empty body asks how much is there."
            ),
        },
        {
            "in": "header",
            "name": "Content-Encoding",
            "schema": {"type": "string", "enum": ["gzip", "identity"]},
        },
    ],
    requestBody={"required": True, "content": {recordings.RAW: _BINARY}},
)
@blueprint.alt_response(201, schema=RecordingSchema, description="Whole, kept")
@blueprint.alt_response(200, schema=RecordingSchema, description="Was kept before")
@blueprint.alt_response(202, schema=RecordingSchema, description="More is to come")
@refuses(blueprint, 400, 401, 403, 404, 409, 422, 503)
@context.requires(only(inspector=Reach.OWN_STATION))
def hand_in(digest: str) -> Response:
    """Keep a recording once an inspection of the caller's station names it."""
    kind, kept = _look_up(digest)
    # What the disk has lost, or a restored database never had, is taken again.
    if kept is not None and _blobs().holds(digest, size_bytes=kept.size_bytes):
        return _told(digest, kept.size_bytes, status=200)
    content = packed.unpack(
        request.get_data(cache=False),
        encoding=request.headers.get("Content-Encoding"),
        most_bytes=PART_BYTES,
    )
    part = content_range.parse(
        request.headers.get("Content-Range"), length=len(content)
    )
    blobs, owner = _blobs(), _station()
    if part.offset is None:
        received = blobs.received(digest, owner=owner)
        return _told(digest, received, status=202)
    size, media_type = recordings.receive(
        blobs,
        Part(sha256=digest, content=content, offset=part.offset, total=part.total),
        kind=kind,
        owner=owner,
        now=context.now(),
    )
    if media_type is None:
        return _told(digest, size, status=202)
    _record(
        Kept(
            sha256=digest,
            kind=kind,
            media_type=media_type,
            size_bytes=size,
            received_at=context.now(),
        )
    )
    return _told(digest, size, status=201)


@blueprint.get("/<string:digest>")
@blueprint.doc(summary="Read a recording or photo", parameters=[_HASH])
@blueprint.alt_response(
    200,
    description="Its bytes",
    schema={"type": "string", "format": "binary"},
    content_type=recordings.RAW,
)
@refuses(blueprint, 401, 403, 404, 422, 503)
@context.requires(
    only(inspector=Reach.OWN_ORGANISATION, auditor=Reach.ALL, admin=Reach.ALL)
)
def read(digest: str) -> Response:
    """Read the bytes of a recording that an inspection in reach names."""
    _check_hash(digest)
    with context.reading() as session:
        kept = recordings.get_visible(session, sha256=digest, scope=context.scope())
    path: Path = _blobs().path(kept.sha256)
    if not path.exists():
        raise UnknownRecordingError(field="sha256")
    return Response(
        _chunks(path),
        content_type=recordings.RAW,
        headers={
            "Content-Length": str(path.stat().st_size),
            # Never shown by a browser as a page, whatever a station has sent.
            "Content-Disposition": f"attachment; filename={digest}.bin",
        },
    )


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk


def _look_up(sha256: str) -> tuple[BlobKind, Kept | None]:
    _check_hash(sha256)
    with context.reading() as session:
        kind = recordings.find_kind(session, sha256=sha256, scope=context.scope())
        kept = recordings.find(session, sha256=sha256)
    if kind is None:
        raise UnknownRecordingError(field="sha256")
    return kind, kept


def _check_hash(sha256: str) -> None:
    if not _SHA256.fullmatch(sha256):
        raise WrongHashError(field="sha256")


def _station() -> str:
    code = context.caller().station_code
    if code is None:
        raise SignInRequiredError
    return code


def _record(kept: Kept) -> None:
    station_id = context.caller().station_id
    if station_id is None:
        raise SignInRequiredError
    context.transact(
        lambda session: recordings.record(session, kept=kept, station_id=station_id)
    )


def _blobs() -> BlobStore:
    return BlobStore(context.runtime().settings.blob_folder)


def _told(sha256: str, received: int, *, status: int) -> Response:
    return answer(
        {
            "sha256": sha256,
            "received_bytes": received,
            "is_complete": status != 202,
        },
        status=status,
    )

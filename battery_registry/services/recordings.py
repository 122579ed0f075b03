"""Raw recordings and photos: who may bring them, and keeping them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, insert, select
from sqlalchemy.orm import Session

from battery_registry.domain import Kind, RegistryError
from battery_registry.domain.caller import Scope
from battery_registry.services import photos
from battery_registry.store.blobs import LARGEST_BYTES, BlobPart, BlobStore
from battery_registry.store.tables.blobs import blob, inspection_photo
from battery_registry.store.tables.inspections import inspection
from battery_registry.store.tables.parties import station

RAW = "application/octet-stream"


class BlobKind(StrEnum):
    """What the bytes are."""

    RECORDING = "recording"
    PHOTO = "photo"


class UnknownRecordingError(RegistryError):
    """No inspection that the caller may see names it, or it is not here yet."""

    code = "recording_unknown"
    kind = Kind.NOT_FOUND


class RecordingTooLargeError(RegistryError):
    """The recording is larger than what is kept."""

    code = "recording_too_large"


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """Bytes that are kept."""

    sha256: str
    kind: BlobKind
    media_type: str
    size_bytes: int
    received_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One part of a recording as it comes in.

    Args:
        sha256: Hash of the whole.
        content: The part's bytes.
        offset: Where in the whole it begins.
        total: Bytes of the whole.
    """

    sha256: str
    content: bytes
    offset: int
    total: int


def find(session: Session, *, sha256: str) -> Kept | None:
    """Find bytes that are kept."""
    row = session.execute(select(blob).where(blob.c.sha256 == sha256)).one_or_none()
    if row is None:
        return None
    return Kept(
        sha256=row.sha256,
        kind=BlobKind(row.kind),
        media_type=row.media_type,
        size_bytes=row.size_bytes,
        received_at=row.received_at,
    )


def get_visible(session: Session, *, sha256: str, scope: Scope) -> Kept:
    """Get bytes that an inspection within the scope names.

    Raises:
        UnknownRecordingError: None does, or they are not here yet.
    """
    found = find(session, sha256=sha256)
    if found is None or find_kind(session, sha256=sha256, scope=scope) is None:
        raise UnknownRecordingError(field="sha256")
    return found


def find_kind(session: Session, *, sha256: str, scope: Scope) -> BlobKind | None:
    """Find as what an inspection within the scope names these bytes."""
    for kind, named in (
        (BlobKind.RECORDING, inspection.c.recording_sha256),
        (BlobKind.PHOTO, inspection_photo.c.sha256),
    ):
        if session.scalar(_naming(named, sha256, scope)):
            return kind
    return None


def _naming(named: Any, sha256: str, scope: Scope) -> Select[tuple[bool]]:
    home = named.table.c.station_id
    return select(exists().where(named == sha256, *_within(scope, home)))


def _within(scope: Scope, home: Any) -> list[ColumnElement[bool]]:
    if scope.station_id is not None:
        return [home == scope.station_id]
    own = select(station.c.station_id)
    if scope.organisation_id is not None:
        own = own.where(station.c.organisation_id == scope.organisation_id)
    if scope.district_code is not None:
        own = own.where(station.c.district_code == scope.district_code)
    return [home.in_(own)]


def receive(
    blobs: BlobStore, part: Part, *, kind: BlobKind, owner: str, now: datetime
) -> tuple[int, str | None]:
    """Take one part in; the last one makes it whole.

    Args:
        blobs: Where it goes.
        part: What came.
        kind: As what an inspection names it.
        owner: Whose part it is, so that stations never mix theirs.
        now: When it came.

    Returns:
        Bytes so far, and the media type once it is whole.

    Raises:
        RecordingTooLargeError: It is, or is said to be, too large.
        BlobOffsetError: It does not begin where the last one ended.
        BlobBusyError: Another request is at it.
        BlobHashError: The whole has another hash.
        NotAPhotoError: A photo is none.
        PhotoTooLargeError: A photo is too large.
        PhotoTellsMoreError: A photo carries more than its pixels.
    """
    most = photos.LARGEST_BYTES if kind is BlobKind.PHOTO else LARGEST_BYTES
    if part.total > most:
        raise RecordingTooLargeError(field="Content-Range", mib=most >> 20)
    with blobs.part(part.sha256, owner=owner, now=now) as held:
        size = held.append(part.content, offset=part.offset)
        if size < part.total:
            return size, None
        media_type = _check_photo(held) if kind is BlobKind.PHOTO else RAW
        held.keep()
    return size, media_type


def _check_photo(held: BlobPart) -> str:
    try:
        return photos.check(held.read(), field="sha256")
    except RegistryError:
        held.discard()
        raise


def record(session: Session, *, kept: Kept, station_id: UUID) -> None:
    """Write down that bytes are kept, once."""
    if find(session, sha256=kept.sha256) is not None:
        return
    session.execute(
        insert(blob).values(
            sha256=kept.sha256,
            kind=kept.kind.value,
            media_type=kept.media_type,
            size_bytes=kept.size_bytes,
            station_id=station_id,
            received_at=kept.received_at,
        )
    )

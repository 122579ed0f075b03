"""The photo of a printout that comes with the inspector's form."""

import hashlib
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from werkzeug.datastructures import FileStorage

from battery_registry import context
from battery_registry.services import photos, recordings
from battery_registry.services.recordings import BlobKind, Kept
from battery_registry.store.blobs import BlobStore

FIELD = "photo"
_MEDIA_TYPE = "image/jpeg"


@dataclass(frozen=True, kw_only=True, slots=True)
class FormPhoto:
    """A photo drawn anew, in the store, and not yet written down.

    Args:
        sha256: Hash of what is kept, which is not what was sent.
        is_new: Whether it was not in the store before.
    """

    sha256: str
    size_bytes: int
    received_at: datetime
    station_id: UUID
    is_new: bool

    @property
    def ref(self) -> str:
        """How an inspection names it."""
        return f"sha256:{self.sha256}"

    def keep(self) -> None:
        """Write down that it is kept, once an inspection names it."""
        kept = Kept(
            sha256=self.sha256,
            kind=BlobKind.PHOTO,
            media_type=_MEDIA_TYPE,
            size_bytes=self.size_bytes,
            received_at=self.received_at,
        )
        context.transact(
            lambda session: recordings.record(
                session, kept=kept, station_id=self.station_id
            )
        )

    def drop(self) -> None:
        """Let it go, as no inspection names it: a photo is kept for a purpose."""
        with context.reading() as session:
            found = recordings.find(session, sha256=self.sha256)
        if self.is_new and found is None:
            _store().drop(self.sha256)


def from_form(sent: FileStorage | None) -> FormPhoto | None:
    """Take a form's photo; None where none was chosen.

    Its bytes are in the store before the inspection is handed in, so that no
    inspection ever names a photo that is nowhere.

    Raises:
        NotAPhotoError: It is no photo.
        PhotoTooLargeError: It is too large.
        BlobNotStoredError: The disk does not take it.
        BlobsNotSetUpError: This registry has no place for it.
    """
    station_id = context.caller().station_id
    if sent is None or not sent.filename or station_id is None:
        return None
    with closing(sent):
        drawn = photos.clean(sent.read(), field=FIELD)
    sha256, store = hashlib.sha256(drawn).hexdigest(), _store()
    is_new = not store.holds(sha256, size_bytes=len(drawn))
    store.put(drawn, now=context.now())
    return FormPhoto(
        sha256=sha256,
        size_bytes=len(drawn),
        received_at=context.now(),
        station_id=station_id,
        is_new=is_new,
    )


def _store() -> BlobStore:
    return BlobStore(context.runtime().settings.blob_folder)

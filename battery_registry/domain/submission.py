"""One inspection as a station hands it in: who, with what, on which battery."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from battery_registry.scoring.measurement import Measurement


class CodeScheme(StrEnum):
    """Whose code stands on the pack."""

    GBT45565 = "gbt45565"
    GBT34014 = "gbt34014"
    GS1 = "gs1"
    MAKER = "maker"
    NONE = "none"


class OwnerKind(StrEnum):
    """Who brought the battery; a person is never named by it."""

    RESIDENT = "resident"
    COURIER = "courier"
    SHARING = "sharing"
    RENTAL = "rental"
    SHOP = "shop"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """What says which battery it is; any part may be missing."""

    label_code: str | None = None
    pack_code: str | None = None
    pack_code_scheme: CodeScheme = CodeScheme.NONE
    prior_codes: tuple[str, ...] = ()
    maker: str | None = None
    model: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Contact:
    """Personal data that came with an inspection; kept encrypted, never shown."""

    owner_kind: OwnerKind
    owner_name: str | None = None
    owner_phone: str | None = None
    plate: str | None = None
    frame_number: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Submission:
    """One inspection, checked for shape and range, not yet judged.

    Args:
        inspection_id: Made once, when the measurement was made.
        body_sha256: Hex SHA-256 of the canonical JSON that was sent.
        body: That canonical JSON without its personal data.
        inspector_id: Staff number of the inspector.
        instrument_id: The instrument's code at its station.
        station_id: The station's code as sent, None when left to the caller.
        photos: Hashes of its photos, those named as ``sha256:<hex>``.
        clock_synced: Whether the clock that ``tested_at`` was read from was kept
            right by another; None when the station does not know.
    """

    inspection_id: UUID
    body_sha256: str
    body: str
    inspector_id: str
    instrument_id: str
    station_id: str | None
    software_version: str
    identity: Identity
    contact: Contact
    measurement: Measurement
    recording_sha256: str | None = None
    photos: tuple[str, ...] = ()
    clock_synced: bool | None = None

"""Whether a station's instrument and inspector may give a colour."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from battery_registry.domain import Kind, RegistryError
from battery_registry.domain.city_time import city_date
from battery_registry.domain.submission import Submission
from battery_registry.scoring.measurement import Circumstances
from battery_registry.store import parties
from battery_registry.store.parties import Roster


class StationRequiredError(RegistryError):
    """The caller is bound to no station, so nothing says who measured."""

    code = "station_required"
    kind = Kind.FORBIDDEN


class OtherStationError(RegistryError):
    """The inspection names another station than the caller's own."""

    code = "station_other"


class UnknownInstrumentError(RegistryError):
    """The station has no such instrument."""

    code = "instrument_unknown"


class UnknownInspectorError(RegistryError):
    """The station's organisation has no such inspector."""

    code = "inspector_unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Qualification:
    """Who measured, with what, and whether both were fit for it that day."""

    instrument_id: UUID
    inspector_id: UUID
    circumstances: Circumstances


def get_roster(session: Session, *, station_id: UUID | None) -> Roster:
    """Get who and what the caller's station may measure with.

    Raises:
        StationRequiredError: The caller is bound to no station.
    """
    roster = station_id and parties.find_roster(session, station_id=station_id)
    if not roster:
        raise StationRequiredError
    return roster


def qualify(submission: Submission, *, roster: Roster) -> Qualification:
    """Check the instrument's calibration and the inspector's training.

    Both are judged on the city's day of the test, not of its arrival.

    Raises:
        OtherStationError: The inspection names another station.
        UnknownInstrumentError: Not one of the station's instruments.
        UnknownInspectorError: Not one of the organisation's inspectors.
    """
    if submission.station_id not in {None, roster.station_code}:
        raise OtherStationError(field="station_id", station=roster.station_code)
    instrument = roster.instruments.get(submission.instrument_id)
    if instrument is None:
        raise UnknownInstrumentError(
            field="instrument_id", instrument=submission.instrument_id
        )
    inspector = roster.inspectors.get(submission.inspector_id)
    if inspector is None:
        raise UnknownInspectorError(
            field="inspector_id", inspector=submission.inspector_id
        )
    tested_at = submission.measurement.tested_at
    return Qualification(
        instrument_id=instrument.instrument_id,
        inspector_id=inspector.person_id,
        circumstances=Circumstances(
            calibration_valid=_covers(
                tested_at, instrument.calibrated_on, instrument.calibrated_until
            ),
            training_valid=_covers(
                tested_at, inspector.training_valid_from, inspector.training_valid_until
            ),
        ),
    )


def _covers(moment: datetime, start: date | None, end: date | None) -> bool:
    return start is not None and end is not None and start <= city_date(moment) <= end

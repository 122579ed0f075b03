"""Whether a station's instrument and inspector may give a colour."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from battery_registry.domain import Kind, RegistryError
from battery_registry.domain.caller import Caller
from battery_registry.domain.city_time import city_date
from battery_registry.domain.submission import Submission
from battery_registry.scoring.measurement import Circumstances, InstrumentClass
from battery_registry.store import parties
from battery_registry.store.parties import Fitness, Roster


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """A station at work: which it is, and who and what may measure there."""

    station_id: UUID
    station_code: str
    district_code: str
    organisation_code: str
    roster: Roster


def get_post(session: Session, *, caller: Caller) -> Post:
    """Get the station that the caller hands in for.

    Raises:
        StationRequiredError: The caller is bound to no station.
    """
    station_id, station_code = caller.station_id, caller.station_code
    if station_id is None or station_code is None or caller.district_code is None:
        raise StationRequiredError
    roster = parties.find_roster(
        session, station_id=station_id, organisation_id=caller.organisation_id
    )
    return Post(
        station_id=station_id,
        station_code=station_code,
        district_code=caller.district_code,
        organisation_code=caller.organisation_code,
        roster=roster,
    )


def qualify(submission: Submission, *, post: Post) -> Qualification:
    """Check the instrument's calibration and the inspector's training.

    Both are judged on the city's day of the test, not of its arrival.

    Raises:
        OtherStationError: The inspection names another station.
        UnknownInstrumentError: Not one of the station's instruments.
        UnknownInspectorError: Not one of the organisation's inspectors.
    """
    if submission.station_id not in {None, post.station_code}:
        raise OtherStationError(field="station_id", station=post.station_code)
    instrument = post.roster.instruments.get(submission.instrument_id)
    if instrument is None:
        raise UnknownInstrumentError(
            field="instrument_id", instrument=submission.instrument_id
        )
    inspector = post.roster.inspectors.get(submission.inspector_id)
    if inspector is None:
        raise UnknownInspectorError(
            field="inspector_id", inspector=submission.inspector_id
        )
    tested_at = submission.measurement.tested_at
    return Qualification(
        instrument_id=instrument.id,
        inspector_id=inspector.id,
        circumstances=Circumstances(
            calibration_valid=_is_fit(instrument, tested_at),
            training_valid=_is_fit(inspector, tested_at),
            instrument_class=instrument.instrument_class or InstrumentClass.STATION,
        ),
    )


def _is_fit(one: Fitness, moment: datetime) -> bool:
    start, end = one.fit_from, one.fit_until
    return start is not None and end is not None and start <= city_date(moment) <= end

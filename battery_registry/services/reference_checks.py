"""Checks of instruments by references whose value is known."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from battery_registry.domain import Kind, RegistryError
from battery_registry.domain.caller import Scope
from battery_registry.scoring.quality.drift import VALID_DAYS, Quantity
from battery_registry.services import stations
from battery_registry.services.qualification import UnknownInstrumentError
from battery_registry.services.stations import UnknownStationError
from battery_registry.store.tables.parties import instrument
from battery_registry.store.tables.quality import reference_check

OLDEST: Final = timedelta(days=VALID_DAYS)
"""A check that arrives later is refused: nobody may fill the gaps afterwards."""


class CheckTooOldError(RegistryError):
    """The check was made too long before it was told."""

    code: ClassVar[str] = "check_too_old"


class CheckIdReusedError(RegistryError):
    """The check's id was used before for another check."""

    code: ClassVar[str] = "check_id_reused"
    kind: ClassVar[Kind] = Kind.CONFLICT


@dataclass(frozen=True, kw_only=True, slots=True)
class ToldCheck:
    """A check as it is told.

    Args:
        check_id: Made once, by whoever tells it.
        instrument_id: The instrument's code at its station.
        quantity: What was read; it says the unit.
        reference_name: Which pack or shunt.
        reference_value: What its certificate says, above 0.
        reading: What the instrument read, above 0.
        checked_at: When, UTC.
    """

    check_id: UUID
    instrument_id: str
    quantity: Quantity
    reference_name: str
    reference_value: float
    reading: float
    checked_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ReferenceCheck:
    """A check as it is kept.

    Args:
        told: What was told.
        valid_until: Readings after it are unverified, unless checked again.
        recorded_at: When the registry first learned of it.
    """

    told: ToldCheck
    valid_until: datetime
    recorded_at: datetime

    @property
    def error_frac(self) -> float:
        """How far the reading is off, as a share of the reference's value."""
        return self.told.reading / self.told.reference_value - 1


def record(
    session: Session,
    *,
    station_code: str,
    told: ToldCheck,
    scope: Scope,
    recorded_by: str,
    now: datetime,
) -> ReferenceCheck:
    """Record a check, or say again what was recorded of it.

    Args:
        session: A transaction that writes.
        station_code: Whose instrument was checked.
        told: What was read.
        scope: For which stations the caller may speak.
        recorded_by: Code of the organisation that tells it.
        now: The time of the request.

    Raises:
        UnknownStationError: There is no such station within the scope.
        UnknownInstrumentError: The station has no such instrument in use.
        CheckIdReusedError: The id belongs to another check.
        CheckTooOldError: It was made more than ``OLDEST`` ago, and not told then.
    """
    home = stations.get_station(session, code=station_code)
    if scope.station_id not in {None, home.station_id}:
        raise UnknownStationError(field="station", station=station_code)
    instrument_id = _get_instrument(session, home.station_id, told.instrument_id)
    before = _find(session, told.check_id)
    if before is not None:
        kept_instrument, kept = before
        if kept.told != told or kept_instrument != instrument_id:
            raise CheckIdReusedError(field="check_id")
        return kept
    if now - told.checked_at > OLDEST:
        raise CheckTooOldError(field="checked_at", days=VALID_DAYS)
    made = ReferenceCheck(
        told=told,
        valid_until=told.checked_at + timedelta(days=VALID_DAYS),
        recorded_at=now,
    )
    session.execute(
        insert(reference_check).values(
            **{**asdict(told), "instrument_id": instrument_id},
            station_id=home.station_id,
            valid_until=made.valid_until,
            recorded_at=now,
            recorded_by=recorded_by,
        )
    )
    return made


def _get_instrument(session: Session, station_id: UUID, code: str) -> UUID:
    found: UUID | None = session.scalar(
        select(instrument.c.instrument_id)
        .where(instrument.c.station_id == station_id)
        .where(instrument.c.code == code)
        .where(instrument.c.disabled_at.is_(None))
    )
    if found is None:
        raise UnknownInstrumentError(field="instrument_id", instrument=code)
    return found


def _find(session: Session, check_id: UUID) -> tuple[UUID, ReferenceCheck] | None:
    row = session.execute(
        select(reference_check, instrument.c.code.label("instrument_code"))
        .join(instrument, instrument.c.instrument_id == reference_check.c.instrument_id)
        .where(reference_check.c.check_id == check_id)
    ).one_or_none()
    if row is None:
        return None
    told = ToldCheck(
        check_id=row.check_id,
        instrument_id=row.instrument_code,
        quantity=Quantity(row.quantity),
        reference_name=row.reference_name,
        reference_value=row.reference_value,
        reading=row.reading,
        checked_at=row.checked_at,
    )
    return row.instrument_id, ReferenceCheck(
        told=told, valid_until=row.valid_until, recorded_at=row.recorded_at
    )

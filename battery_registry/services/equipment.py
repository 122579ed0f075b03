"""The instruments of stations, and until when their calibration holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from battery_registry.domain import Kind, RegistryError
from battery_registry.scoring.measurement import InstrumentClass
from battery_registry.services import enrolment, stations
from battery_registry.store.ids import new_id
from battery_registry.store.tables.parties import instrument, station

_CODE = r"[A-Za-z0-9][A-Za-z0-9._-]{0,30}[A-Za-z0-9]"

_INSTRUMENTS = select(
    instrument.c.instrument_id,
    station.c.code.label("station_code"),
    instrument.c.code,
    instrument.c.model,
    instrument.c.serial,
    instrument.c.calibrated_on,
    instrument.c.calibrated_until,
    instrument.c.disabled_at,
    instrument.c.instrument_class,
).join(station)


class InstrumentNotFoundError(RegistryError):
    """The station has no such instrument, or it is disabled."""

    code = "instrument_not_found"
    kind = Kind.NOT_FOUND


@dataclass(frozen=True, kw_only=True, slots=True)
class Instrument:
    """What a station measures with; both calibration days are included."""

    instrument_id: UUID
    station_code: str
    code: str
    model: str
    serial: str | None
    calibrated_on: date
    calibrated_until: date
    disabled_at: datetime | None
    instrument_class: str


def add_instrument(
    session: Session,
    *,
    station_code: str,
    code: str,
    model: str,
    calibrated_on: date,
    calibrated_until: date,
    now: datetime,
    serial: str | None = None,
    instrument_class: InstrumentClass = InstrumentClass.STATION,
) -> Instrument:
    """Enrol an instrument of a station.

    Args:
        session: A transaction that writes.
        station_code: Whose.
        code: 2 to 32 letters, digits, dots, hyphens; one's own at its station.
        model: Maker and model, at most 64 signs.
        calibrated_on: First day of the calibration.
        calibrated_until: Its last day, included.
        now: The time of the request.
        serial: At most 64 signs.
        instrument_class: How good it is; with a reading's method it gives the
            uncertainty.

    Raises:
        EnrolmentValueError: A value is spelled wrong.
        UnknownStationError: There is no such station.
        DuplicateError: The station has one of that code.
        DatesReversedError: The calibration ends before it begins.
    """
    enrolment.check_spelling(code, field="code", pattern=_CODE)
    enrolment.check_days(calibrated_on, calibrated_until, field="calibrated_until")
    home = stations.get_station(session, code=station_code)
    key = {instrument.c.station_id: home.station_id, instrument.c.code: code}
    enrolment.refuse_duplicate(session, key, field="code")
    values: dict[str, Any] = {
        "instrument_id": new_id(now),
        "code": code,
        "model": enrolment.check_text(model, field="model", most=64),
        "serial": enrolment.check_optional(serial, field="serial", most=64),
        "calibrated_on": calibrated_on,
        "calibrated_until": calibrated_until,
        "instrument_class": instrument_class.value,
    }
    session.execute(insert(instrument).values(**values, station_id=home.station_id))
    return Instrument(**values, station_code=home.code, disabled_at=None)


def list_instruments(
    session: Session, *, station_code: str | None = None
) -> tuple[Instrument, ...]:
    """List the instruments of one station or of all, by station and code."""
    wanted = _INSTRUMENTS.order_by(station.c.code, instrument.c.code)
    if station_code is not None:
        wanted = wanted.where(station.c.code == station_code)
    return tuple(Instrument(**row) for row in session.execute(wanted).mappings())


def calibrate_instrument(
    session: Session,
    *,
    station_code: str,
    code: str,
    calibrated_on: date,
    calibrated_until: date,
) -> None:
    """Note a new calibration, which takes the place of the last one.

    Raises:
        InstrumentNotFoundError: The station has none of that code.
        DatesReversedError: The calibration ends before it begins.
    """
    enrolment.check_days(calibrated_on, calibrated_until, field="calibrated_until")
    _change_instrument(
        session,
        station_code,
        code,
        {"calibrated_on": calibrated_on, "calibrated_until": calibrated_until},
    )


def disable_instrument(
    session: Session, *, station_code: str, code: str, now: datetime
) -> None:
    """Disable an instrument: inspections that name it are refused from now on.

    Raises:
        InstrumentNotFoundError: The station has none of that code.
    """
    _change_instrument(session, station_code, code, {"disabled_at": now})


def enable_instrument(session: Session, *, station_code: str, code: str) -> None:
    """Let a disabled instrument measure again; another one stays as it is.

    Raises:
        InstrumentNotFoundError: The station never had one of that code.
    """
    home = select(station.c.station_id).where(station.c.code == station_code)
    done = session.execute(
        update(instrument)
        .where(instrument.c.station_id == home.scalar_subquery())
        .where(instrument.c.code == code)
        .values(disabled_at=None)
        .returning(instrument.c.instrument_id)
    )
    if done.one_or_none() is None:
        raise InstrumentNotFoundError(
            field="code", instrument=code, station=station_code
        )


def _change_instrument(
    session: Session, station_code: str, code: str, values: Mapping[str, object]
) -> None:
    home = select(station.c.station_id).where(station.c.code == station_code)
    changed = session.execute(
        update(instrument)
        .where(instrument.c.station_id == home.scalar_subquery())
        .where(instrument.c.code == code)
        .where(instrument.c.disabled_at.is_(None))
        .values(**values)
        .returning(instrument.c.instrument_id)
    )
    if changed.one_or_none() is None:
        raise InstrumentNotFoundError(
            field="code", instrument=code, station=station_code
        )

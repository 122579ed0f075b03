"""Admin pages of where is measured and with what: stations, instruments, labels."""

from datetime import timedelta
from typing import Final

from battery_registry import context
from battery_registry.context import Session
from battery_registry.domain.city_time import city_date
from battery_registry.queries import label_stock
from battery_registry.scoring.measurement import InstrumentClass
from battery_registry.services import equipment, stations
from battery_registry.web import admin_people
from battery_registry.web.admin_parts import (
    Field,
    Form,
    Row,
    Subject,
    Told,
    chosen,
    day,
    needed,
    optional,
)
from battery_registry.web.showing import city_day, local, plain

SOON: Final = timedelta(days=30)
_UNDO = {"disable": "enable", "enable": "disable"}
_CLASSES = tuple(grade.value for grade in InstrumentClass)


def _stations(session: Session) -> list[Row]:
    return [
        Row(
            key=one.code,
            cells=(
                one.code,
                str(local(one, "name")),
                one.organisation_code,
                one.district_code,
                plain(local(one, "address")),
                plain(one.opening_hours),
            ),
            is_ended=one.disabled_at is not None,
            acts=admin_people.toggles(one.disabled_at),
        )
        for one in stations.list_stations(session)
    ]


def _station_fields(session: Session) -> list[Field]:
    return [
        Field(name="code", hint="admin.hint.station_code"),
        Field(name="organisation", options=admin_people.organisation_options(session)),
        Field(name="district", options=admin_people.district_options(session)),
        Field(name="name_zh"),
        Field(name="name_en"),
        Field(name="address_zh", required=False),
        Field(name="address_en", required=False),
        Field(name="opening_hours", required=False),
    ]


def _add_station(session: Session, told: Told) -> None:
    stations.add_station(
        session,
        code=needed(told, "code"),
        organisation_code=needed(told, "organisation"),
        district_code=needed(told, "district"),
        name_zh=needed(told, "name_zh"),
        name_en=needed(told, "name_en"),
        address_zh=optional(told, "address_zh"),
        address_en=optional(told, "address_en"),
        opening_hours=optional(told, "opening_hours"),
        now=context.now(),
    )


def _instruments(session: Session) -> list[Row]:
    """List the instruments: what is due soonest first, disabled ones last."""
    today = city_date(context.now())
    found = sorted(
        equipment.list_instruments(session),
        key=lambda one: (one.disabled_at is not None, one.calibrated_until, one.code),
    )
    rows = []
    for one in found:
        warning = ""
        if one.disabled_at is None and one.calibrated_until < today:
            warning = context.text("admin.calibration_over")
        elif one.disabled_at is None and one.calibrated_until <= today + SOON:
            warning = context.text("admin.calibration_soon")
        rows.append(
            Row(
                key=f"{one.station_code}:{one.code}",
                cells=(
                    f"{one.station_code} {one.code}",
                    one.model,
                    plain(one.serial),
                    city_day(one.calibrated_on),
                    city_day(one.calibrated_until),
                ),
                is_ended=one.disabled_at is not None,
                acts=admin_people.toggles(one.disabled_at),
                warning=warning,
            )
        )
    return rows


def _instrument_fields(session: Session) -> list[Field]:
    classes = [(grade, context.text(f"admin.class.{grade}")) for grade in _CLASSES]
    return [
        Field(name="station", options=admin_people.station_options(session)),
        Field(name="code"),
        Field(name="model"),
        Field(name="serial", required=False),
        Field(name="instrument_class", options=classes),
        Field(name="calibrated_on", kind="date"),
        Field(name="calibrated_until", kind="date"),
    ]


def _add_instrument(session: Session, told: Told) -> None:
    equipment.add_instrument(
        session,
        station_code=needed(told, "station"),
        code=needed(told, "code"),
        model=needed(told, "model"),
        serial=optional(told, "serial"),
        instrument_class=InstrumentClass(chosen(told, "instrument_class", _CLASSES)),
        calibrated_on=day(told, "calibrated_on"),
        calibrated_until=day(told, "calibrated_until"),
        now=context.now(),
    )


def _calibration_fields(session: Session) -> list[Field]:
    names = [
        (row.key, row.cells[0]) for row in _instruments(session) if not row.is_ended
    ]
    return [
        Field(name="instrument", options=names),
        Field(name="calibrated_on", kind="date"),
        Field(name="calibrated_until", kind="date"),
    ]


def _calibrate(session: Session, told: Told) -> None:
    at, _mark, code = needed(told, "instrument").partition(":")
    equipment.calibrate_instrument(
        session,
        station_code=at,
        code=code,
        calibrated_on=day(told, "calibrated_on"),
        calibrated_until=day(told, "calibrated_until"),
    )


def _disable_instrument(session: Session, key: str) -> None:
    at, _mark, code = key.partition(":")
    equipment.disable_instrument(session, station_code=at, code=code, now=context.now())


def _enable_instrument(session: Session, key: str) -> None:
    at, _mark, code = key.partition(":")
    equipment.enable_instrument(session, station_code=at, code=code)


def _labels(session: Session) -> list[Row]:
    return [
        Row(
            key=one.organisation_code or "",
            cells=(
                one.organisation_code or context.text("admin.anybody"),
                str(one.blank),
                str(one.bound),
                str(one.replaced),
            ),
        )
        for one in label_stock.count(session)
    ]


STATIONS = Subject(
    name="stations",
    columns=(
        *("code", "name", "organisation", "district"),
        *("address", "opening_hours"),
    ),
    rows=_stations,
    forms=(Form(name="add", fields=_station_fields, run=_add_station),),
    acts={
        "disable": lambda session, key: stations.disable_station(
            session, code=key, now=context.now()
        ),
        "enable": lambda session, key: stations.enable_station(session, code=key),
    },
    undo=_UNDO,
)
INSTRUMENTS = Subject(
    name="instruments",
    columns=("instrument", "model", "serial", "calibrated_on", "calibrated_until"),
    rows=_instruments,
    forms=(
        Form(name="calibrate", fields=_calibration_fields, run=_calibrate),
        Form(name="add", fields=_instrument_fields, run=_add_instrument),
    ),
    acts={"disable": _disable_instrument, "enable": _enable_instrument},
    undo=_UNDO,
)
LABELS = Subject(
    name="labels",
    columns=("organisation", "blank", "bound", "replaced"),
    rows=_labels,
)

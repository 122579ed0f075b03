"""``station``: stations and their instruments."""

from datetime import date

import click

from battery_registry.cli import runtime
from battery_registry.cli.days import DAY
from battery_registry.cli.listing import show
from battery_registry.cli.reference_checks import check
from battery_registry.scoring.measurement import InstrumentClass
from battery_registry.services import equipment, stations

_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_on = click.option(
    "--calibrated-on", type=DAY, required=True, help="First day of the calibration."
)
_until = click.option(
    "--calibrated-until", type=DAY, required=True, help="Its last day, included."
)


@click.group()
def station() -> None:
    """Stations that measure batteries, and their instruments."""


station.add_command(check)


@station.command()
@click.argument("code")
@click.option("--organisation", required=True, help="Code of its operator.")
@click.option("--district", required=True, help="GB/T 2260, such as 110102.")
@click.option("--name-zh", required=True)
@click.option("--name-en", required=True)
@click.option("--address-zh")
@click.option("--address-en")
@click.option("--hours", help="When it is open.")
def add(
    code: str,
    organisation: str,
    district: str,
    name_zh: str,
    name_en: str,
    address_zh: str | None,
    address_en: str | None,
    hours: str | None,
) -> None:
    """Enrol a station under CODE, such as XC-01."""
    with runtime.opened() as opened, opened.database.writing() as session:
        stations.add_station(
            session,
            code=code,
            organisation_code=organisation,
            district_code=district,
            name_zh=name_zh,
            name_en=name_en,
            address_zh=address_zh,
            address_en=address_en,
            opening_hours=hours,
            now=opened.clock(),
        )
    click.echo(f"station {code} added")


@station.command("list")
@_json
def list_(*, as_json: bool) -> None:
    """List all stations."""
    with runtime.opened() as opened, opened.database.reading() as session:
        found = stations.list_stations(session)
    columns = ("code", "organisation_code", "district_code", "name_zh", "disabled_at")
    show(found, columns=columns, as_json=as_json)


@station.command()
@click.argument("code")
def disable(code: str) -> None:
    """Disable a station with its keys."""
    with runtime.opened() as opened, opened.database.writing() as session:
        stations.disable_station(session, code=code, now=opened.clock())
    click.echo(f"station {code} disabled")


@station.group()
def instrument() -> None:
    """Instruments of a station."""


@instrument.command("add")
@click.argument("station_code", metavar="STATION")
@click.argument("code")
@click.option("--model", required=True, help="Maker and model.")
@click.option("--serial")
@click.option(
    "--class",
    "grade",
    type=click.Choice([grade.value for grade in InstrumentClass]),
    default=InstrumentClass.STATION.value,
    show_default=True,
    help="How good it is; it decides how wide the guard bands are.",
)
@_on
@_until
def add_instrument(
    *,
    station_code: str,
    code: str,
    model: str,
    serial: str | None,
    grade: str,
    calibrated_on: date,
    calibrated_until: date,
) -> None:
    """Enrol an instrument of STATION under CODE."""
    with runtime.opened() as opened, opened.database.writing() as session:
        equipment.add_instrument(
            session,
            station_code=station_code,
            code=code,
            model=model,
            serial=serial,
            instrument_class=InstrumentClass(grade),
            calibrated_on=calibrated_on,
            calibrated_until=calibrated_until,
            now=opened.clock(),
        )
    click.echo(f"instrument {code} of {station_code} added")


@instrument.command("list")
@click.argument("station_code", metavar="[STATION]", required=False)
@_json
def list_instruments(station_code: str | None, *, as_json: bool) -> None:
    """List the instruments of STATION, or of all stations."""
    with runtime.opened() as opened, opened.database.reading() as session:
        found = equipment.list_instruments(session, station_code=station_code)
    columns = ("station_code", "code", "model", "calibrated_until", "disabled_at")
    show(found, columns=columns, as_json=as_json)


@instrument.command()
@click.argument("station_code", metavar="STATION")
@click.argument("code")
@_on
@_until
def calibrate(
    station_code: str, code: str, calibrated_on: date, calibrated_until: date
) -> None:
    """Note a new calibration of an instrument."""
    with runtime.opened() as opened, opened.database.writing() as session:
        equipment.calibrate_instrument(
            session,
            station_code=station_code,
            code=code,
            calibrated_on=calibrated_on,
            calibrated_until=calibrated_until,
        )
    click.echo(f"instrument {code} of {station_code} calibrated")


@instrument.command("disable")
@click.argument("station_code", metavar="STATION")
@click.argument("code")
def disable_instrument(station_code: str, code: str) -> None:
    """Disable an instrument."""
    with runtime.opened() as opened, opened.database.writing() as session:
        equipment.disable_instrument(
            session, station_code=station_code, code=code, now=opened.clock()
        )
    click.echo(f"instrument {code} of {station_code} disabled")

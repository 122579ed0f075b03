"""``station check``: what an instrument read of a known reference."""

from datetime import datetime
from uuid import uuid4

import click

from battery_registry.cli import runtime
from battery_registry.domain.caller import EVERYTHING
from battery_registry.domain.city_time import CITY_ZONE
from battery_registry.scoring.quality.drift import Quantity
from battery_registry.services import reference_checks
from battery_registry.wire.reference_checks import parse_check

_RECORDED_BY = "command-line"


@click.command()
@click.argument("station_code", metavar="STATION")
@click.argument("instrument_code", metavar="INSTRUMENT")
@click.option(
    "--quantity", type=click.Choice([each.value for each in Quantity]), required=True
)
@click.option("--reference", required=True, help="Which pack or shunt.")
@click.option("--value", type=float, required=True, help="What its certificate says.")
@click.option("--reading", type=float, required=True)
@click.option(
    "--at", type=click.DateTime(["%Y-%m-%dT%H:%M"]), help="City time; now by default."
)
@click.option("--id", "check_id", help="A UUID; a check told twice is kept once.")
def check(
    *,
    station_code: str,
    instrument_code: str,
    quantity: str,
    reference: str,
    value: float,
    reading: float,
    at: datetime | None,
    check_id: str | None,
) -> None:
    """Record what INSTRUMENT of STATION read of a known reference."""
    with runtime.opened() as opened, opened.database.writing() as session:
        now = opened.clock()
        told = parse_check(
            {
                "check_id": check_id or str(uuid4()),
                "instrument_id": instrument_code,
                "quantity": quantity,
                "reference_name": reference,
                "reference_value": value,
                "reading": reading,
                "checked_at": (at.replace(tzinfo=CITY_ZONE) if at else now).isoformat(),
            },
            now=now,
        )
        kept = reference_checks.record(
            session,
            station_code=station_code,
            told=told,
            scope=EVERYTHING,
            recorded_by=_RECORDED_BY,
            now=now,
        )
    click.echo(
        f"instrument {instrument_code} of {station_code} is"
        f" {100 * kept.error_frac:+.2f} % off; verified until"
        f" {kept.valid_until.astimezone(CITY_ZONE):%Y-%m-%d %H:%M}"
    )

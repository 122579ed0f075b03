"""One inspection that the demo's first station may hand in, made anew each time."""

import secrets
import uuid
from datetime import datetime, timedelta
from typing import Any

from battery_registry.cli.demo import city, packs
from battery_registry.domain.city_time import CITY_ZONE, city_date

_PERSONAL = ("plate", "owner_name")


def example(now: datetime) -> dict[str, Any]:
    """Make the body of ``POST /api/v1/inspections`` for a good pack."""
    station = city.STATIONS[0]
    numbers = packs.quotas(len(packs.SHARES) + 1)
    seed = secrets.randbelow(1_000_000)
    planned = packs.plan(count=sum(numbers.values()), seed=seed, today=city_date(now))
    good = next(pack for pack in planned if pack.verdict == "green")
    tested_at = (now - timedelta(hours=1)).astimezone(CITY_ZONE)
    noted = {n: v for n, v in good.checklist.items() if n not in _PERSONAL}
    return {
        **noted,
        "inspection_id": str(uuid.uuid4()),
        "tested_at": tested_at.isoformat(timespec="seconds"),
        "station_id": station.code,
        "inspector_id": station.inspector,
        "instrument_id": city.EBC,
        "software_version": "demo",
        "pack_code": f"{good.checklist['pack_code']}{secrets.token_hex(4).upper()}",
        "test_duration_s": 12_360.0,
        "ocv_v": good.draft.model.charge_limit_v - 0.1,
        "max_output_voltage_v": good.draft.model.charge_limit_v - 0.1,
        "max_output_voltage_method": "ocv_full",
        "internal_resistance_mohm": good.draft.resistance_mohm,
        "resistance_method": "ac_1khz",
        "discharge_capacity_ah": good.draft.capacity_ah,
        "capacity_method": "full_discharge",
    }

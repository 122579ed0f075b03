"""Inspections as stations send them, each of another battery."""

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

INSPECTOR = "I-0001"
INSTRUMENT = "EBC-1"

# 36 and 16 signs, so that a body is as long as the next.
_ID = "@inspection-id@" + "-" * 21
_SERIAL = "@SERIAL@" + "-" * 8

_MEASURED: Mapping[str, Any] = {
    "inspector_id": INSPECTOR,
    "instrument_id": INSTRUMENT,
    "software_version": "0.1.0",
    "unit_kind": "pack",
    "pack_code_scheme": "maker",
    "maker": "Volta",
    "model": "V48-20",
    "chemistry": "ternary",
    "maker_label_present": True,
    "purchase_proof_present": True,
    "ccc_mark_present": True,
    "second_life": False,
    "label_nominal_voltage_v": 48.0,
    "label_rated_capacity_ah": 20.0,
    "housing_broken_exposed": False,
    "leakage": False,
    "deformation": "none",
    "burn_marks": False,
    "port_damaged": False,
    "mount_mismatch": False,
    "ambient_temp_c": 23.0,
    "battery_surface_temp_c": 24.0,
    "soc_source": "after_full_charge",
    "test_duration_s": 7200.0,
    "ocv_v": 54.2,
    "max_output_voltage_v": 54.6,
    "max_output_voltage_method": "ocv_full",
    "internal_resistance_mohm": 120.0,
    "resistance_method": "ac_1khz",
    "discharge_capacity_ah": 19.0,
    "capacity_method": "full_discharge",
    "owner_kind": "resident",
}


class Bodies:
    """Bodies of one kind, each with an id and a maker's code of its own.

    Args:
        now: When they are sent; the test was two hours before.
        changes: What is measured otherwise than on a healthy pack.
    """

    def __init__(self, now: datetime, **changes: Any) -> None:
        """Spell the text once."""
        moment = (now - timedelta(hours=2)).astimezone(UTC)
        made = (now - timedelta(days=400)).date()
        body = {
            "inspection_id": _ID,
            "tested_at": moment.isoformat(timespec="seconds"),
            "pack_code": _SERIAL,
            "production_date": made.isoformat(),
            **_MEASURED,
            **changes,
        }
        text = json.dumps(body)
        self._head, _, rest = text.partition(_ID)
        self._middle, _, self._tail = rest.partition(_SERIAL)

    def one(self) -> bytes:
        """Make the next body."""
        number = uuid.uuid4()
        serial = number.hex[:16].upper()
        text = f"{self._head}{number}{self._middle}{serial}{self._tail}"
        return text.encode()

    def batch(self, count: int) -> bytes:
        """Make a batch of the next ``count`` bodies."""
        members = b",".join(self.one() for _ in range(count))
        return b'{"inspections":[' + members + b"]}"

"""Happenings to make events of."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from battery_registry.domain import code as codes
from battery_registry.domain.custody_edges import State
from battery_registry.domain.epcis.happenings import (
    Inspected,
    Labelled,
    Packed,
    Recalled,
    Stepped,
)
from battery_registry.domain.epcis.names import Names
from battery_registry.domain.roles import Role
from battery_registry.scoring.evaluation import Code

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
CODE = codes.mint(b"0123456789")
NAMES = Names(base_url="https://registry.example/")
ROOT = "https://registry.example"


def make_labelled(**changes: Any) -> Labelled:
    """A label is bound."""
    return Labelled(**{"code": CODE, "at": NOW, "is_bound": True, **changes})


def make_inspected(**changes: Any) -> Inspected:
    """A reading whose resistance gives red."""
    told: dict[str, Any] = {
        "inspection_id": UUID(int=1),
        "code": CODE,
        "tested_at": NOW,
        "received_at": NOW + timedelta(minutes=5),
        "station_code": "XC-01",
        "instrument_code": "EBC 1",
        "verdict": Code.RED,
        "internal_resistance_mohm": 501.0,
        "max_output_voltage_v": 54.6,
        "discharge_capacity_ah": None,
        "capacity_fade_pct": None,
        "ambient_temp_c": 25.0,
        "alarms": frozenset({"internal_resistance_mohm"}),
    }
    return Inspected(**{**told, **changes})


def make_stepped(**changes: Any) -> Stepped:
    """A collector takes a battery over from a station."""
    told: dict[str, Any] = {
        "event_id": UUID(int=2),
        "case_id": UUID(int=3),
        "seq": 3,
        "code": CODE,
        "from_state": State.ISOLATED,
        "to_state": State.COLLECTED,
        "giver": "xicheng-checks",
        "receiver": "city-collect",
        "occurred_at": NOW,
        "recorded_at": NOW,
        "biz_step": "collecting",
        "disposition": "recalled",
        "signed_by": "city-collect",
        "signed_as": Role.COLLECTOR,
        "evidence": {},
    }
    return Stepped(**{**told, **changes})


def make_packed() -> Packed:
    """A drum with one battery."""
    return Packed(
        manifest_id=UUID(int=4),
        sscc="340123451111111111",
        packs=(CODE,),
        at=NOW,
        packed_by="city-collect",
        damage_class="damaged",
        packing_instruction="P908",
        mass_kg=4.0,
    )


def make_recalled(**changes: Any) -> Recalled:
    """A battery is recalled with its like."""
    told = {"event_id": UUID(int=5), "recall_id": UUID(int=6), "code": CODE, "at": NOW}
    return Recalled(**{**told, **changes})

"""A simulated pack with everything in order, and its line of a plan."""

from dataclasses import asdict
from typing import Any

from instruments.drivers.pack_model import SimulatedPack


def make_pack(**changes: Any) -> SimulatedPack:
    values: dict[str, Any] = {
        "name": "pack-1",
        "rated_ah": 12.0,
        "capacity_ah": 9.0,
        "series": 13,
        "resistance_mohm": 180.0,
        "charge_limit_v": 54.6,
        "cutoff_v": 39.0,
    }
    return SimulatedPack(**{**values, **changes})


def make_plan_line(**changes: Any) -> dict[str, Any]:
    return {**asdict(make_pack()), "checklist": {}, **changes}

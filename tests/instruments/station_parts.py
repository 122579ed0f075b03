"""Builders for the tests of the station: a checklist, a profile, a body, a clock."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from instruments.reading import CapacityMethod, MaxVoltageMethod, Reading
from instruments.station.profile import Profile
from instruments.station.sender import World

NOW = datetime(2026, 5, 4, 1, 30, tzinfo=UTC)


def make_checklist(**changes: Any) -> dict[str, Any]:
    checklist: dict[str, Any] = {
        "unit_kind": "pack",
        "pack_code": "MK000001",
        "pack_code_scheme": "maker",
        "chemistry": "ternary",
        "maker_label_present": True,
        "purchase_proof_present": True,
        "ccc_mark_present": True,
        "second_life": False,
        "label_rated_capacity_ah": 12,
        "housing_broken_exposed": False,
        "leakage": False,
        "deformation": "none",
        "burn_marks": False,
        "port_damaged": False,
        "ambient_temp_c": 23.5,
        "battery_surface_temp_c": 24.0,
        "soc_source": "after_full_charge",
        "owner_kind": "resident",
    }
    return {**checklist, **changes}


def make_profile(folder: Path, **changes: Any) -> Profile:
    settings: dict[str, Any] = {
        "url": "http://127.0.0.1:9",
        "key": "br_live_x",
        "inspector_id": "A-17",
        "instrument_id": "EBC-1",
        "queue": folder / "queue.sqlite3",
    }
    return Profile(**{**settings, **changes})


def make_reading(**changes: Any) -> Reading:
    values: dict[str, Any] = {
        "reader": "zketech_log",
        "duration_s": 9000.0,
        "recording_sha256": "ab" * 32,
        "discharge_capacity_ah": 9.0,
        "capacity_valid": True,
        "capacity_method": CapacityMethod.FULL_DISCHARGE,
        "discharge_current_a": 6.0,
        "max_voltage_v": 54.5,
        "max_voltage_method": MaxVoltageMethod.OCV_FULL,
        "ocv_v": 54.4,
    }
    return Reading(**{**values, **changes})


def make_body(number: int, **changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "inspection_id": str(UUID(int=number)),
        "tested_at": NOW.isoformat(),
        "ocv_v": 40 + number / 1000,
        "maker": "电池厂",
    }
    return {**body, **changes}


class Clock:
    """A clock that only sleeping moves, and the naps it was asked for."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at
        self.naps: list[float] = []

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.at += timedelta(seconds=seconds)

    def world(self, random: Callable[[], float] | None = None) -> World:
        chance = random or Random(5).random  # noqa: S311 - jitter of a test
        return World(now=self.now, sleep=self.sleep, random=chance)

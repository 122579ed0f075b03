"""Plain builders with defaults that a reader can guess."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from battery_registry.context import Runtime
from battery_registry.domain.roles import Role
from battery_registry.services import accounts, api_keys
from battery_registry.store.ids import new_id
from battery_registry.store.tables.parties import (
    instrument,
    organisation,
    person,
    station,
)

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"  # noqa: S105 - of test people only
# Hashing is slow on purpose; once is enough for everybody here.
_PASSWORD_HASH = accounts.hash_password(PASSWORD)

ORGANISATIONS = {
    "xicheng-checks": "station_operator",
    "haidian-checks": "station_operator",
    "city-collect": "collector",
    "safe-haul": "carrier",
    "greencell": "recycler",
    "city-market": "regulator",
    "wheel-shop": "dealer",
    "registry": "registry_operator",
}
STATIONS = {
    "XC-01": ("xicheng-checks", "110102"),
    "HD-01": ("haidian-checks", "110108"),
}
# Sign-in name: organisation, role, station, district, staff number.
PEOPLE: dict[str, tuple[str, str, str | None, str | None, str]] = {
    "inspector": ("xicheng-checks", "inspector", "XC-01", None, "I-0001"),
    "untrained": ("xicheng-checks", "inspector", "XC-01", None, "I-0002"),
    "haidian-inspector": ("haidian-checks", "inspector", "HD-01", None, "I-0001"),
    "collector": ("city-collect", "collector", None, None, "C-0001"),
    "recycler": ("greencell", "recycler", None, None, "R-0001"),
    "dealer": ("wheel-shop", "dealer", None, None, "D-0001"),
    "regulator": ("city-market", "regulator", None, None, "G-0001"),
    "haidian-regulator": ("city-market", "regulator", None, "110108", "G-0002"),
    "auditor": ("city-market", "auditor", None, None, "A-0001"),
    "admin": ("registry", "admin", None, None, "O-0001"),
}
# Name of the key: organisation, role, station.
KEYS: dict[str, tuple[str, str, str | None]] = {
    "XC-01": ("xicheng-checks", "inspector", "XC-01"),
    "HD-01": ("haidian-checks", "inspector", "HD-01"),
    "city-collect": ("city-collect", "collector", None),
    "safe-haul": ("safe-haul", "collector", None),
    "greencell": ("greencell", "recycler", None),
    "regulator": ("city-market", "regulator", None),
    "auditor": ("city-market", "auditor", None),
    "dealer": ("wheel-shop", "dealer", None),
    "admin": ("registry", "admin", None),
}


@dataclass(frozen=True, kw_only=True)
class Registry:
    """A small city: organisations, stations, people and keys by their names."""

    runtime: Runtime
    now: datetime
    organisations: dict[str, uuid.UUID] = field(default_factory=dict)
    stations: dict[str, uuid.UUID] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

    def headers(self, name: str = "XC-01") -> dict[str, str]:
        """Headers of a request with the key of that name."""
        return {"Authorization": f"Bearer {self.keys[name]}"}


def people_registry(runtime: Runtime, *, now: datetime = NOW) -> Registry:
    """Fill a database with the small city, as it stands at a time."""
    made = Registry(runtime=runtime, now=now)
    with runtime.database.writing() as session:
        for code, kind in ORGANISATIONS.items():
            made.organisations[code] = add_organisation(session, code, kind)
        for code, (operator, district) in STATIONS.items():
            made.stations[code] = _add_station(session, made, code, operator, district)
        for name, (employer, role, at, district_code, number) in PEOPLE.items():
            _add_person(session, made, name, employer, role, at, district_code, number)
        for name, (owner, role, at) in KEYS.items():
            key = api_keys.make(
                session,
                organisation_id=made.organisations[owner],
                station_id=made.stations[at] if at else None,
                role=Role(role),
                purpose="test",
                now=NOW,
            )
            made.keys[name] = key.text
    return made


def add_station(made: Registry, code: str, *, operator: str, district: str) -> None:
    """Add a station with an inspector, ``I-<code>``, and a key by its code."""
    with made.runtime.database.writing() as session:
        made.stations[code] = _add_station(session, made, code, operator, district)
        number = f"I-{code}"
        _add_person(session, made, code, operator, "inspector", code, None, number)
        key = api_keys.make(
            session,
            organisation_id=made.organisations[operator],
            station_id=made.stations[code],
            role=Role.INSPECTOR,
            purpose="test",
            now=NOW,
        )
    made.keys[code] = key.text


def add_organisation(session: Session, code: str, kind: str) -> uuid.UUID:
    """Add one organisation."""
    made = new_id(NOW)
    session.execute(
        insert(organisation).values(
            organisation_id=made,
            code=code,
            name=code.title(),
            kind=kind,
            created_at=NOW,
        )
    )
    return made


def _add_station(
    session: Session, made: Registry, code: str, operator: str, district: str
) -> uuid.UUID:
    station_id = new_id(NOW)
    session.execute(
        insert(station).values(
            station_id=station_id,
            organisation_id=made.organisations[operator],
            district_code=district,
            code=code,
            name_zh=f"{code} 检测站",
            name_en=f"Station {code}",
            address_zh="示范街1号",
            address_en="1 Example Street",
            opening_hours="09:00-18:00",
            created_at=NOW,
        )
    )
    today = made.now.date()
    for name, days in (("EBC-1", 200), ("EBC-OLD", -100)):
        session.execute(
            insert(instrument).values(
                instrument_id=new_id(NOW),
                station_id=station_id,
                code=name,
                model="EBC-B20H",
                calibrated_on=today - timedelta(days=365),
                calibrated_until=today + timedelta(days=days),
            )
        )
    return station_id


def _add_person(
    session: Session,
    made: Registry,
    name: str,
    employer: str,
    role: str,
    at: str | None,
    district_code: str | None,
    number: str,
) -> None:
    trained = None if name == "untrained" else made.now.date()
    session.execute(
        insert(person).values(
            person_id=new_id(NOW),
            organisation_id=made.organisations[employer],
            station_id=made.stations[at] if at else None,
            staff_number=number,
            sign_in=name,
            password_hash=_PASSWORD_HASH,
            name_encrypted=made.runtime.vault.seal(f"Person {name}"),
            role=role,
            district_code=district_code,
            training_valid_from=trained and trained - timedelta(days=400),
            training_valid_until=trained and trained + timedelta(days=40),
            created_at=NOW,
        )
    )


_GREEN: Mapping[str, Any] = {
    "inspector_id": "I-0001",
    "instrument_id": "EBC-1",
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
    "production_date": "2024-05-01",
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


def make_body(**changes: Any) -> dict[str, Any]:
    """One inspection as it goes over the wire: a healthy pack, unless changed.

    A change to None leaves the field out.
    """
    number = uuid.uuid4()
    body = {
        "inspection_id": str(number),
        "tested_at": (NOW - timedelta(hours=2)).isoformat(),
        "pack_code": f"V48-{number.hex[:12].upper()}",
        **_GREEN,
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}


def make_red_body(**changes: Any) -> dict[str, Any]:
    """An inspection of a pack whose resistance is above the limit."""
    return make_body(**{"internal_resistance_mohm": 500.1, **changes})

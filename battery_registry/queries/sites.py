"""Where batteries are tested: stations as anybody may know them."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from battery_registry.store.tables.parties import district, station


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """A station as anybody may know it."""

    code: str
    name_zh: str
    name_en: str
    address_zh: str | None
    address_en: str | None
    opening_hours: str | None
    district_zh: str
    district_en: str


COLUMNS: Final = (
    station.c.code.label("station_code"),
    station.c.name_zh.label("station_zh"),
    station.c.name_en.label("station_en"),
    station.c.address_zh,
    station.c.address_en,
    station.c.opening_hours,
    district.c.name_zh.label("district_zh"),
    district.c.name_en.label("district_en"),
)


def find_in_district(session: Session, *, district_code: str) -> tuple[Site, ...]:
    """Find the stations of a district that are open, by code."""
    rows = session.execute(
        select(*COLUMNS)
        .join(district, district.c.district_code == station.c.district_code)
        .where(station.c.district_code == district_code)
        .where(station.c.disabled_at.is_(None))
        .order_by(station.c.code)
    )
    return tuple(site(row) for row in rows)


def site(row: Row[*tuple[Any, ...]]) -> Site:
    """Read a site from a row of ``COLUMNS``."""
    return Site(
        code=row.station_code,
        name_zh=row.station_zh,
        name_en=row.station_en,
        address_zh=row.address_zh,
        address_en=row.address_en,
        opening_hours=row.opening_hours,
        district_zh=row.district_zh,
        district_en=row.district_en,
    )

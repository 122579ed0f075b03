"""The city's districts, for choosing and for naming them."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from battery_registry.store.tables.parties import district


@dataclass(frozen=True, kw_only=True, slots=True)
class District:
    """A district by its GB/T 2260 code, with its names."""

    district_code: str
    name_zh: str
    name_en: str


def list_all(session: Session) -> tuple[District, ...]:
    """List every district, by code."""
    rows = session.execute(
        select(
            district.c.district_code, district.c.name_zh, district.c.name_en
        ).order_by(district.c.district_code)
    )
    return tuple(District(**row) for row in rows.mappings())

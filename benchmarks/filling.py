"""Many batteries at once, cast from two that the service took in itself."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from battery_registry.domain import code, sale_keys
from battery_registry.domain.city_time import city_month
from battery_registry.domain.code import PublicCode
from battery_registry.store import prepared
from battery_registry.store.ids import new_id
from battery_registry.store.tables import metadata
from battery_registry.store.tables.batteries import battery
from battery_registry.store.writes import Writes
from benchmarks import moulds
from benchmarks.moulds import Mould

RED_SHARE = 0.045
_CHUNK = 2_000
_DAYS = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A station and where it is."""

    station_id: UUID
    district_code: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Pattern:
    """Everything that was written of one battery.

    Args:
        battery_id: Which battery.
        rows: Its rows with their tables' names, in the order of writing.
    """

    battery_id: UUID
    rows: tuple[tuple[str, Mapping[str, Any]], ...]

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables with rows of the battery, each once."""
        return tuple(dict.fromkeys(table for table, _ in self.rows))

    def of(self, table: str) -> Mapping[str, Any]:
        """The first row of a table."""
        return next(row for name, row in self.rows if name == table)


def find_pattern(session: Session, *, public_code: PublicCode) -> Pattern:
    """Read everything that was written of a battery."""
    battery_id = session.scalars(
        select(battery.c.battery_id).where(battery.c.public_code == public_code)
    ).one()
    rows = [
        (table.name, dict(row))
        for table in metadata.sorted_tables
        if "battery_id" in table.c
        for row in session.execute(
            select(table).where(table.c.battery_id == battery_id)
        ).mappings()
    ]
    return Pattern(battery_id=battery_id, rows=tuple(rows))


class Filling:
    """Casts batteries from two patterns, spread over places and time."""

    def __init__(
        self,
        session: Session,
        *,
        healthy: Pattern,
        red: Pattern,
        places: Sequence[Place],
    ) -> None:
        """Make the moulds."""
        self._session = session
        self._moulds = {False: _moulds(healthy), True: _moulds(red)}
        self._codes = {
            is_red: pattern.of("batteries")["code"]
            for is_red, pattern in ((False, healthy), (True, red))
        }
        self._maker = healthy.of("batteries")["maker"]
        self._places = places

    def fill(self, count: int, *, now: datetime) -> list[PublicCode]:
        """Write so many batteries, tested in the months before now."""
        codes = []
        for start in range(0, count, _CHUNK):
            chunk = [
                (number / count, random.random() < RED_SHARE)  # noqa: S311 - no secret
                for number in range(start, min(start + _CHUNK, count))
            ]
            codes += self._write(chunk, now)
        return codes

    def _write(
        self, chunk: Sequence[tuple[float, bool]], now: datetime
    ) -> list[PublicCode]:
        writes, rows = Writes(), dict[str, dict[tuple[str, ...], list[Any]]]()
        codes = []
        for share, is_red in chunk:
            at = now - timedelta(days=_DAYS * (1 - share), hours=3)
            given = self._given(at)
            for mould in self._moulds[is_red]:
                cast = mould.cast(given, lambda at=at: new_id(at))  # type: ignore[misc]  # a default cannot be annotated
                row = dict(zip(mould.columns, cast, strict=True))
                rows.setdefault(mould.table, {}).setdefault(mould.columns, []).append(
                    row
                )
            self._count(writes, given, at, self._codes[is_red])
            codes.append(given["public_code"])
        connection = self._session.connection()
        for table in metadata.sorted_tables:
            for some in rows.get(table.name, {}).values():
                prepared.insert_rows(connection, table, some)
        writes.flush(self._session)
        return codes

    def _given(self, at: datetime) -> dict[str, Any]:
        place = random.choice(self._places)  # noqa: S311 - no secret
        number = uuid4()
        public_code, pack_code = code.mint(number.bytes), number.hex[:16].upper()
        return {
            "battery_id": new_id(at),
            "inspection_id": number,
            "this_case": new_id(at),
            "public_code": public_code,
            "pack_code": pack_code,
            # What a battery is asked for by must not be the same of all.
            "code_prefix": sale_keys.prefix(public_code),
            "serial_prefix": sale_keys.prefix(pack_code),
            "skeleton": sale_keys.skeleton(pack_code),
            "station_id": place.station_id,
            "district_code": place.district_code,
            "now": at,
            "tested_at": at - timedelta(hours=2),
        }

    def _count(
        self, writes: Writes, given: Mapping[str, Any], at: datetime, code_in: str
    ) -> None:
        writes.count(
            month=city_month(at),
            district_code=given["district_code"],
            station_id=given["station_id"],
            maker=self._maker,
            code=code_in,
            slot=0,
        )


def _moulds(pattern: Pattern) -> list[Mould]:
    whole, tested = pattern.of("batteries"), pattern.of("inspections")
    marks = {
        sale_keys.skeleton(whole["pack_code"]): "skeleton",
        sale_keys.prefix(whole["public_code"]): "code_prefix",
        sale_keys.prefix(whole["pack_code"]): "serial_prefix",
        pattern.battery_id: "battery_id",
        tested["inspection_id"]: "inspection_id",
        whole["public_code"]: "public_code",
        whole["pack_code"]: "pack_code",
        tested["station_id"]: "station_id",
        whole["district_code"]: "district_code",
        tested["received_at"]: "now",
        tested["tested_at"]: "tested_at",
    }
    if "cases" in pattern.tables:
        marks[pattern.of("cases")["case_id"]] = "this_case"
    return [
        moulds.make(table, row, marks=marks, named=set()) for table, row in pattern.rows
    ]

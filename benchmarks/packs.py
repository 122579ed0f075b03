"""A million judged packs: the rows that a rescore reads, with readings of all kinds.

Like those of one battery that the service took in itself, but for what was read.
Some have an earlier inspection too, so that the way of a history is measured.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Table, func, insert, literal, select
from sqlalchemy.orm import Session

from battery_registry.domain import code
from battery_registry.domain.canonical import canonical_json
from battery_registry.queries.rescoring.bodies import frame_of, readings
from battery_registry.scoring import load
from battery_registry.scoring.batch import NO_SCORE, score_frame
from battery_registry.store import prepared
from battery_registry.store.db import Database
from battery_registry.store.tables.batteries import battery
from battery_registry.store.tables.inspections import evaluation, inspection
from benchmarks import moulds

REPEATED_SHARE = 0.03
_CHUNK = 20_000
_DAYS = 300
_MODELS = [f"V{volts}-{ah}" for volts in (36, 48) for ah in (10, 12, 15, 20)]
_READ = (
    "discharge_capacity_ah",
    "internal_resistance_mohm",
    "ambient_temp_c",
    "model",
    "production_date",
)

Row = dict[str, Any]


class Packs:
    """Casts packs from one battery's rows.

    Args:
        database: Where they are written.
        pattern: The battery.
        now: The time of the run, which marks them as ours.
    """

    def __init__(self, database: Database, *, pattern: UUID, now: datetime) -> None:
        """Read the pattern."""
        self._database = database
        # a moment at which nobody else was registered
        self._now = now + timedelta(microseconds=1)
        self._pattern = pattern
        with database.reading() as session:
            self._battery = _row(session, battery, pattern)
            self._inspection = _row(session, inspection, pattern)
        self._rng = np.random.default_rng(2024)
        self._ruleset = load("cn-2024")
        self._template = _template(json.loads(self._inspection["body"]))

    def fill(self, total: int) -> None:
        """Write as many packs as are missing to a total."""
        with self._database.reading() as session:
            known = session.scalar(select(func.count()).select_from(battery)) or 0
        for start in range(known, total, _CHUNK):
            with self._database.writing() as session:
                self._write(session, min(_CHUNK, total - start))
        with self._database.writing() as session:
            session.execute(self._verdicts())

    def _write(self, session: Session, count: int) -> None:
        bodies = self._bodies(count)
        verdicts = self._judge(bodies)
        batteries, inspections = [], []
        repeated = self._rng.random(count) < REPEATED_SHARE
        for at, body in enumerate(bodies):
            battery_id = moulds.new_id()
            rows = [self._inspected(battery_id, body, days_ago=_DAYS * at / count)]
            if repeated[at]:
                other = bodies[at - 1]
                rows.append(self._inspected(battery_id, other, days_ago=_DAYS + 200))
            batteries.append(self._registered(battery_id, rows[0], verdicts[at]))
            inspections += rows
        connection = session.connection()
        if not self._database.is_sqlite:
            # What the rows point at is there; a million look-ups of it are not needed.
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        prepared.insert_rows(connection, battery, batteries)
        prepared.insert_rows(connection, inspection, inspections)

    def _bodies(self, count: int) -> list[str]:
        rng = self._rng
        worn, thin = rng.random((2, count)) < [[0.06], [0.04]]
        capacity = np.where(
            worn, rng.uniform(4, 16, count), rng.normal(18.5, 1.2, count)
        )
        resistance = np.where(
            thin, rng.uniform(300, 700, count), rng.normal(160, 40, count)
        )
        columns = [
            np.clip(capacity, 4, 22).round(3).tolist(),
            np.clip(resistance, 40, 700).round(2).tolist(),
            rng.normal(23, 3, count).round(1).tolist(),
            [f'"{name}"' for name in rng.choice(_MODELS, count)],
            [
                f'"{day}"'
                for day in np.datetime64(self._now.date())
                - rng.integers(30, 2_500, count).astype("m8[D]")
            ],
        ]
        template = self._template
        rows = zip(*columns, strict=True)
        return [template % dict(zip(_READ, row, strict=True)) for row in rows]

    def _judge(self, bodies: Sequence[str]) -> list[tuple[str, int | None]]:
        tested_at = np.full(len(bodies), np.datetime64(self._now.date()))
        fit = np.ones(len(bodies), np.bool_)
        frame = frame_of(
            readings(bodies),
            tested_at=tested_at.astype("datetime64[s]"),
            instrument_calibration_valid=fit,
            inspector_training_valid=fit,
        )
        told = score_frame(frame, self._ruleset, contributions=False)
        return [
            (str(name), None if tenths == NO_SCORE else tenths)
            for name, tenths in zip(
                told["code"].tolist(), told["score_tenths"].tolist(), strict=True
            )
        ]

    def _inspected(self, battery_id: UUID, body: str, *, days_ago: float) -> Row:
        at = self._now - timedelta(days=days_ago)
        return {
            **self._inspection,
            "battery_id": battery_id,
            "inspection_id": moulds.new_id(),
            "tested_at": at - timedelta(hours=2),
            "received_at": at,
            "body": body,
        }

    def _registered(
        self, battery_id: UUID, ruling: Row, verdict: tuple[str, int | None]
    ) -> Row:
        return {
            **self._battery,
            "battery_id": battery_id,
            "public_code": code.mint(battery_id.bytes[::-1]),
            "code": verdict[0],
            "score_tenths": verdict[1],
            "code_tested_at": ruling["tested_at"],
            "code_inspection_id": ruling["inspection_id"],
            "registered_at": self._now,
        }

    def _verdicts(self) -> Any:
        """Give each of their inspections the pattern's record, made by the database."""
        pattern = evaluation.alias()
        columns = {
            "battery_id": inspection.c.battery_id,
            "inspection_id": inspection.c.inspection_id,
            "ruleset_id": pattern.c.ruleset_id,
            "code": battery.c.code,
            "score_tenths": battery.c.score_tenths,
            "next_due": pattern.c.next_due,
            "record": pattern.c.record,
            "evaluated_at": pattern.c.evaluated_at,
            "is_legal": literal(value=True),
        }
        chosen = (
            select(*columns.values())
            .select_from(inspection)
            .join(battery, battery.c.battery_id == inspection.c.battery_id)
            .join(pattern, pattern.c.battery_id == self._pattern)
            .where(battery.c.registered_at == self._now)
            .where(battery.c.battery_id != self._pattern)
            .order_by(inspection.c.battery_id)
        )
        return insert(evaluation).from_select(list(columns), chosen)


def _row(session: Session, table: Table, battery_id: UUID) -> Row:
    found = session.execute(select(table).where(table.c.battery_id == battery_id))
    return dict(found.mappings().one())


def _template(body: Mapping[str, Any]) -> str:
    """Spell a body with a place for each reading that differs."""
    marked = {**body, **{name: f"@{name}@" for name in _READ}}
    text = canonical_json(marked).decode().replace("%", "%%")
    for name in _READ:
        text = text.replace(f'"@{name}@"', f"%({name})s")
    return text

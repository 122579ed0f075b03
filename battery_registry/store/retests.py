"""Find open retests with everything that an inspection is held against."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from battery_registry.domain.retests import Retest, RetestState, Tested
from battery_registry.scoring.evaluation import Code
from battery_registry.store.tables.appeals import retest, retest_inspection
from battery_registry.store.tables.cases import case
from battery_registry.store.tables.inspections import evaluation, inspection

_TESTED = (
    inspection.c.battery_id,
    inspection.c.station_id,
    inspection.c.instrument_id,
    inspection.c.inspector_id,
    inspection.c.tested_at,
    inspection.c.recording_sha256,
)
_LEGAL = (
    (evaluation.c.battery_id == inspection.c.battery_id)
    & (evaluation.c.inspection_id == inspection.c.inspection_id)
    & evaluation.c.is_legal
)


def find_open(session: Session, *, battery_ids: Collection[UUID]) -> dict[UUID, Retest]:
    """Find the open retest of each of these batteries that has one."""
    if not battery_ids:
        return {}
    rows = session.execute(
        select(retest)
        .where(retest.c.battery_id.in_(battery_ids))
        .where(retest.c.state == RetestState.OPEN.value)
    ).all()
    wanted = [row.battery_id for row in rows]
    if not wanted:
        return {}
    reds = _by_battery(session.execute(_reds_of_open_cases(wanted)))
    greens = _by_battery(
        session.execute(_greens([row.retest_id for row in rows], wanted))
    )
    return {
        row.battery_id: Retest(
            retest_id=row.retest_id,
            battery_id=row.battery_id,
            case_id=row.case_id,
            greens_needed=row.greens_needed,
            opened_at=row.opened_at,
            due_at=row.due_at,
            reds=tuple(reds.get(row.battery_id, ())),
            greens=tuple(greens.get(row.battery_id, ())),
        )
        for row in rows
    }


def find_inputs_of_first_red(
    session: Session, *, battery_id: UUID, inspection_id: UUID
) -> tuple[str, ...]:
    """List what the red rules of an inspection read."""
    record = session.scalar(
        select(evaluation.c.record)
        .where(evaluation.c.battery_id == battery_id)
        .where(evaluation.c.inspection_id == inspection_id)
        .where(evaluation.c.is_legal)
    )
    fired = record["fired"] if record else ()
    return tuple(
        name
        for rule in fired
        if rule["outcome"] == Code.RED.value
        for name in rule["inputs"]
    )


def _reds_of_open_cases(battery_ids: Collection[UUID]) -> Select[Any]:
    # A red that was judged before the case was opened belongs to an earlier one.
    return (
        select(*_TESTED)
        .join(evaluation, _LEGAL)
        .join(
            case,
            (case.c.battery_id == inspection.c.battery_id) & case.c.closed_at.is_(None),
        )
        .where(inspection.c.battery_id.in_(battery_ids))
        .where(evaluation.c.code == Code.RED.value)
        .where(evaluation.c.evaluated_at >= case.c.opened_at)
    )


def _greens(retest_ids: Collection[UUID], battery_ids: Collection[UUID]) -> Select[Any]:
    return (
        select(*_TESTED)
        .join(
            retest_inspection,
            (retest_inspection.c.battery_id == inspection.c.battery_id)
            & (retest_inspection.c.inspection_id == inspection.c.inspection_id),
        )
        .where(retest_inspection.c.battery_id.in_(battery_ids))
        .where(retest_inspection.c.retest_id.in_(retest_ids))
        .where(retest_inspection.c.counts)
    )


def _by_battery(rows: Iterable[Row[*tuple[Any, ...]]]) -> dict[UUID, list[Tested]]:
    found: dict[UUID, list[Tested]] = {}
    for row in rows:
        found.setdefault(row.battery_id, []).append(
            Tested(
                station_id=row.station_id,
                instrument_id=row.instrument_id,
                inspector_id=row.inspector_id,
                tested_at=row.tested_at,
                recording_sha256=row.recording_sha256,
            )
        )
    return found

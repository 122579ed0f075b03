"""Whole lists as CSV, a page at a time, so that no list is too long for memory.

Cells that a spreadsheet would run as a formula are disarmed, and the text
opens with the mark by which spreadsheets know that it is UTF-8.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, select, tuple_
from sqlalchemy.orm import Session

from battery_registry.domain import code
from battery_registry.domain.caller import Scope
from battery_registry.queries import red_list, scoping
from battery_registry.queries.red_list import Filters, RedCase
from battery_registry.store.tables.batteries import battery
from battery_registry.store.tables.inspections import evaluation, inspection
from battery_registry.store.tables.parties import station

_PAGE: Final = 1000
_MARK: Final = "\ufeff"
# The last four are the full-width forms, which some spreadsheets read alike.
_FORMULA_STARTS: Final = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")

RED_LIST_COLUMNS: Final = (
    "code",
    "state",
    "opened_at",
    "state_since",
    "due_at",
    "closed_at",
    "overdue",
    "age_days",
    "holder",
    "district_code",
    "district_zh",
    "district_en",
    "station",
    "maker",
    "model",
)
INSPECTION_COLUMNS: Final = (
    "inspection_id",
    "code",
    "unit_kind",
    "chemistry",
    "maker",
    "model",
    "district_code",
    "station",
    "tested_at",
    "received_at",
    "internal_resistance_mohm",
    "resistance_method",
    "max_output_voltage_v",
    "discharge_capacity_ah",
    "capacity_method",
    "capacity_fade_pct",
    "ambient_temp_c",
    "verdict",
    "score",
    "next_due",
    "rules_fired",
    "missing",
    "ruleset",
)

_INSPECTIONS = (
    select(
        inspection,
        battery.c.public_code,
        battery.c.unit_kind,
        battery.c.chemistry,
        battery.c.maker,
        battery.c.model,
        station.c.district_code,
        station.c.code.label("station_code"),
        evaluation.c.code.label("verdict"),
        evaluation.c.score_tenths,
        evaluation.c.next_due,
        evaluation.c.record,
        evaluation.c.ruleset_id,
    )
    .join(battery, battery.c.battery_id == inspection.c.battery_id)
    .join(station, station.c.station_id == inspection.c.station_id)
    .join(
        evaluation,
        (evaluation.c.battery_id == inspection.c.battery_id)
        & (evaluation.c.inspection_id == inspection.c.inspection_id)
        & evaluation.c.is_legal,
    )
    .order_by(inspection.c.battery_id, inspection.c.inspection_id)
)


def red_list_csv(
    session: Session, *, filters: Filters, scope: Scope, now: datetime
) -> Iterator[str]:
    """Write the red list, newest case first, in pieces of whole lines.

    Args:
        session: Where to read, open until the last piece is taken.
        filters: Which cases; open ones unless states are named.
        scope: What the reader may see.
        now: The time of the question, aware.
    """

    def pages() -> Iterator[Sequence[RedCase]]:
        after = None
        while rows := red_list.page(
            session, filters=filters, scope=scope, now=now, limit=_PAGE, after=after
        ):
            yield rows
            after = red_list.position(rows[-1])

    yield from cell_lines(
        RED_LIST_COLUMNS, ([_red_cells(case) for case in page] for page in pages())
    )


def inspections_csv(
    session: Session,
    *,
    since: datetime | None,
    until: datetime | None,
    scope: Scope,
) -> Iterator[str]:
    """Write inspections with their legal verdicts, battery by battery.

    Args:
        session: Where to read, open until the last piece is taken.
        since: Tested then or later, aware.
        until: Tested before, aware.
        scope: What the reader may see.
    """
    conditions = scoping.conditions(
        scope, district=station.c.district_code, station_id=inspection.c.station_id
    )
    if since is not None:
        conditions.append(inspection.c.tested_at >= since)
    if until is not None:
        conditions.append(inspection.c.tested_at < until)
    yield from cell_lines(
        INSPECTION_COLUMNS,
        (
            [_inspection_cells(row) for row in page]
            for page in _inspection_pages(session, conditions)
        ),
    )


def _inspection_pages(
    session: Session, conditions: list[ColumnElement[bool]]
) -> Iterator[Sequence[Row[*tuple[Any, ...]]]]:
    wanted = _INSPECTIONS.where(*conditions).limit(_PAGE)
    key = tuple_(inspection.c.battery_id, inspection.c.inspection_id)
    page = session.execute(wanted).all()
    while page:
        yield page
        last = (page[-1].battery_id, page[-1].inspection_id)
        page = session.execute(wanted.where(key > last)).all()


def cell_lines(
    columns: Sequence[str], pages: Iterable[Iterable[Sequence[object]]]
) -> Iterator[str]:
    """Write a table in pieces of whole lines: its heading, then page by page."""
    yield _MARK + _lines([columns])
    for page in pages:
        yield _lines(page)


def _lines(rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([cell(value) for value in row] for row in rows)
    return text.getvalue()


def cell(value: object) -> str:
    """Write one cell: times in UTC, and no text that a spreadsheet would run.

    Numbers are left as they are: a negative temperature is no formula.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    if isinstance(value, int | float | date | UUID):
        return str(value)
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _red_cells(case: RedCase) -> tuple[object, ...]:
    return (
        code.show(case.public_code),
        case.state.value,
        case.opened_at,
        case.state_since,
        case.due_at,
        case.closed_at,
        case.is_overdue,
        case.age_days,
        case.holder,
        case.district_code,
        case.district_zh,
        case.district_en,
        case.station_code,
        case.maker,
        case.model,
    )


def _inspection_cells(row: Row[*tuple[Any, ...]]) -> tuple[object, ...]:
    return (
        row.inspection_id,
        code.show(row.public_code),
        row.unit_kind,
        row.chemistry,
        row.maker,
        row.model,
        row.district_code,
        row.station_code,
        row.tested_at,
        row.received_at,
        row.internal_resistance_mohm,
        row.resistance_method,
        row.max_output_voltage_v,
        row.discharge_capacity_ah,
        row.capacity_method,
        row.capacity_fade_pct,
        row.ambient_temp_c,
        row.verdict,
        None if row.score_tenths is None else row.score_tenths / 10,
        row.next_due,
        " ".join(fired["rule_id"] for fired in row.record["fired"]),
        " ".join(row.record["missing"]),
        row.ruleset_id,
    )

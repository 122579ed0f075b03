"""Events that are asked for: steps of red cases, and what others captured.

Both are walked together, the oldest first, by time and key. For a battery by
its EPC, ``queries.epcis`` tells its labels and inspections too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, or_, select, tuple_
from sqlalchemy.orm import Session

from battery_registry.domain.caller import Scope
from battery_registry.domain.epcis import document
from battery_registry.domain.epcis.happenings import Stepped
from battery_registry.domain.epcis.names import Names
from battery_registry.queries import epcis, keyset, scoping
from battery_registry.queries.keyset import CursorError, Position
from battery_registry.store import capture as kept
from battery_registry.store.tables.capture import captured_epc, captured_event
from battery_registry.store.tables.cases import case, custody_event

MAX_PER_PAGE: Final = 200
DEFAULT_PER_PAGE: Final = 30
_RECALLED: Final = "recalled"
_SEQ_DIGITS: Final = 6

Key = tuple[datetime, UUID, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Filters:
    """Which events; a filter that is not given does not narrow.

    Args:
        epcs: EPCs as URIs, in any spelling.
        biz_steps: Business steps, bare words or URIs.
        persistent_sets: Dispositions that were set for good.
        since: Happened then or later, aware.
        until: Happened before, aware.
    """

    epcs: tuple[str, ...] = ()
    biz_steps: tuple[str, ...] = ()
    persistent_sets: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Some events as JSON, and the token of the next page, if any."""

    events: tuple[Any, ...]
    next_token: str | None


def find(
    session: Session,
    *,
    filters: Filters,
    scope: Scope,
    captured_by: UUID | None,
    names: Names,
    per_page: int = DEFAULT_PER_PAGE,
    token: str | None = None,
) -> Page:
    """Find a page of events, the oldest first.

    Args:
        session: Where to read.
        filters: Which events.
        scope: Whose cases the reader may see.
        captured_by: The organisation whose captured events the reader may see;
            None for everybody's.
        names: How things are named.
        per_page: Events of a page, 1 to 200.
        token: Where the page before ended.

    Raises:
        CursorError: The token is not one of this list.
    """
    after = None if token is None else _read(token)
    keyed = [
        *_steps(session, filters, scope, names, after, per_page + 1),
        *_captured(session, filters, captured_by, after, per_page + 1),
    ]
    keyed.sort(key=lambda pair: pair[0])
    shown = keyed[:per_page]
    return Page(
        events=tuple(event for _, event in shown),
        next_token=_write(shown[-1][0]) if len(keyed) > per_page else None,
    )


def _steps(
    session: Session,
    filters: Filters,
    scope: Scope,
    names: Names,
    after: Key | None,
    limit: int,
) -> list[tuple[Key, Any]]:
    batteries = _batteries(session, filters)
    if filters.epcs and not batteries:
        return []
    time = custody_event.c.occurred_at
    key = (time, custody_event.c.case_id, custody_event.c.seq)
    wanted = epcis.STEPS.where(
        *scoping.conditions(
            scope, district=case.c.district_code, station_id=case.c.station_id
        ),
        *_between(filters, time),
        *_of_steps(filters, batteries),
    )
    if after is not None:
        wanted = wanted.where(tuple_(*key) > after)
    rows = session.execute(wanted.order_by(*key).limit(limit)).all()
    openings = epcis.openings(session, rows)
    steps = [
        epcis.step(row, openings.get(row.opened_by) if row.from_state is None else None)
        for row in rows
    ]
    told = document.told([*steps, *_corrections(session, rows)], names=names)
    return [
        ((step.occurred_at, step.case_id, step.seq), event)
        # What put an error right is only there for its id.
        for step, event in zip(steps, told, strict=False)
    ]


def _batteries(session: Session, filters: Filters) -> list[UUID]:
    """The batteries of ours that the EPCs name."""
    return list(kept.find_batteries(session, filters.epcs).values())


def _of_steps(filters: Filters, batteries: Sequence[UUID]) -> list[ColumnElement[bool]]:
    narrowed: list[ColumnElement[bool]] = []
    if batteries:
        narrowed.append(custody_event.c.battery_id.in_(batteries))
    if filters.biz_steps:
        narrowed.append(custody_event.c.biz_step.in_(filters.biz_steps))
    if filters.persistent_sets:
        # The red code alone sets anything for good.
        is_asked = _RECALLED in filters.persistent_sets
        narrowed.append(
            custody_event.c.from_state.is_(None)
            if is_asked
            else custody_event.c.seq < 0
        )
    return narrowed


def _between(filters: Filters, time: Any) -> list[ColumnElement[bool]]:
    ends = [] if filters.since is None else [time >= filters.since]
    return ends if filters.until is None else [*ends, time < filters.until]


def _corrections(
    session: Session, rows: Sequence[Row[*tuple[Any, ...]]]
) -> list[Stepped]:
    """Find what put declared errors right: it may lie on another page."""
    declared = [row for row in rows if row.declared_at is not None]
    wanted = {UUID(each) for row in declared for each in row.corrective_event_ids}
    if not wanted - {row.event_id for row in rows}:
        return []
    batteries = {row.battery_id for row in declared}
    return epcis.steps(
        session,
        wanted=epcis.STEPS.where(custody_event.c.battery_id.in_(batteries)).where(
            custody_event.c.event_id.in_(wanted)
        ),
        openings={},
    )


def _captured(
    session: Session,
    filters: Filters,
    captured_by: UUID | None,
    after: Key | None,
    limit: int,
) -> list[tuple[Key, Any]]:
    time, row_id = captured_event.c.event_time, captured_event.c.row_id
    wanted = select(time, row_id, captured_event.c.body).where(
        *_between(filters, time), *_of_captured(filters, _batteries(session, filters))
    )
    if captured_by is not None:
        wanted = wanted.where(captured_event.c.organisation_id == captured_by)
    if after is not None:
        wanted = wanted.where(tuple_(time, row_id) > after[:2])
    rows = session.execute(wanted.order_by(time, row_id).limit(limit))
    return [((row.event_time, row.row_id, 0), row.body) for row in rows]


def _of_captured(
    filters: Filters, batteries: Sequence[UUID]
) -> list[ColumnElement[bool]]:
    narrowed: list[ColumnElement[bool]] = []
    if filters.epcs:
        listed = select(captured_epc.c.event_sha256).where(
            captured_epc.c.organisation_id == captured_event.c.organisation_id,
            captured_epc.c.event_sha256 == captured_event.c.event_sha256,
            or_(
                captured_epc.c.epc_sha256.in_(
                    [kept.epc_digest(epc) for epc in filters.epcs]
                ),
                captured_epc.c.battery_id.in_(batteries),
            ),
        )
        narrowed.append(listed.exists())
    if filters.biz_steps:
        narrowed.append(captured_event.c.biz_step.in_(filters.biz_steps))
    if filters.persistent_sets:
        narrowed.append(
            or_(
                *(
                    captured_event.c.persistent_set.contains(
                        f" {each} ", autoescape=True
                    )
                    for each in filters.persistent_sets
                )
            )
        )
    return narrowed


def _write(key: Key) -> str:
    at, row_id, seq = key
    return f"{keyset.write(Position(at=at, key=row_id))}{seq:0{_SEQ_DIGITS}}"


def _read(token: str) -> Key:
    cursor, seq = token[:-_SEQ_DIGITS], token[-_SEQ_DIGITS:]
    if not (seq.isascii() and seq.isdigit()):
        raise CursorError(field="nextPageToken")
    try:
        position = keyset.read(cursor)
    except CursorError:
        raise CursorError(field="nextPageToken") from None
    return position.at, position.key, int(seq)

"""The registry read in blocks of batteries, each with all its inspections.

By the key of the batteries, so that no transaction lasts and memory does not
grow with the registry; whoever is registered meanwhile has a later key.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import Text, bindparam, cast, select
from sqlalchemy.orm import Session

from battery_registry.scoring.evaluation import Code
from battery_registry.scoring.history import Past
from battery_registry.scoring.measurement import Circumstances, InstrumentClass
from battery_registry.scoring.stored import measurement_of
from battery_registry.store.direct import Statement
from battery_registry.store.history import was_lifted
from battery_registry.store.tables.batteries import battery
from battery_registry.store.tables.inspections import evaluation, inspection
from battery_registry.store.tables.parties import instrument, station

BEGINNING = UUID(int=0)
"""The key before every battery's."""

_NO_HISTORY = frozenset({Code.VOID.value, Code.NOT_COVERED.value})


class Row(NamedTuple):
    """A judged inspection, or column by column many of them.

    Ids and times are as the database spells them, in UTC.
    """

    battery_id: Any
    inspection_id: Any
    public_code: Any
    tested_at: Any
    calibration_valid: Any
    training_valid: Any
    body: Any
    instrument_class: Any
    station_code: Any
    code: Any
    score_tenths: Any
    ruleset_id: Any


_LATER = select(battery.c.battery_id).where(battery.c.battery_id > bindparam("after"))
_UPTO = Statement(
    _LATER.order_by(battery.c.battery_id).offset(bindparam("others")).limit(1)
)
_LAST = Statement(_LATER.order_by(battery.c.battery_id.desc()).limit(1))

# Ids and times as the database spells them: to make values of millions of them
# would take longer than to judge.
_COLUMNS = (
    cast(battery.c.battery_id, Text).label("battery_id"),
    cast(inspection.c.inspection_id, Text).label("inspection_id"),
    battery.c.public_code,
    cast(inspection.c.tested_at, Text).label("tested_at"),
    inspection.c.calibration_valid,
    inspection.c.training_valid,
    inspection.c.body,
    instrument.c.instrument_class,
    station.c.code.label("station_code"),
    evaluation.c.code,
    evaluation.c.score_tenths,
    evaluation.c.ruleset_id,
)
_INSPECTED = Statement(
    select(
        (inspection.c.inspection_id == battery.c.code_inspection_id).label("is_ruling"),
        *_COLUMNS,
    )
    .select_from(battery)
    .join(inspection, inspection.c.battery_id == battery.c.battery_id)
    .join(
        evaluation,
        (evaluation.c.battery_id == inspection.c.battery_id)
        & (evaluation.c.inspection_id == inspection.c.inspection_id)
        & evaluation.c.is_legal,
    )
    .join(instrument, instrument.c.instrument_id == inspection.c.instrument_id)
    .join(station, station.c.station_id == inspection.c.station_id)
    # As at intake: a red that a retest or an appeal has lifted weighs on nothing,
    # and a battery that has no other verdict waits for its next test.
    .where((evaluation.c.code != Code.RED.value) | ~was_lifted())
    # Said of each table, so that each may be read in the order of its own key.
    .where(battery.c.battery_id > bindparam("after"))
    .where(battery.c.battery_id <= bindparam("upto"))
    .where(inspection.c.battery_id > bindparam("after"))
    .where(inspection.c.battery_id <= bindparam("upto"))
    .where(evaluation.c.battery_id > bindparam("after"))
    .where(evaluation.c.battery_id <= bindparam("upto"))
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """Some batteries, each with the inspection behind its code in force.

    Args:
        after: The key before its first battery.
        upto: The key of its last one.
        ruling: Those inspections, one for each battery, column by column.
        past: By place among them, the battery's other inspections that count.
    """

    after: UUID
    upto: UUID
    ruling: Any
    past: Mapping[int, Sequence[Any]]

    @property
    def size(self) -> int:
        """How many batteries."""
        return len(self.ruling.battery_id)


def read(session: Session, *, after: UUID, size: int) -> Block | None:
    """Read the next block.

    Args:
        session: Where to read.
        after: The key of the last battery that was read, or ``BEGINNING``.
        size: How many batteries.

    Returns:
        None when there are no more.
    """
    last = _UPTO.run(session, after=after, others=size - 1)
    last = last or _LAST.run(session, after=after)
    if not last:
        return None
    upto: UUID = last[0][0]
    rows = _INSPECTED.run(session, after=after, upto=upto)
    ruling = [row[1:] for row in rows if row[0]]
    if not ruling:
        following = read(session, after=upto, size=size)
        return following and replace(following, after=after)
    columns = Row._make(zip(*ruling, strict=True))
    others = [Row._make(row[1:]) for row in rows if not row[0]]
    return Block(
        after=after,
        upto=upto,
        ruling=columns,
        past=_by_place(others, columns.battery_id) if others else {},
    )


def _by_place(others: Sequence[Any], keys: Sequence[str]) -> dict[int, list[Any]]:
    places = {key: at for at, key in enumerate(keys)}
    past: dict[int, list[Any]] = {}
    for row in others:
        if row.code not in _NO_HISTORY and row.battery_id in places:
            past.setdefault(places[row.battery_id], []).append(row)
    return past


def past_of(rows: Sequence[Any]) -> list[Past]:
    """Earlier inspections as the score's history takes them."""
    return [
        Past(
            measurement=measurement_of(msgspec.json.decode(row.body)),
            circumstances=circumstances_of(row),
        )
        for row in rows
    ]


def circumstances_of(row: Any) -> Circumstances:
    """Who measured, and with what."""
    return Circumstances(
        calibration_valid=bool(row.calibration_valid),
        training_valid=bool(row.training_valid),
        instrument_class=InstrumentClass(row.instrument_class),
    )

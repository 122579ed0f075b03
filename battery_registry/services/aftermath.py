"""What a reading means for who trusted an earlier one, and for who is watching.

Clearances that speak of a verdict that was are taken back; readings that
cannot be true of one living battery open incidents. All in the transaction of
the readings.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from battery_registry.domain import RegistryError, sale_keys
from battery_registry.domain.afterlife import (
    TOO_FAST,
    End,
    Sighting,
    Tested,
    changed_maker_data,
    end_of,
    is_too_fast,
)
from battery_registry.domain.code import PublicCode
from battery_registry.domain.custody import State
from battery_registry.domain.incidents import IncidentKind, about_battery
from battery_registry.domain.registration import (
    CodeOfAnotherBatteryError,
    LabelReplacedError,
)
from battery_registry.domain.submission import Submission
from battery_registry.scoring.evaluation import Code
from battery_registry.services import afterlife, incidents, revocation
from battery_registry.services.afterlife import Ended
from battery_registry.services.judged import Judged
from battery_registry.services.qualification import Post
from battery_registry.services.revocation import Cause
from battery_registry.store.tables.batteries import battery
from battery_registry.store.tables.inspections import inspection
from battery_registry.store.tables.parties import station
from battery_registry.store.tables.resale import sale_key

_MAKERS: Final = (
    "maker",
    "model",
    "label_nominal_voltage_v",
    "label_rated_capacity_ah",
    "production_date",
)

TELLING: Final = (LabelReplacedError, CodeOfAnotherBatteryError)
"""Refusals that somebody must look at."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Read:
    """A reading of a battery that was registered before."""

    battery_id: UUID
    public_code: PublicCode
    inspection_id: UUID
    tested: Tested
    end: End | None
    makers: Mapping[str, object]


class Aftermath:
    """Gathers what follows from one delivery, and writes it when it is written.

    Args:
        post: Where the readings come from.
        now: The time of the request, aware.
    """

    def __init__(self, *, post: Post, now: datetime) -> None:
        """Start with nothing to follow."""
        self._post = post
        self._now = now
        self._causes: dict[Cause, set[UUID]] = {}
        self._reads: list[_Read] = []
        self._refused: list[tuple[Submission, RegistryError]] = []

    def note(self, judged: Judged) -> None:
        """Remember a reading; nobody holds anything about a new battery."""
        known = judged.battery.known
        if known is None:
            return
        battery_id = judged.battery.battery_id
        self._causes.setdefault(_cause(judged), set()).add(battery_id)
        measurement = judged.submission.measurement
        self._reads.append(
            _Read(
                battery_id=battery_id,
                public_code=judged.battery.public_code,
                inspection_id=judged.submission.inspection_id,
                tested=Tested(
                    district_code=self._post.district_code, at=measurement.tested_at
                ),
                end=end_of(
                    destroyed=known.is_destroyed,
                    case_state=State(known.case_state) if known.case_state else None,
                    replaced=False,
                ),
                makers={
                    "maker": judged.submission.identity.maker,
                    "model": judged.submission.identity.model,
                    "label_nominal_voltage_v": measurement.label_nominal_voltage_v,
                    "label_rated_capacity_ah": measurement.label_rated_capacity_ah,
                    "production_date": measurement.production_date,
                },
            )
        )

    def note_refused(self, submission: Submission, refusal: RegistryError) -> None:
        """Remember a refusal that tells of a label on the wrong battery."""
        if isinstance(refusal, TELLING):
            self._refused.append((submission, refusal))

    def write(self, session: Session) -> None:
        """Write what follows; the readings themselves are written before."""
        for cause, battery_ids in self._causes.items():
            revocation.revoke_all(
                session, battery_ids=battery_ids, cause=cause, now=self._now
            )
        if self._reads:
            self._look_at_reads(session)
        for submission, refusal in self._refused:
            report_refused(
                session, submission=submission, refusal=refusal, now=self._now
            )

    def _look_at_reads(self, session: Session) -> None:
        wanted = {read.battery_id for read in self._reads}
        registered = {
            row.battery_id: row
            for row in session.execute(
                select(
                    battery.c.battery_id,
                    battery.c.district_code,
                    *(battery.c[name] for name in _MAKERS),
                ).where(battery.c.battery_id.in_(wanted))
            )
        }
        others = _tests_near(session, self._reads)
        for read in self._reads:
            row = registered[read.battery_id]
            self._look_for_end(session, read, row)
            self._look_for_changes(session, read, row)
            self._look_for_haste(session, read, others.get(read.battery_id, ()))

    def _look_for_end(self, session: Session, read: _Read, row: Any) -> None:
        if read.end is None:
            return
        ended = Ended(
            battery_id=read.battery_id,
            public_code=read.public_code,
            district_code=row.district_code,
            end=read.end,
        )
        afterlife.report(session, ended=ended, seen=Sighting.READING, now=self._now)

    def _look_for_changes(self, session: Session, read: _Read, row: Any) -> None:
        before = {name: getattr(row, name) for name in _MAKERS}
        changed = changed_maker_data(before, read.makers)
        if changed:
            self._open(
                session, read, IncidentKind.MAKER_DATA_CHANGED, {"fields": [*changed]}
            )

    def _look_for_haste(
        self, session: Session, read: _Read, others: Iterable[Row[*tuple[Any, ...]]]
    ) -> None:
        for other in others:
            if other.inspection_id != read.inspection_id:
                there = Tested(district_code=other.district_code, at=other.tested_at)
                if is_too_fast(read.tested, there):
                    districts = sorted({there.district_code, read.tested.district_code})
                    detail = {"districts": districts}
                    self._open(session, read, IncidentKind.TWO_PLACES_TOO_FAST, detail)

    def _open(
        self,
        session: Session,
        read: _Read,
        kind: IncidentKind,
        detail: Mapping[str, object],
    ) -> None:
        incidents.open_incident(
            session,
            kind=kind,
            subject=about_battery(read.battery_id),
            detail={**detail, "inspection_id": str(read.inspection_id)},
            now=self._now,
            public_code=read.public_code,
            district_code=self._post.district_code,
        )


def report_refused(
    session: Session, *, submission: Submission, refusal: RegistryError, now: datetime
) -> None:
    """Open the incident of a reading that was refused for its label.

    Args:
        session: A transaction that is kept, though the reading is not.
        submission: The reading.
        refusal: Why it was refused.
        now: The time of the request, aware.
    """
    label_code = submission.identity.label_code
    if isinstance(refusal, LabelReplacedError) and label_code is not None:
        ended = afterlife.find_ended(session, public_code=PublicCode(label_code))
        if ended is not None:
            afterlife.report(session, ended=ended, seen=Sighting.READING, now=now)
        return
    for row in _named(session, submission):
        incidents.open_incident(
            session,
            kind=IncidentKind.LABEL_ON_TWO_PACKS,
            subject=about_battery(row.battery_id),
            detail={"inspection_id": str(submission.inspection_id)},
            now=now,
            public_code=row.public_code,
            district_code=row.district_code,
        )


def _named(session: Session, submission: Submission) -> list[Row[Any]]:
    """Find every battery that the label or the maker's code names."""
    identity = submission.identity
    values = [
        *([identity.label_code] if identity.label_code else []),
        *([sale_keys.plain(identity.pack_code)] if identity.pack_code else []),
    ]
    return list(
        session.execute(
            select(battery.c.battery_id, battery.c.public_code, battery.c.district_code)
            .join(sale_key, sale_key.c.battery_id == battery.c.battery_id)
            .where(sale_key.c.prefix.in_([sale_keys.prefix(value) for value in values]))
            .where(sale_key.c.value.in_(values))
            .distinct()
        )
    )


def _cause(judged: Judged) -> Cause:
    decision = judged.decision
    is_red = decision.in_force.code is Code.RED
    if decision.opens_case or (decision.changed and is_red):
        return Cause.RED
    return Cause.CODE_CHANGED if decision.changed else Cause.TESTED


def _tests_near(
    session: Session, reads: Iterable[_Read]
) -> dict[UUID, list[Row[*tuple[Any, ...]]]]:
    """Read the tests of these batteries about the time of these readings."""
    moments = [read.tested.at for read in reads]
    found = session.execute(
        select(
            inspection.c.battery_id,
            inspection.c.inspection_id,
            inspection.c.tested_at,
            station.c.district_code,
        )
        .join(station, station.c.station_id == inspection.c.station_id)
        .where(inspection.c.battery_id.in_({read.battery_id for read in reads}))
        .where(
            inspection.c.tested_at.between(
                min(moments) - TOO_FAST, max(moments) + TOO_FAST
            )
        )
    )
    near: dict[UUID, list[Row[*tuple[Any, ...]]]] = {}
    for row in found:
        near.setdefault(row.battery_id, []).append(row)
    return near

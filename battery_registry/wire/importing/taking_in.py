"""Take rows in, by the same way as the API's, a block to a transaction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from battery_registry.context import Runtime
from battery_registry.domain import RegistryError
from battery_registry.domain.caller import Caller
from battery_registry.domain.roles import OrganisationKind, Role
from battery_registry.domain.submission import Submission
from battery_registry.services import intake, stations
from battery_registry.services.intake import Desk, Outcome
from battery_registry.services.qualification import StationRequiredError
from battery_registry.services.receipts import Receipt
from battery_registry.services.stations import Station
from battery_registry.store.db import NotStoredError
from battery_registry.wire import inspections
from battery_registry.wire.importing.sheets import Row


class Fate(StrEnum):
    """What became of a row."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """What became of one row: a receipt, or why it was refused."""

    row: Row
    fate: Fate
    receipt: Receipt | None = None
    refusal: RegistryError | None = None


def keep(opened: Runtime, rows: Sequence[Row], station: str | None) -> list[Taken]:
    """Take one block in; a row that the database refuses goes alone.

    Args:
        opened: The registry.
        rows: What to take in.
        station: Code of the station that measured; None takes each row's own.

    Raises:
        NotStoredError: The database takes nothing at all; no row is at fault.
    """
    try:
        return opened.database.run(
            lambda session: _Counter(session, opened, station).take(rows)
        )
    except NotStoredError as refusal:
        if _is_out_of_reach(refusal):
            raise
        if len(rows) == 1:
            return [_refuse(rows[0], refusal)]
        return [one for row in rows for one in keep(opened, [row], station)]


def try_out(opened: Runtime, rows: Sequence[Row], station: str | None) -> list[Taken]:
    """Take one block in, then take it back."""
    with opened.database.writing() as session:
        taken = _Counter(session, opened, station).take(rows)
        session.rollback()
    return taken


def _is_out_of_reach(refusal: NotStoredError) -> bool:
    """Whether it was the database, gone, full or locked, and not what a row says."""
    return isinstance(refusal.__cause__, OperationalError)


class _Counter:
    """Hands in one batch, station by station."""

    def __init__(self, session: Session, opened: Runtime, station: str | None) -> None:
        self._session = session
        self._opened = opened
        self._now = opened.clock()
        self._station = station

    def take(self, rows: Sequence[Row]) -> list[Taken]:
        refused: dict[int, Taken] = {}
        by_station: dict[str, list[tuple[Row, Submission]]] = {}
        for row in rows:
            try:
                submission = self._parse(row)
                home = self._station or self._named(submission)
            except RegistryError as refusal:
                refused[row.number] = _refuse(row, refusal)
                continue
            by_station.setdefault(home, []).append((row, submission))
        accepted = {
            taken.row.number: taken
            for code, handed in by_station.items()
            for taken in self._hand_in(code, handed)
        }
        found = refused | accepted
        return [found[row.number] for row in rows]

    def _parse(self, row: Row) -> Submission:
        if row.refusal is not None:
            raise row.refusal
        return inspections.parse_inspection(row.raw, now=self._now)

    @staticmethod
    def _named(submission: Submission) -> str:
        if submission.station_id is None:
            raise StationRequiredError(field="station_id")
        return submission.station_id

    def _hand_in(
        self, code: str, handed: Sequence[tuple[Row, Submission]]
    ) -> Iterator[Taken]:
        try:
            home = stations.get_station(self._session, code=code, field="station_id")
        except RegistryError as refusal:
            yield from (_refuse(row, refusal) for row, _ in handed)
            return
        outcomes = intake.accept(
            self._session,
            submissions=[submission for _, submission in handed],
            desk=Desk(
                caller=_caller(home),
                ruleset=self._opened.ruleset,
                vault=self._opened.vault,
                terms=self._opened.terms,
            ),
            now=self._now,
        )
        for (row, _), outcome in zip(handed, outcomes, strict=True):
            yield _taken(row, outcome)


def _caller(home: Station) -> Caller:
    return Caller(
        organisation_id=home.organisation_id,
        organisation_code=home.organisation_code,
        organisation_kind=OrganisationKind.STATION_OPERATOR,
        role=Role.INSPECTOR,
        station_id=home.station_id,
        station_code=home.code,
        district_code=home.district_code,
    )


def _taken(row: Row, outcome: Outcome) -> Taken:
    return Taken(
        row=row,
        fate=Fate(outcome.status.value),
        receipt=outcome.receipt,
        refusal=outcome.refusal,
    )


def _refuse(row: Row, refusal: RegistryError) -> Taken:
    return Taken(row=row, fate=Fate.REFUSED, refusal=refusal)

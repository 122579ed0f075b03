"""Take a file in, block by block, by the same way as the API's batches.

Each block is one transaction; how far the file has come is kept after it, so
that an import that was broken off goes on. A row that is handed in again is
the same inspection again: its id is its own, or made of what the row says.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Final
from uuid import UUID, uuid5

from battery_registry.context import Runtime, Session
from battery_registry.domain import RegistryError
from battery_registry.domain.canonical import canonical_json
from battery_registry.services import api_keys, imports, stations
from battery_registry.services.imports import Run
from battery_registry.wire.importing import mapping as mappings
from battery_registry.wire.importing import sheets, station_files, taking_in
from battery_registry.wire.importing.dry_run import DryRun
from battery_registry.wire.importing.mapping import ColumnMapping
from battery_registry.wire.importing.sheets import File, Row, Sheet
from battery_registry.wire.importing.station_files import ExportKeyError, SignedFile
from battery_registry.wire.importing.taking_in import Fate, Taken

BLOCK: Final = 500
# Of the ids that an import makes (RFC 9562, 5.5); any fixed one does.
_NAMESPACE: Final = UUID("6f1c8a52-9d0e-5b7a-8f43-2f5f0f6a7c11")


class OtherStationError(RegistryError):
    """The file is signed by another station than the one that is named."""

    code = "import_of_other_station"


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """A file whose header is right, ready to be taken in.

    Args:
        sheet: Its rows.
        station: Code of the station that measured; None takes each row's own.
        run_sha256: Under what its progress is kept.
        run: How far it has come: the beginning, if it was through before.
    """

    sheet: Sheet
    station: str | None
    run_sha256: str
    run: Run


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """What became of some rows, and of the file up to them."""

    taken: Sequence[Taken]
    run: Run
    is_last: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """How a file is to be taken in.

    Args:
        station: Code of the station that measured; None takes each row's own.
        mapping: What its columns are; None takes what the station has saved.
        save: Whether the mapping is saved for the station.
        dry_run: Do all of it and keep nothing.
        after_row: Where a dry run begins, which nothing else remembers.
    """

    station: str | None = None
    mapping: ColumnMapping | None = None
    save: bool = False
    dry_run: bool = False
    after_row: int = 0


def prepare(registry: Runtime, file: File, wish: Wish) -> Opened:
    """Open a file, check its columns, and find where to begin.

    Raises:
        UnknownStationError: There is no station of that code.
        OtherStationError: Another station has signed the file.
        ExportDamagedError: A signed file was changed.
        ExportKeyError: No key that is known has signed it.
        NotTextError: It is neither text nor a workbook.
        UnreadableWorkbookError: It is a workbook that cannot be read.
        DamagedCsvError: Its header cannot be read.
        ColumnsError: Its columns cannot be taken as they are.
    """
    digest = file.sha256()
    signed = station_files.find(file)
    if signed is None:
        station = wish.station
        chosen = _choose_mapping(registry, station, wish)
    else:
        station = _get_signer(registry, signed, wish.station)
        file, chosen = signed.file(), ColumnMapping()
    sheet = sheets.read(file, chosen)
    if wish.save and wish.mapping is not None and not wish.dry_run:
        _save(registry, station, wish.mapping)
    decides = canonical_json({"station": station or "", "mapping": chosen.as_json()})
    run_sha256 = hashlib.sha256(digest + decides).hexdigest()
    return Opened(
        sheet=sheet,
        station=station,
        run_sha256=run_sha256,
        run=_beginning(registry, run_sha256, wish),
    )


def _beginning(registry: Runtime, run_sha256: str, wish: Wish) -> Run:
    """Find how far a file has come; one that was through begins anew."""
    if wish.dry_run:
        return Run(rows_done=wish.after_row)
    with registry.database.reading() as session:
        before = imports.find_run(session, run_sha256=run_sha256)
    is_unfinished = before is not None and before.finished_at is None
    return before if before is not None and is_unfinished else Run()


def _get_signer(registry: Runtime, signed: SignedFile, station: str | None) -> str:
    """Check who signed a file; the station's code."""
    with registry.database.reading() as session:
        signer = api_keys.find_signer(
            session, prefix=signed.key_prefix, now=registry.clock()
        )
    if signer is None:
        raise ExportKeyError(field="file", prefix=signed.key_prefix)
    signed.check(signer.public_key)
    if station is not None and station != signer.station_code:
        raise OtherStationError(field="station", station=signer.station_code)
    return signer.station_code


def _choose_mapping(
    registry: Runtime, station: str | None, wish: Wish
) -> ColumnMapping:
    if station is None:
        return wish.mapping or ColumnMapping()
    with registry.database.reading() as session:
        home = stations.get_station(session, code=station)
        saved = imports.find_mapping(session, station_id=home.station_id)
    if wish.mapping is not None:
        return wish.mapping
    return mappings.parse(saved) if saved is not None else ColumnMapping()


def _save(registry: Runtime, station: str | None, mapping: ColumnMapping) -> None:
    if station is None:
        return

    def save(session: Session) -> None:
        home = stations.get_station(session, code=station)
        imports.save_mapping(
            session,
            station_id=home.station_id,
            mapping=mapping.as_json(),
            now=registry.clock(),
        )

    registry.database.run(save)


def take_in(
    registry: Runtime, opened: Opened, *, dry_run: bool, most_blocks: int | None = None
) -> Iterator[Block]:
    """Take a file in, block by block; a bad row never costs a good one its place.

    Progress of a block is kept when the next one is asked for: whoever writes
    failed rows down has done so by then.

    Args:
        registry: Where it goes.
        opened: The file.
        dry_run: Take every block back.
        most_blocks: Stop after so many; the rest is for another time.
    """
    take = (
        DryRun(registry, opened.station).take if dry_run else _keeping(registry, opened)
    )
    keep = _forget if dry_run else _remembering(registry, opened)
    run = opened.run
    for block, is_last in islice(_blocks(opened), most_blocks):
        taken = take(block)
        run = _further(run, taken)
        yield Block(taken=taken, run=run, is_last=is_last)
        keep(replace(run, finished_at=registry.clock()) if is_last else run)


def _blocks(opened: Opened) -> Iterator[tuple[list[Row], bool]]:
    """Part the rows that are left; each block knows whether it is the last."""
    rows = (
        _identified(row, opened.station)
        for row in opened.sheet.rows
        if row.number > opened.run.rows_done
    )
    block = list(islice(rows, BLOCK))
    while block:
        following = list(islice(rows, BLOCK))
        yield block, not following
        block = following


def _keeping(registry: Runtime, opened: Opened) -> Callable[[list[Row]], list[Taken]]:
    return lambda rows: taking_in.keep(registry, rows, opened.station)


def _remembering(registry: Runtime, opened: Opened) -> Callable[[Run], None]:
    def remember(run: Run) -> None:
        now = registry.clock()
        registry.database.run(
            lambda session: imports.keep_run(
                session, run_sha256=opened.run_sha256, run=run, now=now
            )
        )

    return remember


def _forget(_run: Run) -> None:
    """Keep nothing."""


def _further(run: Run, taken: Sequence[Taken]) -> Run:
    fates = [one.fate for one in taken]
    return replace(
        run,
        rows_done=taken[-1].row.number,
        accepted=run.accepted + fates.count(Fate.ACCEPTED),
        duplicate=run.duplicate + fates.count(Fate.DUPLICATE),
        refused=run.refused + fates.count(Fate.REFUSED),
    )


def _identified(row: Row, station: str | None) -> Row:
    """Give a row that names no inspection the id that its content has."""
    raw: Any = row.raw
    if row.refusal is not None or not isinstance(raw, dict) or "inspection_id" in raw:
        return row
    home = station or raw.get("station_id") or ""
    try:
        name = canonical_json({"station": home, "row": raw}).hex()
    except (ValueError, TypeError):
        return row  # what cannot be spelled is refused, its field by name
    return replace(row, raw={**raw, "inspection_id": str(uuid5(_NAMESPACE, name))})

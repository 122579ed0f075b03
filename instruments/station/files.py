"""Files of one inspection: the recording, its checklist, what was measured beside.

Beside ``NAME.log`` lie ``NAME.json`` and, if other instruments were used, the
files of `instruments.station.beside`: ``NAME.rc3563``, ``NAME.measured``.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from instruments.capacity import Declared
from instruments.checks import Check
from instruments.evaluate import evaluate
from instruments.reading import ReadingError
from instruments.recording import Recording
from instruments.station.beside import READERS, find_beside, read_beside
from instruments.station.checklist import (
    ChecklistError,
    declared_label,
    find_inspection_id,
    find_tested_at,
    read_checklist,
)
from instruments.station.clock import Clock
from instruments.station.doubts import find_doubts, known_facts
from instruments.station.ids import new_inspection_id
from instruments.station.inspection import compose
from instruments.station.measurement import refuse_contradictions
from instruments.station.profile import Profile

CHECKLIST_SUFFIX = ".json"
# of the field `instrument_time`
_SHORTEST_TIME, _LONGEST_TIME = 10, 40

ReadRecording = Callable[[Path], Recording]


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """The files of one inspection.

    Args:
        recording: The instrument's file.
        checklist: The inspector's fields.
        beside: The files of other instruments.
    """

    recording: Path
    checklist: Path
    beside: tuple[Path, ...] = ()

    @property
    def name(self) -> str:
        """What the operator calls it."""
        return self.recording.name

    def sha256(self) -> str:
        """Hash of all its bytes: the same files make the same inspection.

        Raises:
            ReadingError: A file cannot be read.
        """
        total = hashlib.sha256()
        for path in (self.recording, self.checklist, *self.beside):
            try:
                with path.open("rb") as file:
                    digest = hashlib.file_digest(file, "sha256").digest()
            except OSError as error:
                message = f"{path.name} cannot be opened: {error.strerror}."
                raise ReadingError("not_opened", message) from error
            total.update(digest)
        return total.hexdigest()


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """One inspection, and what the operator has to be told of it.

    Args:
        body: In the wire format.
        warnings: What does not forbid sending it.
    """

    body: dict[str, Any]
    warnings: tuple[Check, ...]


def pair_sources(
    recordings: Sequence[Path], checklists: Sequence[Path]
) -> tuple[Source, ...]:
    """Recordings with their checklists, in the order given.

    Without any checklist each recording's own is the file of its name that
    ends in ``.json``.

    Raises:
        ChecklistError: There are not as many checklists as recordings.
    """
    if not checklists:
        checklists = [path.with_suffix(CHECKLIST_SUFFIX) for path in recordings]
    if len(checklists) != len(recordings):
        raise ChecklistError(
            f"{len(recordings)} recordings and {len(checklists)} checklists: "
            "give one --checklist for each, in the same order"
        )
    return tuple(
        Source(recording=recording, checklist=checklist, beside=find_beside(recording))
        for recording, checklist in zip(recordings, checklists, strict=True)
    )


def folder_sources(folder: Path) -> tuple[Source, ...]:
    """Every recording in a folder that has a checklist beside it, by name.

    Raises:
        ChecklistError: A checklist has no recording beside it, or two.
    """
    by_stem: dict[str, list[Path]] = {}
    checklists: list[Path] = []
    for path in sorted(path for path in folder.iterdir() if path.is_file()):
        # a stick may give every name in capitals
        suffix = path.suffix.lower()
        if suffix == CHECKLIST_SUFFIX:
            checklists.append(path)
        elif suffix not in READERS:
            by_stem.setdefault(path.stem, []).append(path)
    sources: list[Source] = []
    for checklist in checklists:
        beside = by_stem.get(checklist.stem, [])
        if len(beside) != 1:
            raise ChecklistError(
                f"{checklist.name}: {len(beside)} recordings lie beside it, not one"
            )
        sources += pair_sources(beside, [checklist])
    return tuple(sources)


def prepare(
    source: Source,
    profile: Profile,
    read: ReadRecording,
    *,
    now: datetime,
    software_version: str,
    clock: Clock,
) -> Prepared:
    """One inspection from its files.

    Args:
        source: The files.
        profile: The station.
        read: Reads an instrument's file.
        now: Time of the test when the checklist states none.
        software_version: 1 to 32 characters.
        clock: The clock that ``now`` was read from.

    Raises:
        ReadingError: A file gives no reading, or one that may not be sent.
        ChecklistError: The checklist cannot be used or does not suffice.
    """
    checklist = read_checklist(source.checklist)
    label = declared_label(checklist)
    tested_at = find_tested_at(checklist) or now
    beside = read_beside(source.beside)
    # before any check: a wrong entry is better named than called unbelievable
    refuse_contradictions(beside.fields_for(checklist), checklist)
    # the day is that of the place, which UTC does not tell
    day = find_tested_at(checklist) or now.astimezone()
    facts = known_facts(checklist, profile, beside, tested_at=day)
    recording = read(source.recording)
    declared = Declared(
        rated_ah=label.rated_ah,
        cutoff_v=label.cutoff_v,
        charge_limit_v=label.charge_limit_v,
    )
    reading = evaluate(recording, declared)
    warnings = find_doubts(recording, reading, facts, declared)
    body = compose(
        reading,
        checklist,
        profile,
        inspection_id=find_inspection_id(checklist) or new_inspection_id(tested_at),
        tested_at=tested_at,
        software_version=software_version,
        beside=beside,
    )
    said = {**_times(recording, clock, checklist), **body}
    return Prepared(body=said, warnings=warnings)


def _times(
    recording: Recording, clock: Clock, checklist: Mapping[str, Any]
) -> dict[str, Any]:
    """What the clocks say: the instrument's own, and whether ours is kept right.

    A time that the checklist states is no clock's.
    """
    shown = recording.started_at
    known = shown is not None and _SHORTEST_TIME <= len(shown) <= _LONGEST_TIME
    by_instrument = {"instrument_time": shown} if known else {}
    return by_instrument | ({} if "tested_at" in checklist else clock.fields())

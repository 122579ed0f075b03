"""EPCIS 2.0: GS1's own examples, and the published hashes of events."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from battery_registry.conformance.suite import (
    Failure,
    Suite,
    VectorsMissingError,
    read_json,
)
from battery_registry.domain.epcis import envelopes, hashing, reading

_EXAMPLES: Final = Path("gs1-epcis-2.0") / "examples"
_HASHES: Final = Path("epcis-event-hash")


def run(folder: Path) -> tuple[Suite, ...]:
    """Check every example as capture does, and hash every event.

    Args:
        folder: The folder of all vectors.
    """
    return (_examples(folder), _hashes(folder), _pre_hashes(folder))


def _examples(folder: Path) -> Suite:
    files = _documents(folder / _EXAMPLES)
    failures = []
    for file in files:
        faults = envelopes.faults(read_json(file))
        if faults:
            failures.append(Failure(case=file.stem, detail=str(faults[0])))
    return Suite(
        id="gs1-epcis-2.0/examples",
        title="EPCIS 2.0 documents that capture takes (GS1's examples)",
        cases=len(files),
        failures=tuple(failures),
    )


def _hashes(folder: Path) -> Suite:
    return _compared(
        folder,
        id_="epcis-event-hash/hashes",
        title="EPCIS event hash ids, document by document (CBV 2.0)",
        ending=".hashes",
        compute=hashing.event_id,
    )


def _pre_hashes(folder: Path) -> Suite:
    return _compared(
        folder,
        id_="epcis-event-hash/prehashes",
        title="EPCIS events as the text that is hashed, document by document",
        ending=".prehashes",
        compute=hashing.pre_hash,
    )


def _compared(
    folder: Path, *, id_: str, title: str, ending: str, compute: Callable[..., str]
) -> Suite:
    cases, failures = 0, []
    for file in _documents(folder / _HASHES):
        vector = file.with_suffix(ending)
        if not vector.is_file():
            continue
        cases += 1
        wanted = vector.read_text(encoding="utf-8").splitlines()
        if list(_lines(file, compute)) != [line for line in wanted if line]:
            failures.append(Failure(case=file.stem, detail="another text"))
    return Suite(id=id_, title=title, cases=cases, failures=tuple(failures))


def _lines(file: Path, compute: Callable[..., str]) -> Iterator[str]:
    told = reading.take_apart(read_json(file))
    for event in told.events:
        yield compute(event, context=told.context, ignored=told.ignored)


def _documents(folder: Path) -> list[Path]:
    """The documents of a folder; vectors of XML documents have none here."""
    found = sorted(folder.glob("*.jsonld"))
    if not found:
        raise VectorsMissingError(f"{folder}: no documents")
    return found

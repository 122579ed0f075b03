"""What may lie beside a recording, by its suffix, and who reads it."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from instruments.station import measured_file, resistance_log
from instruments.station.measurement import Beside, Measurement, merge

READERS: Mapping[str, Callable[[Path], tuple[Measurement, ...]]] = {
    resistance_log.SUFFIX: resistance_log.read_measurement,
    measured_file.SUFFIX: measured_file.read_measured,
}


def find_beside(recording: Path) -> tuple[Path, ...]:
    """The instruments' files that lie beside a recording, in a fixed order."""
    paths = (recording.with_suffix(suffix) for suffix in READERS)
    return tuple(path for path in paths if path.is_file())


def read_beside(paths: Iterable[Path]) -> Beside:
    """What these files give together.

    Raises:
        ReadingError: One of them cannot be used.
        ChecklistError: Two contradict each other, with the field's name.
    """
    return merge(one for path in paths for one in READERS[path.suffix](path))

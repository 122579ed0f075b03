"""What a reader must keep: right values, and only recordings or `ReadingError`."""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from instruments.readers.interface import Hints, Reader
from instruments.reading import ReadingError
from instruments.recording import Recording

HEAD_BYTES = 64 * 1024
_LOWEST_SCORE = 30
_TOLERANCE = 1e-6
_COLUMNS = {"voltage_v", "current_a", "time_s", "capacity_ah", "temperature_c"}


def check_reader(
    cls: Callable[[], Reader],
    fixture: Path,
    expected: Mapping[str, Any],
    *,
    rounds: int = 50,
    seed: int = 0,
) -> Recording:
    """Hold a reader to the rules of this package.

    It must know its own file by its content and not by its name, give the expected
    values, the same each time; and for cut and changed files a recording or
    `ReadingError`, and never another exception.

    Args:
        cls: The reader's class; called without arguments.
        fixture: A real file of its format.
        expected: Attributes of the recording, such as ``rows`` or ``duration_s``;
            of a column its lowest and highest value.
        rounds: Changed files to try.
        seed: The same seed tries the same files.

    Returns:
        The recording, for further questions.

    Raises:
        AssertionError: A rule is broken; the message says which.
    """
    reader = cls()
    data = fixture.read_bytes()
    _check_sniff(reader, data[:HEAD_BYTES], fixture.name)
    recording = reader.read(fixture, Hints())
    if not isinstance(recording, Recording):
        raise AssertionError(  # noqa: TRY004  (a broken rule, as the others)
            f"read gives a {type(recording).__name__}, no Recording"
        )
    _check_same(recording, reader.read(fixture, Hints()))
    _check_values(recording, expected)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / fixture.name
        for changed in changed_files(data, rounds=rounds, seed=seed):
            path.write_bytes(changed)
            try_reader(reader, path)
    return recording


def try_reader(reader: Reader, path: Path) -> Recording | None:
    """The recording, or None for a `ReadingError`.

    Raises:
        AssertionError: Another exception.
    """
    try:
        return reader.read(path, Hints())
    except ReadingError as error:
        if not error.code or not error.message:
            raise AssertionError("a refusal without code or message") from error
        return None
    except Exception as error:  # what must not happen, in every way it can
        raise AssertionError(
            f"{type(error).__name__} instead of ReadingError: {error}"
        ) from error


def changed_files(data: bytes, *, rounds: int, seed: int) -> list[bytes]:
    """A file cut off, with bytes changed, left out or put in."""
    dice = Random(seed)  # noqa: S311  (a repeatable choice, no secret)
    return [_changed(data, dice) for _ in range(rounds)]


def _changed(data: bytes, dice: Random) -> bytes:
    place = dice.randrange(len(data) + 1)
    length = dice.choice((1, 1, 2, 8, 200))
    match dice.randrange(4):
        case 0:
            return data[:place]
        case 1:
            return data[:place] + dice.randbytes(length) + data[place + length :]
        case 2:
            return data[:place] + data[place + length :]
        case _:
            return data[:place] + dice.randbytes(length) + data[place:]


def _check_sniff(reader: Reader, head: bytes, name: str) -> None:
    match = reader.sniff(head, name)
    if not _LOWEST_SCORE <= match.score <= 100 or not match.reason:
        raise AssertionError(f"its own file gets {match.score} ({match.reason!r})")
    renamed = reader.sniff(head, "upload.bin")
    if renamed.score < _LOWEST_SCORE:
        raise AssertionError(f"a renamed file gets {renamed.score}: by name alone")
    for other in (b"", b"\x00" * 512, b"not,a,recording\n1,2,3\n"):
        score = reader.sniff(other, name).score
        if score >= _LOWEST_SCORE:
            raise AssertionError(f"{other[:20]!r} with its name gets {score}")


def _check_same(one: Recording, other: Recording) -> None:
    if one.as_json() != other.as_json() or not np.array_equal(
        one.voltage_v, other.voltage_v
    ):
        raise AssertionError("the same file gives another recording")


def _check_values(recording: Recording, expected: Mapping[str, Any]) -> None:
    for name, wanted in expected.items():
        found: Any = getattr(recording, name)
        if name in _COLUMNS:
            found = (float(np.nanmin(found)), float(np.nanmax(found)))
        if not _is_near(found, wanted):
            raise AssertionError(f"{name} is {found!r}, not {wanted!r}")


def _is_near(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, (int, float, tuple, list)) and not isinstance(wanted, bool):
        return bool(
            np.allclose(found, wanted, rtol=_TOLERANCE, atol=_TOLERANCE, equal_nan=True)
        )
    return bool(found == wanted)

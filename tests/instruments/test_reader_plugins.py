"""Readers of other distributions, found by entry points."""

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest

from instruments.readers import get_reader, read_file, score
from instruments.readers.interface import Hints, Match
from instruments.readers.registry import BUILT_IN, GROUP, all_readers
from instruments.reading import ReadingError
from instruments.recording import Recording, Step, StepKind
from instruments.testing.readers import check_reader
from tests.instruments.conftest import Sample

# A whole plug-in: it needs nothing of ours but what it gives back.
PLUG_IN = '''
from pathlib import Path

import numpy as np

from instruments.readers.interface import Match
from instruments.reading import ReadingError
from instruments.recording import Recording, Step, StepKind


class Tally:
    """A tester that writes TALLY and then volts, one a second, without load."""

    name = "tally"

    def sniff(self, head, file_name):
        known = head.startswith(b"TALLY\\n")
        return Match(score=90 if known else 0, reason="starts with TALLY")

    def read(self, path, hints):
        try:
            volts = np.array([float(v) for v in path.read_text().split()[1:]])
        except ValueError as error:
            raise ReadingError("bad_row", str(error)) from error
        step = Step(
            number=1, kind=StepKind.REST, label="", start=0, stop=len(volts)
        )
        return Recording(
            reader=self.name,
            time_s=np.arange(len(volts), dtype=float),
            voltage_v=volts,
            current_a=np.zeros(len(volts)),
            steps=(step,),
        )


class Fails(Tally):
    name = "fails"

    def sniff(self, head, file_name):
        raise RuntimeError("out of order")


class Nameless:
    name = "nameless"


class Impostor(Tally):
    name = "neware_nda"


class OtherName(Tally):
    name = "other"
'''


@pytest.fixture
def plugged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Path]:
    """A distribution installed in a folder of its own."""
    folder = tmp_path / "site"
    info = folder / "tally_reader-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "tally_reader.py").write_text(PLUG_IN)
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: tally-reader\nVersion: 1.0\n"
    )
    (info / "entry_points.txt").write_text(f"[{GROUP}]\n{dedent(request.param)}\n")
    monkeypatch.syspath_prepend(str(folder))
    all_readers.cache_clear()
    yield tmp_path
    sys.modules.pop("tally_reader", None)
    all_readers.cache_clear()


def plug_in(lines: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("plugged", [lines], indirect=True)


@plug_in("tally = tally_reader:Tally")
def test_a_plug_in_is_found_by_content_and_by_name(plugged: Path) -> None:
    path = plugged / "a.bin"
    path.write_text("TALLY\n4.1 4.0 3.9")
    assert get_reader(path).name == "tally"
    recording = read_file(path)
    assert recording.voltage_v.tolist() == [4.1, 4.0, 3.9]
    assert recording.sha256 is not None
    assert read_file(path, name="tally").rows == 3


@plug_in("fails = tally_reader:Fails")
def test_one_that_fails_does_not_keep_the_others_from_reading(
    plugged: Path, sample: Sample
) -> None:
    path = sample("pec_csv", "Test25195.csv")
    assert get_reader(path).name == "pec_csv"
    reasons = {c.reader.name: c.match.reason for c in score(path)}
    assert reasons["fails"] == "it failed: RuntimeError: out of order"


@pytest.mark.parametrize(
    ("plugged", "wanted"),
    [
        ("gone = no_such_module:Reader", "ModuleNotFoundError"),
        ("nameless = tally_reader:Nameless", "it has no sniff and no read"),
        ("tally = tally_reader:OtherName", "it calls itself 'other'"),
        ("neware_nda = tally_reader:Impostor", "the name is taken"),
    ],
    indirect=["plugged"],
)
def test_a_broken_plug_in_is_one_warning(
    plugged: Path, wanted: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert {reader.name for reader in all_readers()} == set(BUILT_IN)
    assert len(caplog.records) == 1
    assert wanted in caplog.text
    all_readers()
    assert len(caplog.records) == 1


def test_our_own_are_registered_the_same_way() -> None:
    project = Path(__file__).parents[2] / "pyproject.toml"
    document = tomllib.loads(project.read_text(encoding="utf-8"))
    assert document["project"]["entry-points"][GROUP] == BUILT_IN
    assert [reader.name for reader in all_readers()] == list(BUILT_IN)


class Tally:
    """The plug-in's reader, with faults on demand."""

    name = "tally"
    known_by_name = False
    boasts = 90
    fault: Exception | None = None

    def sniff(self, head: bytes, file_name: str) -> Match:
        known = head.startswith(b"TALLY") or (
            self.known_by_name and "tally" in file_name
        )
        return Match(score=self.boasts if known else 0, reason="TALLY")

    def read(self, path: Path, hints: Hints) -> Recording:
        data = path.read_bytes()
        if self.fault is not None and data != b"TALLY 4.1 4.0":
            raise self.fault
        try:
            volts = np.array([float(v) for v in data.split()[1:]])
        except ValueError as error:
            raise ReadingError("bad_row", str(error)) from error
        step = Step(number=1, kind=StepKind.REST, label="", start=0, stop=len(volts))
        return Recording(
            reader=self.name,
            time_s=np.arange(len(volts), dtype=float),
            voltage_v=volts,
            current_a=np.zeros(len(volts)),
            steps=(step,),
        )


class ByName(Tally):
    known_by_name = True


class Shy(Tally):
    boasts = 5


class Fragile(Tally):
    fault = KeyError("volts")


class Mute(Tally):
    fault = ReadingError("", "")


def fixture_file(folder: Path) -> Path:
    path = folder / "a.tally"
    path.write_bytes(b"TALLY 4.1 4.0")
    return path


def test_check_reader_passes_a_sound_reader(tmp_path: Path) -> None:
    expected = {"rows": 2, "voltage_v": (4.0, 4.1), "reader": "tally"}
    recording = check_reader(Tally, fixture_file(tmp_path), expected)
    assert recording.duration_s == 1.0


@pytest.mark.parametrize(
    ("cls", "expected", "says"),
    [
        (Tally, {"rows": 3}, "rows is 2, not 3"),
        (Tally, {"voltage_v": (4.0, 4.2)}, "voltage_v is"),
        (ByName, {}, "with its name gets 90"),
        (Shy, {}, "its own file gets 5"),
        (Fragile, {}, "KeyError instead of ReadingError"),
        (Mute, {}, "a refusal without code or message"),
    ],
)
def test_check_reader_finds_what_is_wrong(
    cls: type[Tally], expected: dict[str, object], says: str, tmp_path: Path
) -> None:
    with pytest.raises(AssertionError, match=says):
        check_reader(cls, fixture_file(tmp_path), expected)

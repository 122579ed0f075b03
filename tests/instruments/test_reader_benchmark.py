"""The readers' benchmark reads the same records on both sides; never how fast."""

import json
from pathlib import Path

import pytest

from benchmarks import cases, readers
from benchmarks.__main__ import main
from benchmarks.rounds import Plan
from instruments.checks import Severity, run_checks
from instruments.readers import read_file

KNOWN_NAMES = {"name", "unit", "ours", "limit", "ratio", "goal"}


def test_readers_need_no_database(
    shared_data: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(readers, "RECORDS", 8_000)
    main(["readers", "--rounds", "1", "--seconds", "0.01", "--json"])
    document = json.loads(capsys.readouterr().out)
    assert [each["name"] for each in document["results"]] == [
        "readers_ndax", "readers_nested", "readers_memory",
    ]  # fmt: skip
    assert all(each.keys() >= KNOWN_NAMES for each in document["results"])
    assert "readers" in cases.ALONE


def test_the_generated_file_is_a_sound_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "RECORDS", 8_000)
    with readers.nested_file() as path:
        recording = read_file(path)
    assert (recording.rows, len(recording.steps)) == (8_000, 4)
    assert {check.severity for check in run_checks(recording)} == {Severity.OK}


def test_both_sides_must_read_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "RECORDS", 8_000)
    with readers.nested_file() as path:
        monkeypatch.setattr(readers, "RECORDS", 9_000)
        plan = Plan(rounds=1, seconds=0.01)
        with pytest.raises(ValueError, match="not read whole"):
            readers.nested_turns(path, plan)

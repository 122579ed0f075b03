"""Imports that were broken off, and their files of failed rows."""

import csv
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from battery_registry.cli.failed_file import FailedFile
from battery_registry.store.db import Database
from battery_registry.store.tables.imports import import_run
from battery_registry.wire.importing import run as importing
from battery_registry.wire.importing.failed_rows import FailedRow
from battery_registry.wire.importing.run import Block, Wish
from battery_registry.wire.importing.sheets import File
from tests.builders import Registry, make_body
from tests.cli.conftest import Run
from tests.cli.test_import import count, write_csv, write_lines
from tests.cli.test_import_wizard import anonymous, write_mapping

BAD = (10, 700, 1150)


@pytest.fixture(autouse=True)
def city(registry: Registry) -> Registry:
    """Stations, people and instruments to import for."""
    return registry


@pytest.fixture
def day(tmp_path: Path) -> Path:
    """A file of three blocks, with a bad row in each."""
    bodies = [anonymous() for _ in range(1201)]
    for number in BAD:
        bodies[number]["ocv_v"] = 500
    return write_csv(tmp_path / "day.csv", *bodies)


def break_off(
    city: Registry, file: Path, *, after_blocks: int, failed: Path | None = None
) -> None:
    """Take so many blocks in and keep their progress, then die in the next."""
    named = File(name=file.name, open=lambda: file.open("rb"))
    opened = importing.prepare(city.runtime, named, Wish(station="XC-01"))
    blocks = importing.take_in(city.runtime, opened, dry_run=False)
    with closing(FailedFile(failed)) as failing:
        for _ in range(after_blocks + 1):
            failing.write(opened.sheet, list(failed_of(next(blocks))))


def failed_of(block: Block) -> Iterator[FailedRow]:
    for one in block.taken:
        if one.refusal is not None:
            yield FailedRow(row=one.row, faults=((one.refusal.field or "", "x"),))


def numbers(failed: Path) -> list[str]:
    with failed.open(encoding="utf-8-sig", newline="") as opened:
        return [row["_row"] for row in csv.DictReader(opened)]


def test_an_import_that_was_broken_off_goes_on(
    run: Run, database: Database, day: Path, city: Registry
) -> None:
    # the second block is in the database, and its progress is not
    break_off(city, day, after_blocks=1)
    assert count(database) == 998

    done = run("import", day, "--station", "XC-01")

    assert done.stderr.startswith("goes on after row 501\n")
    assert "1201 rows read as utf-8-sig: 699 accepted, 499 duplicate, 3" in done.stdout
    assert count(database) == 1198
    again = run("import", day, "--station", "XC-01")
    assert "0 accepted, 1198 duplicate, 3 refused" in again.stdout
    assert count(database) == 1198
    with database.reading() as session:
        (finished,) = session.scalars(select(import_run.c.finished_at))
    assert finished is not None


@pytest.mark.parametrize(
    "torn",
    [b"", b"torn,in,the", b'"a quote that has no end'],
    ids=["a block written and not kept", "a torn row", "a torn quote"],
)
def test_failed_rows_of_all_parts_stand_in_the_file_once(
    run: Run, tmp_path: Path, day: Path, city: Registry, torn: bytes
) -> None:
    failed = tmp_path / "failed.csv"
    break_off(city, day, after_blocks=1, failed=failed)
    assert numbers(failed) == ["12", "702"]
    with failed.open("ab") as opened:
        opened.write(torn)

    done = run("import", day, "--station", "XC-01", "--failed", failed)

    assert "goes on after row 501" in done.stderr
    assert numbers(failed) == ["12", "702", "1152"]
    assert sorted(path.name for path in tmp_path.glob("failed*")) == ["failed.csv"]
    assert failed.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", [None, b"", b"another,file\n1,2\n", b"\xff\xfe"])
def test_with_another_file_of_failed_rows_it_begins_anew(
    run: Run,
    database: Database,
    tmp_path: Path,
    day: Path,
    city: Registry,
    content: bytes | None,
) -> None:
    break_off(city, day, after_blocks=1, failed=tmp_path / "first.csv")
    failed = tmp_path / "failed.csv"
    if content is not None:
        failed.write_bytes(content)

    done = run("import", day, "--station", "XC-01", "--failed", failed)

    assert "begins anew" in done.stderr
    assert "200 accepted, 998 duplicate, 3 refused" in done.stdout
    assert numbers(failed) == ["12", "702", "1152"]
    assert count(database) == 1198


def test_failed_lines_of_all_parts_stand_in_the_file_once(
    run: Run, tmp_path: Path, city: Registry
) -> None:
    bodies = [make_body(ocv_v=500 if n in BAD else 54.0) for n in range(1201)]
    file, failed = tmp_path / "day.jsonl", tmp_path / "failed.jsonl"
    write_lines(file, *bodies)
    break_off(city, file, after_blocks=1, failed=failed)
    with failed.open("a") as opened:
        opened.write('{"_row": 9')

    run("import", file, "--station", "XC-01", "--failed", failed)

    rows = [json.loads(line) for line in failed.read_text().splitlines()]
    assert [row["_row"] for row in rows] == [11, 701, 1151]


def test_another_mapping_is_another_import(
    run: Run, database: Database, tmp_path: Path, day: Path, city: Registry
) -> None:
    break_off(city, day, after_blocks=1)
    mapping = write_mapping(tmp_path / "m.json", constants={"shelf": "x"})
    mapping.write_text('{"constants": {"leakage": false}}')
    done = run("import", day, "--station", "XC-01", "--mapping", mapping)
    assert "goes on" not in done.stderr
    assert "200 accepted, 998 duplicate" in done.stdout
    assert count(database) == 1198


def test_a_file_that_was_changed_is_taken_from_its_beginning(
    run: Run, database: Database, day: Path, city: Registry
) -> None:
    break_off(city, day, after_blocks=1)
    lines = day.read_text().splitlines(keepends=True)
    day.write_text("".join([lines[0], *lines[2:]]))
    done = run("import", day, "--station", "XC-01")
    assert "goes on" not in done.stderr
    assert "200 accepted, 997 duplicate, 3 refused" in done.stdout
    assert count(database) == 1198


@pytest.mark.parametrize("which", ["file", "mapping"])
def test_failed_rows_never_overwrite_what_is_read(
    run: Run, database: Database, tmp_path: Path, which: str
) -> None:
    file = write_csv(tmp_path / "day.csv", make_body(ocv_v=500))
    mapping = write_mapping(tmp_path / "m.json")
    read: dict[str, Any] = {"file": file, "mapping": mapping}
    before = read[which].read_bytes()
    (tmp_path / "link").symlink_to(read[which])
    done = run(
        *("import", file, "--station", "XC-01", "--mapping", mapping),
        *("--failed", tmp_path / "link"),
    )
    assert (done.exit_code, "would overwrite" in done.stderr) == (1, True)
    assert read[which].read_bytes() == before
    assert count(database) == 0

"""Files as stations have them: their own columns, no ids, broken off, signed."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from battery_registry.services import api_keys
from battery_registry.store.db import Database
from battery_registry.store.tables.inspections import inspection
from instruments.station.exports import write_export
from instruments.station.queue import Queue
from tests.builders import NOW, Registry, make_body
from tests.cli.conftest import Run
from tests.cli.test_import import cell, count, write_csv, write_lines
from tests.wire.made_workbooks import workbook


@pytest.fixture(autouse=True)
def city(registry: Registry) -> Registry:
    """Stations, people and instruments to import for."""
    return registry


def anonymous(**changes: Any) -> dict[str, Any]:
    body = make_body(**changes)
    return {name: body[name] for name in body if name != "inspection_id"}


def write_mapping(path: Path, columns: Any = None, constants: Any = None) -> Path:
    told = {"columns": columns or {}, "constants": constants or {}}
    path.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    return path


def in_chinese(path: Path, *bodies: dict[str, Any]) -> Path:
    """A station's own file: its names of columns, and no ids."""
    renamed = [
        {{"ocv_v": "开路电压", "maker": "厂家"}.get(k, k): v for k, v in body.items()}
        for body in bodies
    ]
    return write_csv(path, *renamed, encoding="gb18030")


CHINESE = {"开路电压": "ocv_v", "厂家": "maker"}


def test_a_mapping_is_saved_for_the_station_and_used_again(
    run: Run, database: Database, tmp_path: Path
) -> None:
    mapping = write_mapping(tmp_path / "m.json", CHINESE, {"unit_kind": "pack"})
    bodies = [anonymous(unit_kind=None, maker="沃尔塔") for _ in range(2)]
    files = [in_chinese(tmp_path / f"{n}.csv", body) for n, body in enumerate(bodies)]

    refused = run("import", files[0], "--station", "XC-01")
    assert "开路电压: is no field" in refused.stderr
    assert "ocv_v: has no column" in refused.stderr
    done = run(
        *("import", files[0], "--station", "XC-01"),
        *("--mapping", mapping, "--save-mapping"),
    )
    assert done.exit_code == 0, done.stderr
    assert run("import", files[1], "--station", "XC-01").exit_code == 0
    assert count(database) == 2
    assert run("import", files[1], "--station", "HD-01").exit_code == 1


def test_rows_without_ids_are_the_same_inspections_in_any_file(
    run: Run, database: Database, tmp_path: Path
) -> None:
    bodies = [anonymous(), anonymous()]
    first = write_csv(tmp_path / "a.csv", *bodies)
    second = write_csv(tmp_path / "b.csv", anonymous(), *reversed(bodies))
    assert run("import", first, "--station", "XC-01").exit_code == 0
    done = run("import", second, "--station", "XC-01")
    assert "1 accepted, 2 duplicate" in done.stdout
    assert count(database) == 3


@pytest.mark.parametrize(
    ("mapping", "field"),
    [
        ("[]", "mapping"),
        ('{"columns": {"a": "colour"}}', "mapping.colour"),
        ('{"constants": {"colour": 1}}', "mapping.colour"),
        ('{"columns": {"a": 1}}', "columns"),
        ('{"columns": []}', "columns"),
        ('{"rows": {}}', "rows"),
    ],
)
def test_a_wrong_mapping_is_refused_by_name(
    run: Run, tmp_path: Path, mapping: str, field: str
) -> None:
    path = tmp_path / "m.json"
    path.write_text(mapping)
    file = write_csv(tmp_path / "day.csv", make_body())
    done = run("import", file, "--station", "XC-01", "--mapping", path)
    assert (done.exit_code, f"{field}: " in done.stderr) == (1, True), done.stderr


def test_two_columns_for_one_field_are_refused(run: Run, tmp_path: Path) -> None:
    mapping = write_mapping(tmp_path / "m.json", {"model": "maker"})
    file = write_csv(tmp_path / "day.csv", make_body())
    said = run("import", file, "--station", "XC-01", "--mapping", mapping).stderr
    assert "model: is the field maker, as column maker is" in said


def test_a_workbook_is_read_as_its_rows_are_seen(
    run: Run, database: Database, tmp_path: Path
) -> None:
    good, bad = make_body(cycle_count=12), make_body(ocv_v=500, cycle_count=3)
    names = list(good)
    file = tmp_path / "day.xlsx"
    file.write_bytes(
        workbook(names, *([body[n] for n in names] for body in (good, bad)))
    )
    failed = tmp_path / "failed.csv"
    done = run("import", file, "--station", "XC-01", "--failed", failed)
    assert "2 rows read as xlsx: 1 accepted, 0 duplicate, 1 refused" in done.stdout
    assert done.stderr.startswith("row 3: ocv_v: ")
    with failed.open(encoding="utf-8-sig", newline="") as opened:
        (row,) = csv.DictReader(opened)
    mended = write_csv(tmp_path / "mended.csv", {**row, "ocv_v": "54"})
    assert run("import", mended, "--station", "XC-01").exit_code == 0
    assert count(database) == 2


@pytest.mark.parametrize(
    "content",
    [workbook(["a"])[:-40], workbook(["a"]).replace(b"PK\x05\x06", b"PK\x05\x07")],
    ids=["cut", "no directory"],
)
def test_a_damaged_workbook_is_one_line(
    run: Run, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "day.xlsx"
    file.write_bytes(content)
    done = run("import", file, "--station", "XC-01")
    assert "the workbook cannot be read" in done.stderr.lower()


def test_a_dry_run_of_many_blocks_meets_what_came_before(
    run: Run, database: Database, tmp_path: Path
) -> None:
    bodies = [make_body() for _ in range(501)]
    other = {**bodies[0], "maker": "another"}
    file = write_lines(tmp_path / "day.jsonl", *bodies, bodies[0], other, [])
    told = run("import", file, "--station", "XC-01", "--dry-run").stdout
    assert "501 accepted, 1 duplicate, 2 refused" in told
    assert count(database) == 0


def export(tmp_path: Path, key: str, *bodies: dict[str, Any]) -> Path:
    with Queue(tmp_path / "queue.sqlite3") as queue:
        for body in bodies:
            queue.put(body, now=NOW)
        content = write_export(queue.entries(), key=key, now=NOW)
    file = tmp_path / "unsent.export"
    file.write_bytes(content)
    return file


def test_a_stations_signed_file_is_taken_in(
    run: Run, database: Database, tmp_path: Path, city: Registry
) -> None:
    bodies = [make_body(), make_body(ocv_v=500)]
    file = export(tmp_path, city.keys["XC-01"], *bodies)
    done = run("import", file)
    assert "2 rows read as utf-8-sig: 1 accepted, 0 duplicate, 1 refused" in done.stdout
    assert done.stderr.startswith("row 3: ocv_v: ")
    assert "another station, XC-01" in run("import", file, "--station", "HD-01").stderr
    assert run("import", file, "--station", "XC-01").exit_code == 1
    assert count(database) == 1


Change = Callable[[bytes], bytes]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda content: content.replace(b"54.2", b"54.3"), "was changed"),
        (lambda content: content[:-9], "was changed"),
        (lambda content: content.splitlines(True)[0], "was changed"),
        (lambda content: content.replace(b'"readings":1', b'"readings":2'), "changed"),
        (lambda content: content.replace(b'"key":"', b'"key":"0'), "is unknown"),
    ],
    ids=["value", "cut", "head", "count", "key"],
)
def test_a_signed_file_that_was_changed_is_refused(
    run: Run,
    database: Database,
    tmp_path: Path,
    city: Registry,
    change: Change,
    said: str,
) -> None:
    file = export(tmp_path, city.keys["XC-01"], make_body())
    file.write_bytes(change(file.read_bytes()))
    done = run("import", file)
    assert (done.exit_code, said in done.stderr) == (1, True), done.stderr
    assert count(database) == 0


def test_a_key_that_has_ended_signs_no_more(
    run: Run, tmp_path: Path, city: Registry
) -> None:
    key = city.keys["XC-01"]
    file = export(tmp_path, key, make_body())
    with city.runtime.database.writing() as session:
        api_keys.disable(session, prefix=key.split("_")[2], now=NOW)
    assert "has ended" in run("import", file).stderr
    dealer = export(tmp_path, city.keys["dealer"], make_body())
    assert "is unknown" in run("import", dealer).stderr


def test_many_rows_with_bad_ones_among_them(
    run: Run, database: Database, tmp_path: Path
) -> None:
    bodies = [anonymous() for _ in range(2000)]
    for number in range(0, 2000, 100):
        bodies[number]["ocv_v"] = 500
    file, failed = write_csv(tmp_path / "day.csv", *bodies), tmp_path / "failed.csv"
    arguments = ("import", file, "--station", "XC-01", "--failed", failed, "--json")
    told = json.loads(run(*arguments).stdout)
    assert (told["accepted"], told["refused"]) == (1980, 20)
    assert len(told["rows"]) < 1100
    with failed.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert [int(row["_row"]) for row in rows] == list(range(2, 2002, 100))
    assert {row["_field"] for row in rows} == {"ocv_v"}
    assert json.loads(run(*arguments).stdout)["duplicate"] == 1980
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(inspection)) == 1980


def test_a_long_list_of_faults_is_cut_and_counted(run: Run, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "day.csv", *(make_body(ocv_v=500) for _ in range(103)))
    done = run("import", file, "--station", "XC-01")
    assert done.stderr.endswith("and 3 faults more\n")
    assert cell(True) == "是"


def test_a_mapping_for_no_station_is_used_and_not_saved(
    run: Run, tmp_path: Path
) -> None:
    body = anonymous(station_id="XC-01")
    body["voltage"] = body.pop("ocv_v")
    mapping = write_mapping(tmp_path / "m.json", {"voltage": "ocv_v"})
    file = write_csv(tmp_path / "day.csv", body)
    arguments = ("import", file, "--mapping", mapping, "--save-mapping")
    assert run(*arguments).exit_code == 0
    assert "voltage: is no field" in run("import", file).stderr

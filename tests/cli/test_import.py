import csv
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from battery_registry.store.db import Database
from battery_registry.store.tables.inspections import inspection
from tests.builders import Registry, make_body, make_red_body
from tests.cli.conftest import Run


@pytest.fixture(autouse=True)
def city(registry: Registry) -> Registry:
    """Stations, people and instruments to import for."""
    return registry


def cell(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "no"
    return ";".join(value) if isinstance(value, list) else str(value)


def write_csv(path: Path, *bodies: dict[str, Any], encoding: str = "utf-8") -> Path:
    names = list(dict.fromkeys(name for body in bodies for name in body))
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        for body in bodies:
            row = [cell(body[name]) if name in body else "" for name in names]
            writer.writerow(row)
    return path


def write_lines(path: Path, *bodies: object) -> Path:
    lines = [json.dumps(body, ensure_ascii=False) for body in bodies]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def count(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(inspection)) or 0


def test_rows_are_taken_in_as_the_api_takes_them(
    run: Run, database: Database, tmp_path: Path
) -> None:
    file = write_csv(
        tmp_path / "day.csv",
        make_body(prior_codes=["OLD-1", "OLD-2"], maker="沃尔塔"),
        make_red_body(),
        make_body(internal_resistance_mohm=1.2e2, cell_count_series=13),
    )
    done = run("import", file, "--station", "XC-01", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert [row["verdict"] for row in told["rows"]] == ["green", "red", "green"]
    assert [row["row"] for row in told["rows"]] == [2, 3, 4]
    assert (told["accepted"], told["refused"], count(database)) == (3, 0, 3)


def test_the_same_file_twice_is_the_same_rows_once(
    run: Run, database: Database, tmp_path: Path
) -> None:
    file = write_lines(tmp_path / "day.jsonl", make_body(), make_body())
    run("import", file, "--station", "XC-01")
    done = run("import", file, "--station", "XC-01")
    assert done.exit_code == 0
    assert "2 rows read as utf-8-sig: 0 accepted, 2 duplicate, 0 refused" in done.stdout
    assert count(database) == 2


def test_a_dry_run_keeps_nothing_and_tells_the_same(
    run: Run, database: Database, tmp_path: Path
) -> None:
    body = make_body()
    file = write_csv(tmp_path / "day.csv", body, body, make_body(ocv_v=500))
    done = run("import", file, "--station", "XC-01", "--dry-run")
    assert done.exit_code == 1
    assert "1 accepted, 1 duplicate, 1 refused (dry run" in done.stdout
    assert done.stderr.startswith("row 4: ocv_v: ")
    assert count(database) == 0


def test_failed_rows_are_written_out_mended_and_imported_again(
    run: Run, database: Database, tmp_path: Path
) -> None:
    bad = make_body(ocv_v=500, leakage="perhaps", owner_name="=1+1", maker="-5")
    file = write_csv(tmp_path / "day.csv", make_body(), bad)
    failed = tmp_path / "failed.csv"
    done = run("import", file, "--station", "XC-01", "--failed", failed)
    assert (done.exit_code, count(database)) == (1, 1)
    with failed.open(encoding="utf-8-sig", newline="") as opened:
        (row,) = csv.DictReader(opened)
    assert (row["_row"], row["_field"]) == ("3", "leakage ocv_v")
    # A spreadsheet must not run what somebody wrote into a cell.
    assert (row["owner_name"], row["maker"]) == ("'=1+1", "-5")
    assert failed.stat().st_mode & 0o077 == 0
    mended = {**row, "ocv_v": "54.1", "leakage": "false"}
    again = write_csv(tmp_path / "mended.csv", mended)
    assert run("import", again, "--station", "XC-01").exit_code == 0
    assert count(database) == 2


def test_failed_lines_are_written_as_lines(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "day.jsonl"
    write_lines(file, make_body(ocv_v="54"), [], make_body())
    with file.open("a") as opened:
        opened.write("\n{not json\n")
    failed = tmp_path / "failed.jsonl"
    done = run("import", file, "--station", "XC-01", "--failed", failed)
    assert done.exit_code == 1
    rows = [json.loads(line) for line in failed.read_text().splitlines()]
    assert [row["_row"] for row in rows] == [1, 2, 5]
    assert rows[0]["_field"] == "ocv_v"
    assert rows[2]["line"] == "{not json"


def test_each_row_can_name_its_station(run: Run, tmp_path: Path) -> None:
    file = write_csv(
        tmp_path / "day.csv",
        make_body(station_id="XC-01"),
        make_body(station_id="HD-01"),
        make_body(station_id="ZZ-01"),
        make_body(),
    )
    done = run("import", file, "--json")
    told = json.loads(done.stdout)
    assert [row["status"] for row in told["rows"]] == [
        "accepted",
        "accepted",
        "refused",
        "refused",
    ]
    assert [row["faults"][0]["field"] for row in told["rows"][2:]] == ["station_id"] * 2


def test_a_row_of_another_station_is_refused(run: Run, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "day.csv", make_body(station_id="HD-01"))
    done = run("import", file, "--station", "XC-01")
    assert (done.exit_code, "row 2: station_id: " in done.stderr) == (1, True)
    assert run("import", file, "--station", "ZZ-01").stderr.startswith(
        "Error: station: "
    )


def test_more_rows_than_a_batch_are_all_taken_in(
    run: Run, database: Database, tmp_path: Path
) -> None:
    bodies = [make_body() for _ in range(501)]
    bodies[250]["ocv_v"] = 500
    file = write_csv(tmp_path / "day.csv", *bodies)
    done = run("import", file, "--station", "XC-01")
    assert "500 accepted, 0 duplicate, 1 refused" in done.stdout
    assert "row 252: ocv_v" in done.stderr
    assert count(database) == 500


def test_what_excel_in_china_writes_is_read(run: Run, tmp_path: Path) -> None:
    body = make_body(maker="沃尔塔电池")
    file = write_csv(tmp_path / "day.csv", body, encoding="gb18030")
    done = run("import", file, "--station", "XC-01")
    assert "1 rows read as gb18030: 1 accepted" in done.stdout


def test_a_broken_quote_further_down_is_told_with_its_line(
    run: Run, tmp_path: Path
) -> None:
    file = write_csv(tmp_path / "day.csv", make_body())
    file.write_text(file.read_text() + '"a"b\n')
    assert "near line 3" in run("import", file, "--station", "XC-01").stderr


def test_rows_are_numbered_as_a_spreadsheet_shows_them(
    run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "day.csv"
    write_csv(file, make_body(model="two\nlines"), make_body())
    text = file.read_text()
    file.write_text(f"{text},,\n,x{',' * 60}y\n")
    done = run("import", file, "--station", "XC-01")
    assert done.stderr.startswith("row 2: model: ")
    assert "row 5: " in done.stderr
    assert "1 accepted, 0 duplicate, 2 refused" in done.stdout


def test_a_row_that_the_database_refuses_costs_no_other_its_place(
    run: Run, database: Database, tmp_path: Path
) -> None:
    with database.writing() as session:
        session.execute(text("CREATE UNIQUE INDEX one_of_each ON batteries (model)"))
    models = ("A", "B", "A", "C")
    file = write_csv(tmp_path / "day.csv", *(make_body(model=m) for m in models))
    done = run("import", file, "--station", "XC-01")
    assert "3 accepted, 0 duplicate, 1 refused" in done.stdout
    assert done.stderr.startswith("row 4: ")
    assert count(database) == 3


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xlsx", b"PK\x03\x04", "the workbook cannot be read"),
        ("a.txt", b"", "chemistry: has no column"),
        ("a.csv", b"inspection_id,a,a\n", "a: is there twice"),
        ("a.csv", b"inspection_id,colour\n", "colour: is no field"),
        ("a.csv", b'inspection_id\n"a"b\n', "chemistry: has no column"),
        ("a.csv", b'"a"b\n', "near line 1"),
        ("a.csv", b"\xff\xff\xff", "neither text in utf-8, gb 18030"),
    ],
    ids=["workbook", "empty", "twice", "unknown", "missing", "quotes", "bytes"],
)
def test_a_file_of_another_kind_is_refused_in_one_line(
    run: Run, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    done = run("import", file, "--station", "XC-01")
    assert (done.exit_code, said in done.stderr.lower()) == (1, True), done.stderr
    assert done.stderr.count("\n") == 1


def test_a_failed_file_that_cannot_be_written_is_one_line(
    run: Run, tmp_path: Path
) -> None:
    file = write_csv(tmp_path / "day.csv", make_body(ocv_v=500))
    done = run("import", file, "--station", "XC-01", "--failed", "/nowhere/failed.csv")
    assert done.exit_code == 1
    assert "/nowhere/failed.csv cannot be written" in done.stderr

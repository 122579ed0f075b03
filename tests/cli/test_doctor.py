import json
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text, update

from battery_registry.cli import checks, runtime
from battery_registry.cli.checks import Level
from battery_registry.domain.city_time import city_date
from battery_registry.store.db import Database
from battery_registry.store.tables.cases import notice
from battery_registry.store.tables.parties import instrument, person
from tests.builders import NOW, Registry, make_red_body
from tests.cli.conftest import Run
from tests.cli.test_embedded import run as run_embedded
from tests.cli.test_import import write_lines


def findings(database: Database, level: Level) -> dict[str, str]:
    return {
        one.subject: one.told
        for one in checks.database(database, now=runtime.now())
        if one.level is level
    }


def test_a_sound_registry_is_well(run: Run, database: Database) -> None:
    done = run("doctor", "--json")
    told = json.loads(done.stdout)
    subjects = {one["subject"]: one["level"] for one in told}
    assert {"labels", "settings", "rule set", "schema", "clock", "outbox"} <= {
        subject for subject, level in subjects.items() if level == "fine"
    }
    wrong = {one["told"].split(" ")[0] for one in told if one["level"] == "WRONG"}
    # The tests' PostgreSQL is fast and forgetful on purpose.
    forgetful = {"fsync", "full_page_writes", "synchronous_commit"}
    assert wrong == (set() if database.is_sqlite else forgetful)
    assert done.exit_code == (0 if database.is_sqlite else 1)


def test_the_address_is_judged(run: Run) -> None:
    assert "is not https" in run("doctor").stdout
    local = run("doctor", BATTERY_REGISTRY_BASE_URL="http://localhost:8000")
    assert "no telephone can" in local.stdout
    public = run("doctor", BATTERY_REGISTRY_BASE_URL="https://a.example", COLUMNS="200")
    assert "address" not in public.stdout


def test_wrong_settings_are_all_told(run: Run) -> None:
    done = run("doctor", BATTERY_REGISTRY_DATA_KEY="short", DATABASE_URL="")
    assert done.exit_code == 1
    assert "DATABASE_URL is not set" in done.stdout
    assert "BATTERY_REGISTRY_DATA_KEY is not base64" in done.stdout


def test_an_unknown_rule_set_is_wrong(run: Run) -> None:
    done = run("doctor", BATTERY_REGISTRY_RULESET="cn-1999")
    assert "cn-1999 cannot be loaded" in done.stdout


def test_looking_for_a_registry_does_not_make_one(tmp_path: Path) -> None:
    done = run_embedded(tmp_path / "none", "doctor")
    assert (done.exit_code, "no registry in" in done.stdout) == (1, True)
    assert not (tmp_path / "none").exists()


def test_a_folder_that_others_can_read_is_warned_of(tmp_path: Path) -> None:
    run_embedded(tmp_path, "db", "upgrade")
    tmp_path.chmod(0o755)
    assert "others can look into" in run_embedded(tmp_path, "doctor").stdout
    tmp_path.chmod(0o700)
    assert "others can look into" not in run_embedded(tmp_path, "doctor").stdout


def test_a_schema_that_was_changed_by_hand_is_wrong(database: Database) -> None:
    with database.writing() as session:
        session.execute(text("DROP INDEX ix_notices_waiting"))
        session.execute(text("ALTER TABLE labels ADD COLUMN by_hand INTEGER"))
    assert "tables differ" in findings(database, Level.WRONG)["schema"]
    with database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    assert findings(database, Level.WRONG)["schema"].startswith("0000, this program")


def test_a_clock_that_is_behind_is_wrong(database: Database) -> None:
    early = runtime.now() - timedelta(minutes=10)
    told = {
        one.told
        for one in checks.database(database, now=early)
        if one.subject == "clock" and one.level is Level.WRONG
    }
    # SQLite has no clock of its own and, here, no inspections.
    assert len(told) == (0 if database.is_sqlite else 1)


def test_a_clock_before_the_newest_inspection_is_wrong(
    run: Run, database: Database, registry: Registry, tmp_path: Path
) -> None:
    file = write_lines(tmp_path / "day.jsonl", make_red_body())
    assert run("import", file, "--station", "XC-01").exit_code == 0
    early = runtime.now() - timedelta(minutes=10)
    told = [
        one.told
        for one in checks.database(database, now=early)
        if one.subject == "clock" and one.level is Level.WRONG
    ]
    assert "before the newest inspection" in told[-1]


def test_what_ends_soon_is_warned_of(database: Database, registry: Registry) -> None:
    today = city_date(runtime.now())
    with database.writing() as session:
        for name, days in (("EBC-1", 29), ("EBC-OLD", -1)):
            session.execute(
                update(instrument)
                .where(instrument.c.code == name)
                .where(instrument.c.station_id == registry.stations["XC-01"])
                .values(calibrated_until=today + timedelta(days=days))
            )
        session.execute(
            update(instrument)
            .where(instrument.c.station_id == registry.stations["HD-01"])
            .values(disabled_at=NOW)
        )
        session.execute(
            update(person)
            .where(person.c.sign_in == "inspector")
            .values(training_valid_until=today)
        )
        session.execute(
            update(person)
            .where(person.c.sign_in != "inspector")
            .values(training_valid_until=None)
        )
    told = [
        one.told
        for one in checks.database(database, now=runtime.now())
        if one.subject == "due"
    ]
    assert told == [
        f"calibration of EBC-OLD at XC-01 ended on {today - timedelta(days=1)}",
        f"training of inspector ends on {today}",
        f"calibration of EBC-1 at XC-01 ends on {today + timedelta(days=29)}",
    ]


def test_notices_that_nobody_delivers_are_warned_of(
    run: Run, database: Database, registry: Registry, tmp_path: Path
) -> None:
    run(
        *("import", write_lines(tmp_path / "day.jsonl", make_red_body())),
        *("--station", "XC-01"),
    )
    assert findings(database, Level.FINE)["outbox"].startswith("1 notices wait")
    with database.writing() as session:
        session.execute(
            update(notice).values(created_at=runtime.now() - timedelta(hours=2))
        )
    assert "does the worker run?" in findings(database, Level.WARNING)["outbox"]


def test_a_damaged_file_is_wrong(tmp_path: Path) -> None:
    run_embedded(tmp_path, "db", "upgrade")
    path = tmp_path / "registry.sqlite3"
    with path.open("r+b") as file:
        size = file.seek(0, 2)
        for at in range(size // 2, size, 4096):
            file.seek(at)
            file.write(b"\xff" * 1024)
    done = run_embedded(tmp_path, "doctor")
    assert (done.exit_code, "malformed" in done.stdout) == (1, True), done.stdout


def test_a_database_that_breaks_is_told_not_thrown(run: Run) -> None:
    done = run("doctor", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert done.exit_code == 1
    assert "the database: " in done.stdout

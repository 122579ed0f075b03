import json
import re

from battery_registry.services import api_keys
from battery_registry.store.db import Database
from tests.builders import NOW
from tests.cli.conftest import Run

ORG = ("org", "add", "north-checks", "--name", "北检", "--kind", "station_operator")
STATION = (
    "station",
    "add",
    "N-01",
    *("--organisation", "north-checks", "--district", "110105"),
    *("--name-zh", "北一站", "--name-en", "North 1"),
)
INSTRUMENT = (
    *("station", "instrument", "add", "N-01", "EBC-1", "--model", "EBC-B20H"),
    *("--calibrated-on", "2026-01-01", "--calibrated-until", "2027-01-01"),
)
USER = (
    *("user", "add", "li.wei", "--role", "inspector", "--organisation"),
    *("north-checks", "--staff-number", "N-0001", "--station", "N-01"),
    *("--training", "2026-01-01", "2027-01-01", "--name", "李伟"),
)
KEY = (
    *("key", "add", "--organisation", "north-checks", "--station", "N-01"),
    *("--role", "inspector", "--purpose", "station tablet"),
)


def fill(run: Run) -> None:
    for command in (ORG, STATION, INSTRUMENT):
        done = run(*command)
        assert done.exit_code == 0, done.output


def test_parties_are_added_listed_and_disabled(run: Run) -> None:
    fill(run)
    assert run(*USER).exit_code == 0
    for noun, name in (
        ("user", "li.wei"),
        ("station instrument", "N-01 EBC-1"),
        ("station", "N-01"),
        ("org", "north-checks"),
    ):
        before = json.loads(run(*noun.split(), "list", "--json").stdout)
        done = run(*noun.split(), "disable", *name.split())
        assert (done.exit_code, "disabled" in done.stdout) == (0, True)
        after = json.loads(run(*noun.split(), "list", "--json").stdout)
        assert [one["disabled_at"] for one in before] == [None]
        assert after[0]["disabled_at"].startswith("20")


def test_a_list_is_a_table_for_people(run: Run) -> None:
    fill(run)
    done = run("station", "list")
    assert done.stdout.splitlines() == [
        "code  organisation  district  name_zh  disabled_at",
        "N-01  north-checks  110105    北一站   -",
    ]
    assert run("station", "instrument", "list", "N-02").stdout.count("\n") == 1


def test_a_made_password_is_shown_once(run: Run) -> None:
    fill(run)
    done = run(*USER)
    shown = re.search(r"password \(shown once\): (\S{20})\n", done.stdout)
    assert shown is not None
    assert shown[1] not in run("user", "list", "--json").stdout


def test_a_password_comes_from_standard_input_and_is_not_shown(run: Run) -> None:
    fill(run)
    done = run(*USER, "--password-stdin", given="a long enough password\n")
    assert (done.exit_code, "password" in done.stdout) == (0, False)
    changed = run("user", "password", "li.wei", "--password-stdin", given="short\n")
    assert changed.exit_code == 1
    assert changed.stderr.startswith("Error: password: ")
    assert "shown once" in run("user", "password", "li.wei").stdout


def test_training_and_calibration_are_renewed(run: Run) -> None:
    fill(run)
    run(*USER)
    trained = run("user", "train", "li.wei", "2027-01-01", "2028-01-01")
    assert "2028-01-01" in trained.stdout
    calibrated = run(
        *("station", "instrument", "calibrate", "N-01", "EBC-1"),
        *("--calibrated-on", "2027-01-01", "--calibrated-until", "2028-06-01"),
    )
    assert calibrated.exit_code == 0
    assert "2028-06-01" in run("station", "instrument", "list").stdout


def test_names_are_not_listed(run: Run) -> None:
    fill(run)
    run(*USER)
    assert "李伟" not in run("user", "list", "--json").stdout
    assert "li.wei" in run("user", "list").stdout


def test_a_key_is_shown_once_and_works_until_disabled(
    run: Run, database: Database
) -> None:
    fill(run)
    done = run(*KEY, "--last-day", "2126-11-23")
    shown = re.search(r"key \(shown once\): (br_live_(\w{8})_\S{43})\n", done.stdout)
    assert shown is not None
    with database.reading() as session:
        found = api_keys.find_caller(session, presented=shown[1], now=NOW)
    assert found is not None
    assert found.station_code == "N-01"
    (listed,) = json.loads(run("key", "list", "--json").stdout)
    assert listed["prefix"] == shown[2]
    assert listed["expires_at"] == "2126-11-23T16:00:00+00:00"
    assert "secret" not in "".join(listed)
    assert run("key", "disable", shown[2]).exit_code == 0
    with database.reading() as session:
        assert api_keys.find_caller(session, presented=shown[1], now=NOW) is None


def test_a_key_fits_its_organisation(run: Run) -> None:
    fill(run)
    refused = run(*KEY[:-3], "admin", *KEY[-2:])
    assert refused.exit_code == 1
    assert refused.stderr.startswith("Error: role: ")
    unknown = run("key", "disable", "00000000")
    assert unknown.exit_code == 1


def test_a_refusal_is_one_line_that_names_the_field(run: Run) -> None:
    fill(run)
    done = run(*ORG)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: code: ")
    assert done.stderr.count("\n") == 1


def test_a_day_that_is_none_is_wrong_use(run: Run) -> None:
    done = run(*INSTRUMENT[:-1], "2027-02-30")
    assert done.exit_code == 2
    assert "2027-02-30 is not a day" in done.stderr

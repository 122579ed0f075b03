"""``station check``: recorded, told in words, refused by name."""

from sqlalchemy import select

from battery_registry.store.db import Database
from battery_registry.store.tables.quality import reference_check
from tests.cli.conftest import Run
from tests.cli.test_parties import fill

CHECK = (
    *("station", "check", "N-01", "EBC-1", "--quantity", "capacity_ah"),
    *("--reference", "pack R-7", "--value", "10", "--reading", "10.05"),
)
ID = "0193d9a0-0000-7000-8000-000000000001"


def test_a_check_is_recorded_once(run: Run, database: Database) -> None:
    fill(run)
    told = (*CHECK, "--at", "2026-11-20T08:30", "--id", ID)
    for _ in range(2):
        done = run(*told)
        assert done.exit_code == 0, done.output
        assert "+0.50 % off; verified until 2026-11-27 08:30" in done.stdout
    with database.reading() as session:
        rows = session.execute(select(reference_check)).all()
    assert [(str(row.check_id), row.recorded_by) for row in rows] == [
        (ID, "command-line")
    ]


def test_now_is_when_it_was_checked_unless_told(run: Run) -> None:
    fill(run)
    assert run(*CHECK).exit_code == 0


def test_what_is_wrong_is_named(run: Run) -> None:
    fill(run)
    for change, said in (
        (("--id", "7"), "check_id"),
        (("--value", "0"), "reference_value"),
        (("--at", "2019-01-01T00:00"), "checked_at"),
    ):
        done = run(*CHECK, *change)
        assert done.exit_code != 0
        assert said in done.output
    unknown = [word if word != "EBC-1" else "EBC-9" for word in CHECK]
    assert "EBC-9" in run(*unknown).output

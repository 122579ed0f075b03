from collections.abc import Iterator

import pytest
from sqlalchemy import text

from battery_registry.store import schema
from battery_registry.store.db import Database
from tests import postgresql
from tests.cli.conftest import Run


@pytest.fixture
def empty_url(postgresql_server: str) -> Iterator[str]:
    """A PostgreSQL database without any schema."""
    with postgresql.copy(postgresql_server, "template0") as url:
        yield url


def set_revision(database: Database, revision: str) -> None:
    with database.writing() as session:
        session.execute(
            text("UPDATE alembic_version SET version_num = :to"), {"to": revision}
        )


def test_the_newest_schema_is_the_newest(run: Run) -> None:
    assert run("db", "check").stdout == f"schema {schema.newest()}: the newest\n"
    assert "nothing to do" in run("db", "upgrade").stdout


def test_an_empty_postgresql_is_brought_up_only_when_asked(
    run: Run, empty_url: str
) -> None:
    checked = run("db", "check", DATABASE_URL=empty_url)
    assert (checked.exit_code, "schema empty" in checked.stderr) == (1, True)
    listed = run("org", "list", DATABASE_URL=empty_url)
    assert listed.exit_code == 1
    assert "run `battery-registry db upgrade`" in listed.stderr
    served = run("serve", DATABASE_URL=empty_url)
    assert served.exit_code == 1
    assert "run `battery-registry db upgrade`" in served.stderr
    assert "(was empty)" in run("db", "upgrade", DATABASE_URL=empty_url).stdout
    assert run("org", "list", DATABASE_URL=empty_url).exit_code == 0


def test_a_schema_of_the_future_is_left_alone(run: Run, database: Database) -> None:
    set_revision(database, "9999")
    refused = run("org", "list")
    assert refused.exit_code == 1
    assert "schema 9999 is newer than this program's" in refused.stderr
    assert schema.current(database) == "9999"
    checked = run("db", "check")
    assert (checked.exit_code, "schema 9999" in checked.stderr) == (1, True)


def test_a_database_that_cannot_be_reached_is_one_line(run: Run) -> None:
    done = run("org", "list", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: the database: ")
    assert done.stderr.count("\n") == 1


def test_an_unknown_rule_set_is_one_line(run: Run) -> None:
    done = run("org", "list", BATTERY_REGISTRY_RULESET="cn-1999")
    assert (done.exit_code, "rule set cn-1999" in done.stderr) == (2, True)


@pytest.mark.parametrize("command", ["serve", "db upgrade"])
@pytest.mark.parametrize(
    "url", ["garbage", "sqlite://", "postgresql://[::1", "postgresql://u:pw@h:port/x"]
)
def test_a_database_that_is_none_is_one_line(run: Run, command: str, url: str) -> None:
    done = run(*command.split(), DATABASE_URL=url)
    assert done.exit_code == 2
    assert done.stderr.startswith("Error: DATABASE_URL ")
    assert (done.stderr.count("\n"), "pw" in done.stderr) == (1, False)

"""Transactions, types and the schema on both databases."""

import threading
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from battery_registry.store import schema
from battery_registry.store.db import Database, NotStoredError
from battery_registry.store.ids import new_id
from battery_registry.store.tables.cases import notice
from battery_registry.store.tables.parties import district, organisation

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def an_organisation(**changes: Any) -> dict[str, Any]:
    return {
        "organisation_id": new_id(NOW),
        "code": "one",
        "name": "One",
        "kind": "dealer",
        "created_at": NOW,
        **changes,
    }


def test_migrations_make_what_the_program_needs(database: Database) -> None:
    assert schema.current(database) == schema.newest()
    assert schema.differences(database) == []


def test_upgrading_twice_changes_nothing(database: Database) -> None:
    schema.upgrade(database)
    with database.reading() as session:
        assert len(session.execute(select(district)).all()) == 16


def test_a_missing_index_is_a_difference(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("DROP INDEX ix_cases_open_by_district"))
    assert len(schema.differences(database)) == 1


def test_sqlite_is_as_durable_as_we_say(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with database.engine.connect() as connection:
        told = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    database.dispose()
    assert told == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_times_come_back_in_utc_and_naive_ones_are_refused(database: Database) -> None:
    east = NOW.astimezone(timezone(timedelta(hours=8)))
    with database.writing() as session:
        session.execute(insert(organisation).values(an_organisation(created_at=east)))
        found = session.scalar(select(organisation.c.created_at))
    assert found == NOW
    assert found is not None
    assert found.utcoffset() == timedelta(0)
    naive = insert(organisation).values(
        an_organisation(created_at=NOW.replace(tzinfo=None))
    )
    with database.reading() as session, pytest.raises(StatementError):
        session.execute(naive)


def test_json_comes_back_as_it_was(database: Database) -> None:
    payload = {"zh": "红码", "n": [1, 2.5, None, True]}
    with database.writing() as session:
        session.execute(
            insert(notice).values(
                notice_id=new_id(NOW),
                topic="t",
                payload=payload,
                created_at=NOW,
                available_at=NOW,
                attempts=0,
            )
        )
        assert session.scalar(select(notice.c.payload)) == payload


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    def work(session: Session) -> None:
        session.execute(insert(organisation).values(an_organisation()))
        raise KeyError

    with pytest.raises(KeyError):
        database.run(work)
    with database.reading() as session:
        assert session.execute(select(organisation)).all() == []


def test_rows_that_can_never_be_are_not_stored(database: Database) -> None:
    tries = []

    def work(session: Session) -> None:
        tries.append(1)
        session.execute(insert(organisation).values(an_organisation(name=None)))

    with pytest.raises(NotStoredError) as refused:
        database.run(work)
    assert isinstance(refused.value.__cause__, IntegrityError)
    assert len(tries) == 3


def test_who_lost_a_race_finds_the_winners_row(database: Database) -> None:
    """Two find nothing, both insert: the second, tried again, finds the first."""
    both_looked = threading.Barrier(2, timeout=5) if not database.is_sqlite else None
    answers = []

    def work(session: Session) -> str:
        found = session.scalar(select(organisation.c.code))
        if both_looked is not None and not both_looked.broken and found is None:
            both_looked.wait()
        if found is not None:
            return "found"
        session.execute(insert(organisation).values(an_organisation()))
        return "made"

    threads = [
        threading.Thread(target=lambda: answers.append(database.run(work)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["found", "made"]


def test_a_plain_postgresql_url_means_psycopg() -> None:
    database = Database("postgresql://somebody@127.0.0.1/none")
    assert database.url.drivername == "postgresql+psycopg"
    database.dispose()

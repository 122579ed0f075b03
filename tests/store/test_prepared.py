"""The hot way writes what SQLAlchemy would, and fails as it would."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Date, Float, bindparam, func, insert, literal, select
from sqlalchemy.exc import IntegrityError, OperationalError

from battery_registry.store import direct, prepared
from battery_registry.store.db import Database
from battery_registry.store.direct import Statement
from battery_registry.store.ids import new_id
from battery_registry.store.tables.batteries import label
from battery_registry.store.tables.cases import notice
from battery_registry.store.tables.inspections import counter

NOW = datetime(2026, 11, 23, 4, 0, 1, 234567, tzinfo=UTC)


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.engine.begin() as made:
        yield made


def make_notice(**changes: Any) -> dict[str, Any]:
    return {
        # Not the table's order: the names count, not their places.
        "payload": {"say": "it's “100 %”\n\t\\N", "list": [1, None, 2.5]},
        "notice_id": new_id(NOW),
        "topic": "battery.red_coded",
        "battery_id": None,
        "created_at": NOW,
        "available_at": NOW,
        "attempts": 0,
        **changes,
    }


def make_label(number: int) -> dict[str, Any]:
    return {"code": f"label{number:011}", "made_at": NOW}


def make_count(**changes: Any) -> dict[str, Any]:
    key = {"month": "2026-11", "district_code": "110102", "maker": "", "code": "red"}
    return {**key, "station_id": new_id(NOW), "slot": 3, "inspections": 1, **changes}


@pytest.mark.parametrize("count", [1, 6, 7, 40])
def test_rows_come_back_as_they_went(connection: Connection, count: int) -> None:
    rows = [make_notice(attempts=number) for number in range(count)]
    prepared.insert_rows(connection, notice, rows)
    found = connection.execute(select(notice).order_by(notice.c.attempts)).mappings()
    for sent, kept in zip(rows, found, strict=True):
        assert {name: kept[name] for name in sent} == sent


@pytest.mark.parametrize("count", [1, 20])
def test_counts_are_added_up(connection: Connection, count: int) -> None:
    rows = [make_count(slot=slot, inspections=2) for slot in range(count)]
    for _ in range(3):
        inserts = prepared.Inserts(connection)
        inserts.add(counter, rows, sums="inspections")
        inserts.send()
    total = connection.scalar(select(func.sum(counter.c.inspections)))
    assert total == 3 * 2 * count


def test_tables_go_together(connection: Connection) -> None:
    inserts = prepared.Inserts(connection)
    inserts.add(label, [make_label(1), make_label(2)])
    inserts.add(notice, [make_notice()])
    inserts.send()
    counts = [
        connection.scalar(select(func.count()).select_from(t)) for t in (label, notice)
    ]
    assert counts == [2, 1]


def test_many_and_few_keep_their_order(connection: Connection) -> None:
    inserts = prepared.Inserts(connection)
    inserts.add(label, [make_label(number) for number in range(30)])
    inserts.add(notice, [make_notice()])
    inserts.send()
    assert connection.scalar(select(func.count()).select_from(label)) == 30
    assert connection.scalar(select(func.count()).select_from(notice)) == 1


def test_nothing_is_nothing(connection: Connection) -> None:
    prepared.Inserts(connection).send()
    assert connection.scalar(select(func.count()).select_from(label)) == 0


@pytest.mark.parametrize("count", [2, 20])
def test_a_broken_rule_is_sqlalchemys_error(database: Database, count: int) -> None:
    twice = [make_label(1)] * count
    with pytest.raises(IntegrityError), database.engine.begin() as connection:
        prepared.insert_rows(connection, label, twice)


def test_a_statement_gives_what_the_types_give(database: Database) -> None:
    mine = make_notice()
    with database.writing() as session:
        session.execute(insert(notice), [mine, make_notice()])
        asked = Statement(
            select(notice.c.notice_id, notice.c.payload, notice.c.created_at)
            .where(notice.c.notice_id == bindparam("of_notice"))
            .where(notice.c.attempts == 0)
        )
        for _ in range(2):
            rows = asked.run(session, of_notice=mine["notice_id"])
            assert rows == [(mine["notice_id"], mine["payload"], NOW)]


def test_a_statement_reads_numbers_and_days(database: Database) -> None:
    with database.writing() as session:
        asked = Statement(
            select(
                literal(2.5, Float), literal(date(2026, 11, 23), Date), literal(True)
            ).where(label.c.code == bindparam("of_code"))
        )
        prepared.insert_rows(session.connection(), label, [make_label(1)])
        rows = asked.run(session, of_code=make_label(1)["code"])
    assert rows == [(2.5, date(2026, 11, 23), True)]


def test_values_are_padded_to_few_lengths() -> None:
    assert direct.padded(["a"]) == (["a"], 1)
    assert direct.padded(["a", "b"]) == (["a", "b", "b", "b", "b", "b"], 6)
    lengths = {direct.padded(range(size))[1] for size in range(1, 501)}
    assert len(lengths) <= 4


def test_a_broken_connection_is_thrown_away(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    try:
        with pytest.raises(OperationalError):
            _ask_on_a_broken_connection(database)
        with database.reading() as session:
            assert Statement(select(label.c.code)).run(session) == []
    finally:
        database.dispose()


def _ask_on_a_broken_connection(database: Database) -> None:
    with database.writing() as session:
        own = session.connection().exec_driver_sql("SELECT pg_backend_pid()").scalar()
        # From another connection, as a restart would end it.
        with database.engine.connect() as other:
            other.exec_driver_sql(f"SELECT pg_terminate_backend({own})")
        Statement(select(label.c.code)).run(session)

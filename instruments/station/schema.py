"""The tables of a station's queue, and how older files become newer ones."""

import sqlite3

_FIRST = """
create table if not exists outbox(
  id integer primary key,
  key text not null unique,
  name text not null,
  body text not null,
  body_sha256 text not null,
  source_sha256 text unique,
  state text not null check(state in('queued','sent','refused')),
  tries integer not null,
  due real not null,
  last_error text,
  receipt text,
  made_at text not null,
  sent_at text,
  replaced_by text
) strict;
create index if not exists outbox_state_due on outbox(state, due);
create table if not exists sender(
  id integer primary key check(id = 1),
  holder text,
  until real not null,
  not_before real not null
) strict;
insert or ignore into sender(id, holder, until, not_before) values(1, null, 0, 0);
"""
_WITH_FILES = """
alter table outbox add column replaces text;
create table files(
  sha256 text primary key,
  name text not null,
  size integer not null,
  stored_at text not null,
  uploaded_at text,
  refused text
) strict;
create table attached(
  sha256 text not null references files(sha256),
  key text not null references outbox(key),
  primary key(sha256, key)
) strict, without rowid;
"""
_WITH_WARNINGS = """
alter table outbox add column warnings text;
"""
_WITH_CLOCK = """
alter table outbox add column clock text;
"""
_STEPS = (_FIRST, _WITH_FILES, _WITH_WARNINGS, _WITH_CLOCK)


def prepare(db: sqlite3.Connection) -> None:
    """Bring a queue's file to this version; one of a newer version is left alone.

    Raises:
        sqlite3.Error: The file is no queue, or the disk refuses.
    """
    db.execute("pragma journal_mode=wal")
    db.execute("pragma synchronous=full")
    if _version(db) >= len(_STEPS):
        return
    db.execute("begin immediate")
    try:
        # another process may have been first
        for number, step in enumerate(_STEPS, start=1):
            if number > _version(db):
                _run(db, step)
                db.execute(f"pragma user_version={number}")
        db.execute("commit")
    except BaseException:
        if db.in_transaction:
            db.execute("rollback")
        raise


def _run(db: sqlite3.Connection, step: str) -> None:
    # executescript would end the transaction
    for statement in step.split(";\n"):
        if statement.strip():
            db.execute(statement)


def _version(db: sqlite3.Connection) -> int:
    (version,) = db.execute("pragma user_version").fetchone()
    return int(version)

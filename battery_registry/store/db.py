"""The database: one engine, transactions that write, reads that do not.

SQLite (WAL, ``synchronous=FULL``) is the embedded default, PostgreSQL is
production. Writers on SQLite begin IMMEDIATE, so two of them wait for each
other at the door instead of failing at the end.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, MetaData, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from battery_registry.domain import Kind, RegistryError
from battery_registry.domain.canonical import plain_json

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_BUSY_TIMEOUT_MS = 10_000
# How long a reader may wait for what is written on the side.
_HASTE_MS = 200
_POSTGRESQL_ARGUMENTS = {"options": "-c timezone=utc"}
_ATTEMPTS = 3
_SERIALIZATION_STATES = {"40001", "40P01"}

Result = TypeVar("Result")


class LostRaceError(Exception):
    """Another transaction took what this one had found free; try again."""


_IN_THE_WAY = (IntegrityError, DataError, OperationalError, LostRaceError)


class NotStoredError(RegistryError):
    """The database did not take it; nothing of it was written."""

    code = "not_stored"
    kind = Kind.UNAVAILABLE


class Database:
    """Opens the transactions of a face.

    Args:
        url: SQLAlchemy URL; ``postgresql://`` means psycopg 3.
        pool_size: Connections kept, at most as many again beyond them.
    """

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        """Make the engine; nothing is opened yet."""
        self.url = make_url(url)
        if self.url.drivername in {"postgresql", "postgres"}:
            self.url = self.url.set(drivername="postgresql+psycopg")
        self.engine = _make_engine(self.url.render_as_string(False), pool_size)
        self.read_engine = (
            self.engine if self.is_sqlite else self._make_reads(pool_size)
        )
        self._writes = self.engine.execution_options(begin_immediate=True)
        self._hasty = self.engine.execution_options(begin_immediate=True, hasty=True)

    @property
    def is_sqlite(self) -> bool:
        """Whether the embedded database is in use."""
        return self.engine.dialect.name == "sqlite"

    def _make_reads(self, pool_size: int) -> Engine:
        # One-statement reads need no BEGIN and ROLLBACK of their own, which on
        # PostgreSQL are two round trips, nor anything undone afterwards.
        return create_engine(
            self.engine.url,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_reset_on_return=None,
            isolation_level="AUTOCOMMIT",
            connect_args=_POSTGRESQL_ARGUMENTS,
            json_serializer=plain_json,
        )

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Open the one transaction of a request that changes something."""
        session = Session(self._writes, expire_on_commit=False)
        with session, session.begin():
            yield session

    def run(self, work: Callable[[Session], Result]) -> Result:
        """Do work in one transaction, again when another one came in its way.

        Raises:
            NotStoredError: The rows break a rule of the database's own, and
                do so again, or the database is too busy.
        """
        for attempt in range(_ATTEMPTS):
            try:
                with self.writing() as session:
                    return work(session)
            except _IN_THE_WAY as error:
                # Two that register the same battery at once: the one that
                # lost finds it registered when it tries again.
                if attempt == _ATTEMPTS - 1 or not _is_worth_another(error):
                    raise NotStoredError from error
        raise AssertionError  # pragma: no cover - the loop returns or raises

    def attempt(self, work: Callable[[Session], object]) -> bool:
        """Do work that may as well be left undone, and wait for nobody.

        For what a question writes on the side: whoever asks gets the answer,
        also of a database that is locked or takes no writes.

        Returns:
            Whether it is done.
        """
        session = Session(self._hasty, expire_on_commit=False)
        try:
            with session, session.begin():
                if not self.is_sqlite:
                    session.connection().exec_driver_sql(
                        f"SET LOCAL lock_timeout = {_HASTE_MS}"
                    )
                work(session)
        except (DBAPIError, LostRaceError):
            return False
        return True

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session that only reads."""
        with Session(self.read_engine, autoflush=False) as session:
            yield session

    @contextmanager
    def asking(self) -> Iterator[Connection]:
        """Open a bare connection, for one question that needs no transaction.

        Only for statements of ``store.direct``, each of which is whole by itself.
        """
        with self.read_engine.connect() as connection:
            yield connection

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()
        self.read_engine.dispose()


def _is_worth_another(error: DBAPIError | LostRaceError) -> bool:
    if isinstance(error, LostRaceError | IntegrityError):
        return True
    return getattr(error.orig, "sqlstate", None) in _SERIALIZATION_STATES


def _make_engine(url: str, pool_size: int) -> Engine:
    if url.startswith("sqlite"):
        engine = create_engine(
            url,
            pool_size=pool_size,
            max_overflow=pool_size,
            json_serializer=plain_json,
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        connect_args=_POSTGRESQL_ARGUMENTS,
        json_serializer=plain_json,
    )


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own BEGIN comes too late and is never IMMEDIATE.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={_BUSY_TIMEOUT_MS}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    begin = "BEGIN IMMEDIATE" if options.get("begin_immediate") else "BEGIN"
    if not options.get("hasty"):
        connection.exec_driver_sql(begin)
        return
    connection.exec_driver_sql(f"PRAGMA busy_timeout={_HASTE_MS}")
    try:
        connection.exec_driver_sql(begin)
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}")

"""One run: a database, a city, two servers, the cases."""

import base64
import os
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from battery_registry import settings
from battery_registry.store import schema
from battery_registry.store.db import Database
from benchmarks import city, engines, limit, machine, servers
from benchmarks.cases import ALONE, CASES, Bench, Result
from benchmarks.city import City
from benchmarks.rounds import Plan

Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """What to run.

    Args:
        cases: Names of cases.
        engine: ``postgresql`` or ``sqlite``.
        batteries: How many were tested before.
        packs: How many batteries a rescore is measured with.
        plan: How often and how long each case is measured.
    """

    cases: Sequence[str]
    engine: str
    batteries: int
    packs: int
    plan: Plan


def run(options: Options, say: Say) -> tuple[dict[str, Any], list[Result]]:
    """Run the cases; gives the machine and the results.

    Raises:
        UnequalWorkError: Ours and its limit do not do the same work.
        NotDurableError: The database does not wait for the disk.
    """
    alone = [
        result
        for name in options.cases
        if name in ALONE
        for result in ALONE[name](options.plan)
    ]
    served = [name for name in options.cases if name in CASES]
    if not served:
        return machine.describe(None), alone
    told, results = _run_served(options, served, say)
    return told, [*results, *alone]


def _run_served(
    options: Options, served: Sequence[str], say: Say
) -> tuple[dict[str, Any], list[Result]]:
    now = datetime.now(UTC)
    with engines.started(options.engine) as (url, folder):
        before = machine.fsync_us(folder)
        environ = _environment(url)
        with _migrated(url) as database:
            say(f"{options.batteries} batteries on {options.engine} …")
            built = city.build(
                settings.from_environment(environ), batteries=options.batteries, now=now
            )
            engines.settle(database)
            told = machine.describe(database)
            with (
                servers.served(servers.OURS, environ) as ours,
                servers.served(servers.LIMIT, _limit(url, built)) as bare,
            ):
                bench = Bench(
                    database=database,
                    environ=environ,
                    city=built,
                    ours=ours,
                    limit=bare,
                    plan=options.plan,
                    packs=options.packs,
                    now=now,
                )
                results = [result for name in served for result in CASES[name](bench)]
        told["fsync_us"] = {"before": before, "after": machine.fsync_us(folder)}
        return told, results


@contextmanager
def _migrated(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        engines.refuse_careless(database)
        schema.upgrade(database)
        yield database
    finally:
        database.dispose()


def _environment(url: str) -> Mapping[str, str]:
    """The service's environment, with keys for this run only."""
    keys = {
        f"BATTERY_REGISTRY_{name}_KEY": base64.b64encode(
            secrets.token_bytes(32)
        ).decode()
        for name in ("SECRET", "DATA", "LOOKUP", "SIGNING")
    }
    own = {name: value for name, value in os.environ.items() if _is_foreign(name)}
    return {
        **own,
        **keys,
        "DATABASE_URL": url,
        "BATTERY_REGISTRY_BASE_URL": "http://127.0.0.1:8000",
    }


def _is_foreign(name: str) -> bool:
    return name != "DATABASE_URL" and not name.startswith("BATTERY_REGISTRY_")


def _limit(url: str, built: City) -> Mapping[str, str]:
    return {
        **os.environ,
        limit.DATABASE: url,
        limit.PATTERN: str(built.pattern),
        limit.TABLES: ",".join(built.tables),
    }

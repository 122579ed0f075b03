"""Fill an empty database: enrol, measure, send, hand over."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from battery_registry import settings
from battery_registry.cli import embedded, runtime
from battery_registry.cli.demo import enrol, packs, record, stations, walk
from battery_registry.cli.demo.record import PackRecord, Record
from battery_registry.cli.failure import FailedError
from battery_registry.context import Runtime
from battery_registry.domain.city_time import city_date
from battery_registry.services import enrolment
from battery_registry.store import schema
from battery_registry.store.vault import Vault

_DATABASE = ("DATABASE_URL", "DATABASE_URL_FILE")


def environment(
    given: Mapping[str, str], *, data: Path, port: int, base_url: str | None = None
) -> dict[str, str]:
    """Complete the environment: keys and SQLite in the demo's own folder.

    A database or keys that are set already are used instead.
    """
    rest = {name: value for name, value in given.items() if name not in _DATABASE}
    if not embedded.is_embedded(rest):
        return {embedded.BASE_URL: f"http://127.0.0.1:{port}", **given}
    embedded.prepare(data)
    own = embedded.complete({**rest, embedded.DATA: str(data)}, port=port)
    database = {name: given[name] for name in _DATABASE if given.get(name)}
    if database:
        del own["DATABASE_URL"]
    fixed = {embedded.BASE_URL: base_url} if base_url else {}
    return {**own, **database, **fixed}


@contextmanager
def opened(environ: Mapping[str, str]) -> Iterator[Runtime]:
    """Open the demo's database, and make its schema if there is none yet."""
    options = settings.from_environment(environ)
    with runtime.opened_database(options) as database:
        if schema.current(database) is None:
            schema.upgrade(database)
        runtime.bring_up(database)
        ruleset = runtime.load_ruleset(options.ruleset_id)
        runtime.check_live(database, ruleset)
        yield Runtime(
            settings=options,
            database=database,
            vault=Vault(data_key=options.data_key, lookup_key=options.lookup_key),
            ruleset=ruleset,
            clock=runtime.now,
        )


def refuse_filled(registry: Runtime) -> None:
    """Refuse a database that somebody uses, or that was filled only in part.

    Raises:
        FailedError: It has organisations.
    """
    with registry.database.reading() as session:
        if enrolment.list_organisations(session):
            raise FailedError(
                "the database is not empty, and what the demo remembers of it is not"
                " there; name an empty folder with --data, or another DATABASE_URL"
            )


def fill(
    registry: Runtime,
    *,
    url: str,
    data: Path,
    count: int,
    seed: int,
    say: Callable[[str], None],
) -> Record:
    """Fill the database through a running server.

    Args:
        registry: The same database, for the enrolment.
        url: The server's address.
        data: The demo's folder.
        count: How many packs.
        seed: What they are.
        say: Tells the operator how far it is.
    """
    say("enrolling organisations, stations and people")
    access = enrol.enrol(registry)
    stations.set_up(data, access, url=url)
    planned = packs.plan(count=count, seed=seed, today=city_date(registry.clock()))
    say(f"measuring {count} packs with simulated instruments")
    stations.measure(data, planned, seed=seed)
    say("sending the readings")
    receipts = stations.send(data, planned)
    say("handing over the red packs")
    with httpx.Client(base_url=url, timeout=30) as client:
        walk.walk(client, access, planned, receipts)
    made = Record(
        seed=seed,
        access=access,
        packs=tuple(
            PackRecord(name=pack.name, code=receipts[pack.name]["code"])
            for pack in planned
        ),
    )
    record.write(data, made)
    return made

"""How often a stranger may ask; counted in SQL, so that all servers count alike."""

from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any, ClassVar, Final

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from battery_registry.domain import Kind, RegistryError
from battery_registry.store.tables.resale import asked_count
from battery_registry.store.vault import Vault

WINDOW: Final = timedelta(minutes=10)
MOST_SERIALS: Final = 60
MOST_BY_OWNERS: Final = 10
_KEPT: Final = timedelta(hours=1)


class AskedTooOftenError(RegistryError):
    """Somebody asked too often from one address; later, please."""

    code: ClassVar[str] = "asked_too_often"
    kind: ClassVar[Kind] = Kind.TOO_MANY


def count(
    session: Session, *, what: str, address: str, most: int, vault: Vault, now: datetime
) -> None:
    """Count one question, in a transaction of its own so that it stays counted.

    The address itself is not kept: only a keyed hash that is another one in
    each window.

    Args:
        session: A transaction that writes.
        what: What was asked; counted apart from other things.
        address: Where the question came from.
        most: How many are answered in ten minutes.
        vault: Hashes the address.
        now: The time of the request, aware.

    Raises:
        AskedTooOftenError: There were that many already.
    """
    seconds = int(now.timestamp())
    window = now - timedelta(
        seconds=seconds % int(WINDOW.total_seconds()), microseconds=now.microsecond
    )
    asker = vault.mac(f"asker:{what}:{window.isoformat()}", _network(address))
    asked = session.execute(_counting(session, window, asker)).scalar_one()
    if asked > most:
        raise AskedTooOftenError(minutes=int(WINDOW.total_seconds() // 60))
    if asked == 1:
        session.execute(delete(asked_count).where(asked_count.c.window < now - _KEPT))


def _network(address: str) -> bytes:
    """Take all addresses of one IPv6 line, which one asker has, for one."""
    try:
        told = ip_address(address)
    except ValueError:
        return address.encode()
    return told.packed[:8] if told.version == 6 else told.packed


def _counting(session: Session, window: datetime, asker: bytes) -> Any:
    dialect = session.get_bind().dialect.name
    chosen = postgresql if dialect == "postgresql" else sqlite
    return (
        chosen.insert(asked_count)
        .values(window=window, asker_mac=asker, asked=1)
        .on_conflict_do_update(
            index_elements=["window", "asker_mac"],
            set_={"asked": asked_count.c.asked + 1},
        )
        .returning(asked_count.c.asked)
    )

"""Keep what a maker declares: a new version, and a leaf if it is of a battery."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Table, and_, insert, select
from sqlalchemy.orm import Session

from battery_registry.domain.caller import Caller
from battery_registry.domain.code import PublicCode
from battery_registry.domain.declarations import (
    Declaration,
    DeclarationBatteryError,
    Subject,
    name_key,
)
from battery_registry.domain.ledger import LeafKind
from battery_registry.services import ledger
from battery_registry.store.ids import new_id
from battery_registry.store.tables.batteries import label
from battery_registry.store.tables.declarations import (
    battery_declaration,
    model_declaration,
)
from battery_registry.store.writes import Writes


def declare(
    session: Session, *, told: Declaration, caller: Caller, now: datetime
) -> bool:
    """Keep a declaration as the newest version; older ones stay.

    What says the same as the newest is not kept twice.

    Args:
        session: The transaction.
        told: The declaration.
        caller: Who hands it in on behalf of the maker.
        now: The time of the request, aware.

    Returns:
        Whether it says anything new.

    Raises:
        DeclarationBatteryError: No battery has the label.
    """
    battery_id = None
    if told.subject.public_code is not None:
        battery_id = _battery(session, told.subject.public_code)
    table, key = _place(told.subject, battery_id)
    newest = _newest(session, table, {**key, "aspect": told.aspect.value})
    if newest and (newest.content, newest.source) == (told.content, told.source):
        return False
    # Two at the same instant make one version: the later one tries again.
    values = {
        **key,
        "aspect": told.aspect.value,
        "version": newest.version + 1 if newest else 1,
        "declaration_id": new_id(now),
        "content": dict(told.content),
        "source": told.source,
        "declared_at": now,
        "declared_by": caller.organisation_code,
        "declared_actor": caller.actor,
    }
    if battery_id is None:
        named = {"maker": told.subject.maker, "model": told.subject.model}
        session.execute(insert(table).values(**values, **named))
    else:
        session.execute(insert(table).values(**values))
        _seal(session, battery_id, values, now)
    return True


def _battery(session: Session, public_code: PublicCode) -> UUID:
    bound = select(label.c.battery_id).where(label.c.code == public_code)
    battery_id: UUID | None = session.scalar(bound)
    if battery_id is None:
        raise DeclarationBatteryError(field="code")
    return battery_id


def _place(subject: Subject, battery_id: UUID | None) -> tuple[Table, dict[str, Any]]:
    if subject.maker is None or subject.model is None:
        return battery_declaration, {"battery_id": battery_id}
    return model_declaration, {
        "maker_key": name_key(subject.maker),
        "model_key": name_key(subject.model),
    }


def _newest(
    session: Session, table: Table, key: Mapping[str, Any]
) -> Row[*tuple[Any, ...]] | None:
    of_key = and_(*(table.c[name] == value for name, value in key.items()))
    wanted = select(table.c.version, table.c.content, table.c.source)
    return session.execute(
        wanted.where(of_key).order_by(table.c.version.desc()).limit(1)
    ).one_or_none()


def _seal(
    session: Session, battery_id: UUID, values: Mapping[str, Any], now: datetime
) -> None:
    writes = Writes()
    ledger.seal(
        writes,
        kind=LeafKind.DECLARATION,
        battery_id=battery_id,
        subject_id=values["declaration_id"],
        content={
            "declaration_id": str(values["declaration_id"]),
            "aspect": values["aspect"],
            "version": values["version"],
            "content": values["content"],
            "source": values["source"],
            "declared_by": values["declared_by"],
        },
        now=now,
    )
    writes.flush(session)

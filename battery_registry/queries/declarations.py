"""Find what makers declared: every version, and what is in force for a passport."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Table, exists, select, tuple_
from sqlalchemy.orm import Session

from battery_registry.domain.code import PublicCode
from battery_registry.domain.declarations import Subject, name_key
from battery_registry.domain.passport import Declared, pointers
from battery_registry.domain.passport_attributes import Aspect
from battery_registry.queries import keyset
from battery_registry.queries.keyset import Position
from battery_registry.store.tables.batteries import battery, label
from battery_registry.store.tables.declarations import (
    battery_declaration,
    model_declaration,
)

PAGE: Final = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class DeclarationRecord:
    """One version of what was declared of an aspect.

    Args:
        declaration_id: Its id.
        maker: Of whose model; None if it is one battery's.
        model: Of which model.
        public_code: Of which battery; None if it is a model's.
        aspect: Which aspect.
        version: 1 for the first.
        is_in_force: No later one has replaced it.
        content: The attributes.
        source: Where the maker says so.
        declared_at: When, UTC.
        declared_by: Code of the organisation that handed it in.
    """

    declaration_id: UUID
    maker: str | None
    model: str | None
    public_code: PublicCode | None
    aspect: Aspect
    version: int
    is_in_force: bool
    content: Mapping[str, Any]
    source: str
    declared_at: datetime
    declared_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DeclarationPage:
    """A page of versions, the newest first."""

    items: tuple[DeclarationRecord, ...]
    next_cursor: str | None


def _is_newest(table: Table) -> ColumnElement[bool]:
    later = table.alias("later")
    key = [column.name for column in table.primary_key if column.name != "version"]
    same = [later.c[name] == table.c[name] for name in key]
    return ~exists().where(*same, later.c.version > table.c.version)


_OF_MODELS: Final = select(
    model_declaration, _is_newest(model_declaration).label("is_in_force")
)
_OF_BATTERIES: Final = select(
    battery_declaration,
    _is_newest(battery_declaration).label("is_in_force"),
    battery.c.public_code,
).join(battery, battery.c.battery_id == battery_declaration.c.battery_id)


def find_all(
    session: Session,
    *,
    maker: str | None = None,
    model: str | None = None,
    public_code: PublicCode | None = None,
    cursor: str | None = None,
) -> DeclarationPage:
    """Find a page of declarations: one battery's, or models'.

    Args:
        session: Where to read.
        maker: Of this maker's models only.
        model: Of models of this name only.
        public_code: Of the battery that bears or bore this label.
        cursor: Where the page before ended.

    Raises:
        CursorError: The cursor is not one of this list.
    """
    wanted = _of(maker=maker, model=model, public_code=public_code)
    table = _table(public_code)
    order = (table.c.declared_at, table.c.declaration_id)
    wanted = wanted.order_by(*(column.desc() for column in order))
    if cursor is not None:
        after = keyset.read(cursor)
        wanted = wanted.where(tuple_(*order) < (after.at, after.key))
    rows = session.execute(wanted.limit(PAGE + 1)).all()
    items = tuple(_record(row) for row in rows[:PAGE])
    if len(rows) <= PAGE:
        return DeclarationPage(items=items, next_cursor=None)
    last = Position(at=items[-1].declared_at, key=items[-1].declaration_id)
    return DeclarationPage(items=items, next_cursor=keyset.write(last))


def get_in_force(
    session: Session, *, subject: Subject, aspect: Aspect
) -> DeclarationRecord:
    """Get the version that was declared last.

    Args:
        session: Where to read.
        subject: Of what; something was declared of it.
        aspect: Which aspect.
    """
    wanted = _of(
        maker=subject.maker, model=subject.model, public_code=subject.public_code
    )
    table = _table(subject.public_code)
    newest = wanted.where(table.c.aspect == aspect.value, _is_newest(table))
    return _record(session.execute(newest).one())


def find_in_force(
    session: Session, *, battery_id: UUID, maker: str | None, model: str | None
) -> Declared:
    """Find what is declared of a battery: its own values over its model's.

    Args:
        session: Where to read.
        battery_id: The battery.
        maker: Its maker, None when it is not known.
        model: Its model, None when it is not known.
    """
    told: dict[Aspect, dict[str, Any]] = {}
    own = battery_declaration
    found: list[Row[*tuple[Any, ...]]] = []
    if maker is not None and model is not None:
        of_model = select(model_declaration.c.aspect, model_declaration.c.content)
        found += session.execute(
            of_model.where(
                model_declaration.c.maker_key == name_key(maker),
                model_declaration.c.model_key == name_key(model),
                _is_newest(model_declaration),
            )
        ).all()
    found += session.execute(
        select(own.c.aspect, own.c.content).where(
            own.c.battery_id == battery_id, _is_newest(own)
        )
    ).all()
    for aspect, content in found:
        told.setdefault(Aspect(aspect), {}).update(pointers(content))
    return told


def _table(public_code: PublicCode | None) -> Table:
    return model_declaration if public_code is None else battery_declaration


def _of(
    *, maker: str | None, model: str | None, public_code: PublicCode | None
) -> Select[Any]:
    if public_code is not None:
        bound = select(label.c.battery_id).where(label.c.code == public_code)
        return _OF_BATTERIES.where(
            battery_declaration.c.battery_id == bound.scalar_subquery()
        )
    wanted, keys = _OF_MODELS, model_declaration.c
    for column, name in ((keys.maker_key, maker), (keys.model_key, model)):
        if name is not None:
            wanted = wanted.where(column == name_key(name))
    return wanted


def _record(row: Row[*tuple[Any, ...]]) -> DeclarationRecord:
    told = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for it
    return DeclarationRecord(
        declaration_id=row.declaration_id,
        maker=told.get("maker"),
        model=told.get("model"),
        public_code=told.get("public_code"),
        aspect=Aspect(row.aspect),
        version=row.version,
        is_in_force=bool(row.is_in_force),
        content=row.content,
        source=row.source,
        declared_at=row.declared_at,
        declared_by=row.declared_by,
    )

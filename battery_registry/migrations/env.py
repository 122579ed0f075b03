"""Run migrations on the connection that the caller opened."""

from typing import Literal

from alembic import context

from battery_registry.store.tables import metadata
from battery_registry.store.types import Json, UtcTime


def _render(kind: str, item: object, _context: object) -> str | Literal[False]:
    # A revision is frozen: it may not lean on types that change later.
    if kind == "type" and isinstance(item, UtcTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Json):
        return "sa.JSON()"
    return False


def run() -> None:
    """Run inside one transaction: a failed upgrade leaves nothing behind."""
    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_item=_render,
        compare_type=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()

"""Keep what a battery can be asked for by before a sale."""

from typing import Final
from uuid import UUID

from battery_registry.domain import sale_keys
from battery_registry.domain.code import PublicCode
from battery_registry.domain.identifiers import MakerCode
from battery_registry.store.tables.resale import sale_key
from battery_registry.store.writes import Writes

LABEL: Final = "label"


def add_label(writes: Writes, *, battery_id: UUID, public_code: PublicCode) -> None:
    """Let a battery be asked for by the code of its label."""
    writes.add(
        sale_key,
        battery_id=battery_id,
        scheme=LABEL,
        issuer="",
        value=public_code,
        prefix=sale_keys.prefix(public_code),
        skeleton=None,
    )


def add_serial(writes: Writes, *, battery_id: UUID, code: MakerCode) -> None:
    """Let a battery be asked for by a maker's code."""
    writes.add(
        sale_key,
        battery_id=battery_id,
        scheme=code.scheme.value,
        issuer=code.issuer,
        value=code.value,
        prefix=sale_keys.prefix(code.value),
        skeleton=sale_keys.skeleton(code.value),
    )

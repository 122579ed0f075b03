"""Keys of machines as their operator sees them: everything but the secret."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from battery_registry.domain.roles import Role
from battery_registry.store.tables.parties import api_key, organisation, station


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    """A key without its secret, which nobody knows any more."""

    prefix: str
    organisation_code: str
    station_code: str | None
    role: Role
    purpose: str
    created_at: datetime
    expires_at: datetime | None
    disabled_at: datetime | None


def list_keys(session: Session) -> tuple[Key, ...]:
    """List all keys, the disabled and expired ones too, the oldest first."""
    rows = session.execute(
        select(
            api_key.c.prefix,
            organisation.c.code.label("organisation_code"),
            station.c.code.label("station_code"),
            api_key.c.role,
            api_key.c.purpose,
            api_key.c.created_at,
            api_key.c.expires_at,
            api_key.c.disabled_at,
        )
        .join(organisation, organisation.c.organisation_id == api_key.c.organisation_id)
        .outerjoin(station, station.c.station_id == api_key.c.station_id)
        .order_by(api_key.c.created_at, api_key.c.prefix)
    )
    return tuple(Key(**{**row, "role": Role(row["role"])}) for row in rows.mappings())

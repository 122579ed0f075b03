"""Personal data that came with an inspection: sealed, found by keyed hash."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Table, insert, select
from sqlalchemy.orm import Session

from battery_registry.domain.city_time import city_date
from battery_registry.domain.submission import Contact
from battery_registry.store.ids import new_id
from battery_registry.store.tables.batteries import (
    battery_owner,
    battery_vehicle,
    owner,
    vehicle,
)
from battery_registry.store.vault import Vault

# A year until the next inspection is due, and ninety days to reach the owner.
RETENTION = timedelta(days=365 + 90)


class Contacts:
    """Keeps who and what a battery belongs to.

    Args:
        session: The transaction of the inspection.
        vault: Seals what is kept, hashes what is looked up.
        now: The time of the request.
    """

    def __init__(self, session: Session, *, vault: Vault, now: datetime) -> None:
        """Remember where, how and when to keep."""
        self._session = session
        self._vault = vault
        self._now = now

    def keep(self, contact: Contact, *, battery_id: UUID) -> None:
        """Bind the battery to its vehicle and its owner, where they were given."""
        if contact.plate or contact.frame_number:
            vehicle_id = self._vehicle(contact)
            self._link(battery_vehicle, battery_id, vehicle_id=vehicle_id)
        if contact.owner_name or contact.owner_phone:
            self._link(battery_owner, battery_id, owner_id=self.owner(contact))

    def _vehicle(self, contact: Contact) -> UUID:
        plate = self._hash("plate", contact.plate)
        frame = self._hash("frame", contact.frame_number)
        known = self._find(vehicle.c.vehicle_id, vehicle.c.plate_lookup, plate)
        known = known or self._find(vehicle.c.vehicle_id, vehicle.c.frame_lookup, frame)
        if known is not None:
            return known
        return self._add(
            vehicle,
            "vehicle_id",
            plate_lookup=plate,
            plate_encrypted=self._seal(contact.plate),
            frame_lookup=frame,
            frame_encrypted=self._seal(contact.frame_number),
        )

    def owner(self, contact: Contact) -> UUID:
        """Keep an owner, or find the one with that telephone number."""
        phone = self._hash("phone", contact.owner_phone)
        known = self._find(owner.c.owner_id, owner.c.phone_lookup, phone)
        if known is not None:
            return known
        return self._add(
            owner,
            "owner_id",
            name_encrypted=self._seal(contact.owner_name),
            phone_lookup=phone,
            phone_encrypted=self._seal(contact.owner_phone),
            retain_until=retain_until(self._now),
        )

    def _find(
        self, wanted: Column[Any], column: Column[Any], value: bytes | None
    ) -> UUID | None:
        if value is None:
            return None
        found: UUID | None = self._session.scalar(
            select(wanted).where(column == value).limit(1)
        )
        return found

    def _add(self, table: Table, key: str, **values: Any) -> UUID:
        made = new_id(self._now)
        self._session.execute(
            insert(table).values({key: made, "created_at": self._now, **values})
        )
        return made

    def _link(self, table: Table, battery_id: UUID, **other: UUID) -> None:
        key = {"battery_id": battery_id, **other}
        if self._session.execute(select(table).filter_by(**key)).first() is None:
            self._session.execute(insert(table).values(**key, since=self._now))

    def _hash(self, kind: str, value: str | None) -> bytes | None:
        return self._vault.lookup(kind, value) if value else None

    def _seal(self, value: str | None) -> bytes | None:
        return self._vault.seal(value) if value else None


def retain_until(now: datetime) -> date:
    """Tell until which day an owner's data may be kept."""
    return city_date(now + RETENTION)

"""What the demo remembers of a filled database: its keys, sign-ins and packs."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from battery_registry.cli.failure import FailedError

_FILE: Final = "demo.json"
_OWNER_ONLY = 0o600


@dataclass(frozen=True, kw_only=True, slots=True)
class StationRecord:
    """A station and its key."""

    id: str
    key: str
    district: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OrganisationRecord:
    """An organisation and its key."""

    id: str
    kind: str
    role: str
    key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonRecord:
    """Somebody and their password."""

    role: str
    sign_in: str
    password: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PackRecord:
    """A simulated pack and the code on its label."""

    name: str
    code: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Access:
    """Everybody's keys and passwords."""

    stations: tuple[StationRecord, ...]
    organisations: tuple[OrganisationRecord, ...]
    people: tuple[PersonRecord, ...]

    def key_of(self, code: str) -> str:
        """Get the key of a station or an organisation.

        Raises:
            KeyError: It has none.
        """
        stations = {one.id: one.key for one in self.stations}
        return {**stations, **{one.id: one.key for one in self.organisations}}[code]


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """All that is kept beside the database."""

    seed: int
    access: Access
    packs: tuple[PackRecord, ...]


def write(folder: Path, record: Record) -> None:
    """Keep the record where only its owner can read it, whole or not at all."""
    draft = folder / f".{_FILE}"
    draft.unlink(missing_ok=True)
    made = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    with os.fdopen(made, "w", encoding="utf-8") as file:
        json.dump(asdict(record), file, ensure_ascii=False, indent=1)
    draft.replace(folder / _FILE)


def find(folder: Path) -> Record | None:
    """Find the record of a database that was filled before.

    Raises:
        FailedError: It is there and cannot be read.
    """
    path = folder / _FILE
    if not path.exists():
        return None
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        access = told["access"]
        return Record(
            seed=told["seed"],
            access=Access(
                stations=tuple(StationRecord(**one) for one in access["stations"]),
                organisations=tuple(
                    OrganisationRecord(**one) for one in access["organisations"]
                ),
                people=tuple(PersonRecord(**one) for one in access["people"]),
            ),
            packs=tuple(PackRecord(**one) for one in told["packs"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FailedError(f"{path} cannot be read: {error}") from error

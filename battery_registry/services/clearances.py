"""Give clearances: a signed answer that holds for a day."""

import random
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any, ClassVar, Final, Self
from uuid import UUID

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from battery_registry.domain import Kind, RegistryError, jwk, jws
from battery_registry.domain import clearance as clearances
from battery_registry.domain import code as codes
from battery_registry.domain.caller import Caller
from battery_registry.domain.canonical import canonical_json
from battery_registry.domain.city_time import CITY_ZONE, city_date
from battery_registry.domain.clearance import SELLABLE, Clearance, Purpose
from battery_registry.domain.code import PublicCode
from battery_registry.domain.sale import (
    LABEL_UNBOUND,
    NO_SUCH_CODE,
    SaleAnswer,
    Standing,
    answer_for_sale,
)
from battery_registry.domain.status_list import ENTRIES
from battery_registry.settings import Settings
from battery_registry.store import standing
from battery_registry.store.db import LostRaceError
from battery_registry.store.ids import new_id
from battery_registry.store.tables.batteries import battery, label
from battery_registry.store.tables.resale import clearance, status_entry

STATUS_LIST_PATH: Final = "/api/v1/status-list"

_TRIES: Final = 16


class NotSellableError(RegistryError):
    """The battery may not be sold; ``reasons`` has every reason."""

    code: ClassVar[str] = "not_sellable"
    kind: ClassVar[Kind] = Kind.CONFLICT


class StatusListFullError(RegistryError):
    """More clearances are held than the list has places."""

    code: ClassVar[str] = "status_list_full"
    kind: ClassVar[Kind] = Kind.UNAVAILABLE


@dataclass(frozen=True, kw_only=True, slots=True)
class Signer:
    """Who signs.

    Args:
        key: The 32 secret bytes of the registry's Ed25519 key.
        issuer: The registry's address, without a slash at its end.
        old_public_keys: Of keys that signed before; 32 bytes each.
    """

    key: bytes
    issuer: str
    old_public_keys: tuple[bytes, ...] = ()

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Get who signs for a registry with these settings."""
        return cls(
            key=settings.signing_key,
            issuer=settings.base_url,
            old_public_keys=settings.old_public_keys,
        )

    @property
    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """The public keys, the one that signs now first."""
        old = [jwk.told_jwk(raw) for raw in self.old_public_keys]
        return {"keys": [jwk.public_jwk(self.key), *old]}

    @property
    def status_list(self) -> str:
        """The address of the status list."""
        return f"{self.issuer}{STATUS_LIST_PATH}"

    def sign(self, content: object, *, token_type: str) -> str:
        """Sign a JSON value as a compact JWS."""
        return jws.sign(canonical_json(content), self.key, {"typ": token_type})


@dataclass(frozen=True, kw_only=True, slots=True)
class Issued:
    """A clearance and its signed form."""

    clearance: Clearance
    token: str


def issue(
    session: Session,
    *,
    public_code: PublicCode,
    purpose: Purpose,
    caller: Caller,
    signer: Signer,
    now: datetime,
) -> Issued:
    """Give a clearance for a battery that may be sold now.

    It names the label in force, whichever was asked for: a label that was replaced
    may have been put on another pack since.

    Args:
        session: The transaction; it holds the battery until it ends, so that
            none is given beside a red code.
        public_code: Any label the battery ever had.
        purpose: What it is for.
        caller: Who asks.
        signer: Signs it.
        now: The time of the request, aware.

    Raises:
        NotSellableError: It may not be sold, or there is no such battery.
        StatusListFullError: There is no place left in the list.
    """
    held = hold(session, public_code=public_code)
    battery_id, in_force = held.battery_id, PublicCode(held.public_code)
    found = standing.get_standing(session, battery_id=battery_id)
    answered = answer_for_sale(found, on=city_date(now))
    if answered.answer not in SELLABLE:
        raise _not_sellable(answered)
    given = _clearance(in_force, found, answered, purpose, signer, now)
    position = _take_place(session, battery_id, given, now)
    given = replace(given, position=position)
    session.execute(
        insert(clearance).values(
            battery_id=battery_id,
            clearance_id=UUID(given.clearance_id),
            public_code=in_force,
            answer=given.answer.value,
            verdict=given.verdict,
            reasons=list(given.reasons),
            purpose=purpose.value,
            organisation_id=caller.organisation_id,
            position=position,
            issued_at=given.issued_at,
            expires_at=given.expires_at,
        )
    )
    token = signer.sign(clearances.claims(given), token_type=clearances.TOKEN_TYPE)
    return Issued(clearance=given, token=token)


def hold(session: Session, *, public_code: PublicCode) -> Row[Any, Any]:
    """Lock the battery of a label, as intake does before it reads anything of it.

    Raises:
        NotSellableError: There is no such label, or it is blank.
    """
    bound = session.execute(
        select(label.c.battery_id).where(label.c.code == public_code)
    ).one_or_none()
    if bound is None:
        raise _not_sellable(NO_SUCH_CODE)
    if bound.battery_id is None:
        raise _not_sellable(LABEL_UNBOUND)
    return session.execute(
        select(battery.c.battery_id, battery.c.public_code)
        .where(battery.c.battery_id == bound.battery_id)
        .with_for_update()
    ).one()


def _not_sellable(answered: SaleAnswer) -> NotSellableError:
    reasons = [reason.value for reason in answered.reasons]
    return NotSellableError(
        field="code", extra={"answer": answered.answer.value, "reasons": reasons}
    )


def _clearance(
    public_code: PublicCode,
    found: Standing,
    answered: SaleAnswer,
    purpose: Purpose,
    signer: Signer,
    now: datetime,
) -> Clearance:
    issued_at = now.replace(microsecond=0)
    return Clearance(
        clearance_id=str(new_id(now)),
        issuer=signer.issuer,
        code=codes.show(public_code),
        answer=answered.answer,
        verdict=found.code.value if found.code else "",
        reasons=tuple(reason.value for reason in answered.reasons),
        purpose=purpose,
        position=0,
        status_list=signer.status_list,
        issued_at=issued_at,
        expires_at=min(issued_at + clearances.LIFETIME, _stale_at(found)),
    )


def _stale_at(found: Standing) -> datetime:
    """Tell when the code grows stale: the end of the city's last fresh day."""
    if found.next_due is None:
        raise AssertionError  # pragma: no cover - what is sellable has a date
    after = found.next_due + timedelta(days=1)
    return datetime.combine(after, time(), tzinfo=CITY_ZONE)


def _take_place(
    session: Session, battery_id: UUID, given: Clearance, now: datetime
) -> int:
    """Take a place of the list that nobody holds; a chance one, so it says nothing.

    Raises:
        LostRaceError: Somebody else took it at the same time.
    """
    wanted = random.sample(range(ENTRIES), _TRIES)
    held = {
        row.position: row.expires_at
        for row in session.execute(
            select(status_entry.c.position, status_entry.c.expires_at).where(
                status_entry.c.position.in_(wanted)
            )
        )
    }
    free = [at for at in wanted if at not in held or held[at] <= now]
    if not free:
        raise StatusListFullError
    values = {
        "battery_id": battery_id,
        "clearance_id": UUID(given.clearance_id),
        "expires_at": given.expires_at,
        "revoked_at": None,
    }
    if free[0] not in held:
        session.execute(insert(status_entry).values(position=free[0], **values))
        return free[0]
    taken = session.execute(
        update(status_entry)
        .where(status_entry.c.position == free[0])
        .where(status_entry.c.expires_at <= now)
        .values(**values)
        .returning(status_entry.c.position)
    ).one_or_none()
    if taken is None:
        raise LostRaceError
    return free[0]

"""Many answers at once, without handing out the registry.

Who asks tells five digits of a hash and gets at least twenty candidates, most
of them invented: the registry does not learn which one was meant, and the
asker does not learn which of the others exist. After the "range" look-up of
Li, Pal, Ali, Sullivan, Chatterjee, Ristenpart, "Protocols for Checking
Compromised Credentials", CCS 2019.
"""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from battery_registry.domain import sale_keys
from battery_registry.domain.city_time import city_date
from battery_registry.domain.sale import GRAVITY, Answer, answer_for_sale
from battery_registry.store import standing
from battery_registry.store.direct import Named, padded
from battery_registry.store.tables.batteries import battery
from battery_registry.store.tables.resale import sale_change, sale_key
from battery_registry.store.vault import Vault

LEAST: Final = 20
MOST_PREFIXES: Final = 1_000

_SPREAD: Final = 16
_SUFFIX_BYTES: Final = sale_keys.SUFFIX_DIGITS // 2
# Of 256: about as answers are spread over a city.
_CLEAR, _NOTICE = 225, 240
_CHUNK: Final = 1_000
_INVENTED: Final = (
    *[Answer.CLEAR.value] * _CLEAR,
    *[Answer.CLEAR_WITH_NOTICE.value] * (_NOTICE - _CLEAR),
    *[Answer.BLOCKED.value] * (256 - _NOTICE),
)
"""The answer of an invented one, by a byte of chance."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Changed:
    """A battery whose answer may have changed on a day.

    Args:
        code_sha256: Hash of its code, hexadecimal.
        answer: What is answered now.
    """

    code_sha256: str
    answer: Answer


def candidates(
    session: Session, *, prefixes: Collection[str], vault: Vault, now: datetime
) -> dict[str, list[str]]:
    """List what hashes with these prefixes go on with, and their answers.

    Args:
        session: Where to read.
        prefixes: Each five hexadecimal digits in lower case.
        vault: Makes the same invented ones each time, that nobody else can make.
        now: The time of the question, aware.

    Returns:
        For each prefix at least twenty entries ``suffix:answer``, sorted.
    """
    found = {prefix: _decoys(prefix, vault) for prefix in prefixes}
    wanted, length = padded(sorted(found))
    places = {f"value_{place}": value for place, value in enumerate(wanted)}
    today = city_date(now)
    real: dict[str, dict[str, Answer]] = {prefix: {} for prefix in found}
    for row in _with_prefixes(length).run(session, **places):
        suffix, given = sale_keys.suffix(row.value), _answer(row, today)
        # Of two makers' equal serials the gravest answer holds; and a suffix that
        # stands twice would be told from an invented one.
        was = real[row.prefix].get(suffix, given)
        real[row.prefix][suffix] = max(was, given, key=GRAVITY.index)
    return {
        prefix: sorted(
            [*decoys, *(f"{at}:{told}" for at, told in real[prefix].items())]
        )
        for prefix, decoys in found.items()
    }


@cache
def _with_prefixes(length: int) -> Named:
    wanted: list[Any] = [bindparam(f"value_{place}") for place in range(length)]
    return Named(
        select(
            *standing.STANDING_COLUMNS,
            *standing.DOUBTS,
            sale_key.c.prefix,
            sale_key.c.value,
        )
        .select_from(sale_key)
        .join(battery, battery.c.battery_id == sale_key.c.battery_id)
        .outerjoin(standing.IN_DOUBT, standing.OF_CODE)
        .where(sale_key.c.prefix.in_(wanted))
    )


def _answer(row: Any, today: date) -> Answer:
    stands = standing.standing(row, record=standing.doubts(row))
    return answer_for_sale(stands, on=today).answer


def _decoys(prefix: str, vault: Vault) -> list[str]:
    """Invent candidates: the same ones each time, as many as chance said once."""
    seed = vault.mac("decoys", prefix.encode())
    step = _SUFFIX_BYTES + 1
    stream = hashlib.shake_256(seed).digest(1 + (LEAST + _SPREAD) * step)
    count = LEAST + stream[0] % _SPREAD
    digits = stream.hex()
    width = 2 * step
    return [
        f"{digits[at : at + width - 2]}:{_INVENTED[stream[at // 2 + step - 1]]}"
        for at in range(2, 2 + count * width, width)
    ]


def changed_on(session: Session, *, day: date, now: datetime) -> tuple[Changed, ...]:
    """List whose answer may have changed on a day of the city, by hash."""
    rows = session.execute(
        select(sale_change.c.battery_id, sale_change.c.public_code)
        .where(sale_change.c.day == day)
        .distinct()
    )
    codes = {row.battery_id: row.public_code for row in rows}
    answers = _answers(session, list(codes), city_date(now))
    listed = [
        Changed(code_sha256=sale_keys.sha256_hex(codes[battery_id]), answer=answer)
        for battery_id, answer in answers
    ]
    return tuple(sorted(listed, key=lambda each: each.code_sha256))


def _answers(
    session: Session, battery_ids: list[UUID], today: date
) -> Iterable[tuple[UUID, Answer]]:
    for start in range(0, len(battery_ids), _CHUNK):
        rows = session.execute(
            select(*standing.STANDING_COLUMNS, *standing.DOUBTS, battery.c.battery_id)
            .select_from(battery)
            .outerjoin(standing.IN_DOUBT, standing.OF_CODE)
            .where(battery.c.battery_id.in_(battery_ids[start : start + _CHUNK]))
        )
        for row in rows:
            yield row.battery_id, _answer(row, today)

"""Labels: blank ones printed ahead, and those of batteries printed again."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from battery_registry.domain import RegistryError, code
from battery_registry.domain.code import PublicCode
from battery_registry.domain.registration import LabelReplacedError, LabelUnknownError
from battery_registry.store import batteries
from battery_registry.store.tables.batteries import label

MOST_AT_ONCE = 10_000


class LabelCountError(RegistryError):
    """Nobody prints so many labels, or so few, at once."""

    code = "label_count"


def make_blank(
    session: Session, *, count: int, organisation_id: UUID | None, now: datetime
) -> tuple[PublicCode, ...]:
    """Make codes of blank labels, to be claimed at a station.

    Args:
        session: A transaction that writes.
        count: 1 to 10,000.
        organisation_id: Who gets the labels; None is anybody.
        now: The time of the request.

    Raises:
        LabelCountError: Too many or too few.
    """
    if not 1 <= count <= MOST_AT_ONCE:
        raise LabelCountError(field="count", least=1, most=MOST_AT_ONCE)
    codes = tuple(
        code.mint(secrets.token_bytes(code.RANDOM_BYTES)) for _ in range(count)
    )
    session.execute(
        insert(label),
        [
            {"code": made, "made_at": now, "organisation_id": organisation_id}
            for made in codes
        ],
    )
    return codes


def get_labels(session: Session, *, codes: Sequence[str]) -> tuple[PublicCode, ...]:
    """Get labels to print again, in the order asked for.

    Args:
        session: Any session.
        codes: As typed or scanned.

    Raises:
        MalformedCodeError: A text is no public code.
        CodeCheckError: A code has a typing error.
        LabelUnknownError: No label with a code was ever made.
        LabelReplacedError: A label was replaced by another; print that one.
    """
    wanted = tuple(code.parse(text) for text in codes)
    found = batteries.find_labels(session, codes=set(wanted))
    for one in wanted:
        row = found.get(one)
        if row is None:
            raise LabelUnknownError(field="code", label=code.show(one))
        if row.replaced_by is not None:
            raise LabelReplacedError(
                field="code",
                label=code.show(one),
                new=code.show(PublicCode(row.replaced_by)),
            )
    return wanted

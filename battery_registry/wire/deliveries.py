"""Some inspections handed in together, and what became of each.

Shared by the faces that take deliveries, so that a form's inspection and an
API's batch are read, taken in and refused in one and the same way.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from battery_registry.domain import RegistryError
from battery_registry.domain.submission import Submission
from battery_registry.services import intake
from battery_registry.services.intake import Desk, Outcome, Status
from battery_registry.services.receipts import Receipt
from battery_registry.store.db import NotStoredError
from battery_registry.wire.inspections import parse_inspection

MOST = 500

Run = Callable[[Callable[[Session], list["Result"]]], list["Result"]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Handed:
    """One inspection of a delivery: read, or refused already.

    Args:
        inspection_id: As it was told, if it was told at all.
        submission: What was read.
        refusal: Why nothing was.
    """

    inspection_id: str | None
    submission: Submission | None = None
    refusal: RegistryError | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What became of one inspection: a receipt, or why it was refused."""

    inspection_id: str | None
    status: Status
    receipt: Receipt | None = None
    refusal: RegistryError | None = None


def read(raws: Sequence[object], *, now: datetime) -> list[Handed]:
    """Read each inspection of a delivery; a bad one is kept in its place."""
    return [_read(raw, now) for raw in raws]


def _read(raw: object, now: datetime) -> Handed:
    told = raw.get("inspection_id") if isinstance(raw, dict) else None
    inspection_id = told if isinstance(told, str) else None
    try:
        submission = parse_inspection(raw, now=now)
    except RegistryError as refusal:
        return Handed(inspection_id=inspection_id, refusal=refusal)
    return Handed(inspection_id=inspection_id, submission=submission)


def take(
    session: Session, delivery: Sequence[Handed], *, desk: Desk, now: datetime
) -> list[Result]:
    """Take a delivery in, in the caller's transaction.

    Raises:
        StationRequiredError: The caller is bound to no station.
    """
    submissions = [handed.submission for handed in delivery if handed.submission]
    outcomes = iter(intake.accept(session, submissions=submissions, desk=desk, now=now))
    return [
        _result(next(outcomes)) if handed.submission else _refused(handed)
        for handed in delivery
    ]


def take_each(
    delivery: Sequence[Handed], *, run: Run, desk: Desk, now: datetime
) -> list[Result]:
    """Take each inspection in on its own, where they cannot be stored together.

    One that the database refuses must not cost the others their place.
    """
    results: list[Result] = []
    for handed in delivery:
        try:
            results += run(partial(take, delivery=[handed], desk=desk, now=now))
        except NotStoredError as refusal:
            results.append(
                Result(
                    inspection_id=handed.inspection_id,
                    status=Status.REFUSED,
                    refusal=refusal,
                )
            )
    return results


def hand_in(
    delivery: Sequence[Handed], *, run: Run, desk: Desk, now: datetime
) -> list[Result]:
    """Take a delivery in; a bad inspection never costs a good one its place."""
    try:
        return run(partial(take, delivery=delivery, desk=desk, now=now))
    except NotStoredError:
        return take_each(delivery, run=run, desk=desk, now=now)


def _result(outcome: Outcome) -> Result:
    return Result(
        inspection_id=str(outcome.inspection_id),
        status=outcome.status,
        receipt=outcome.receipt,
        refusal=outcome.refusal,
    )


def _refused(handed: Handed) -> Result:
    return Result(
        inspection_id=handed.inspection_id,
        status=Status.REFUSED,
        refusal=handed.refusal,
    )

"""Take in events that others tell; they stand beside ours and change nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from battery_registry.domain import Kind, RegistryError
from battery_registry.domain.canonical import plain_json
from battery_registry.domain.epcis import hashing, reading
from battery_registry.domain.epcis.capturing import (
    Job,
    OnError,
    Outcome,
    Result,
    fault_rows,
)
from battery_registry.domain.epcis.checking import event_faults
from battery_registry.domain.epcis.envelopes import envelope_faults
from battery_registry.domain.epcis.reading import Told
from battery_registry.domain.epcis.shapes import Fault
from battery_registry.store import capture as kept
from battery_registry.store.ids import new_id
from battery_registry.store.tables.capture import captured_event

MAX_EVENTS: Final = 500
_MOST_FAULTS: Final = 20
_MOST_EPCS: Final = 5000
# Every event is kept with its document's prefixes: of a long one, five hundred
# short events would make gigabytes.
_LONGEST_CONTEXT: Final = 16_384


class DocumentInvalidError(RegistryError):
    """What stands around the events is not EPCIS 2.0; ``extra`` says where."""

    code: ClassVar[str] = "epcis_document_invalid"
    kind: ClassVar[Kind] = Kind.MALFORMED


class TooManyEventsError(RegistryError):
    """A document has at most 500 events, and so many batteries in all of them."""

    code: ClassVar[str] = "epcis_too_many_events"


def take(
    session: Session,
    *,
    document: Mapping[str, Any],
    on_error: OnError,
    organisation_id: UUID,
    now: datetime,
) -> Job:
    """Check a document's events and keep the sound ones, in one transaction.

    The same event told again by the same organisation is a duplicate: its hash
    is what it is known by.

    Args:
        session: The transaction.
        document: An EPCIS document or one event, parsed.
        on_error: Whether one unsound event keeps all of them out.
        organisation_id: Who tells it.
        now: The time of the request, aware.

    Raises:
        DocumentInvalidError: It is no EPCIS document.
        TooManyEventsError: It has more than 500 events.
    """
    around = envelope_faults(document) or _context_faults(document.get("@context"))
    if around:
        raise DocumentInvalidError(
            extra={"faults": fault_rows(around[:_MOST_FAULTS])}, why=around[0].told
        )
    told = reading.take_apart(document)
    _check_size(told.events)
    known = _known(session, told, organisation_id)
    results = tuple(_results(told, known))
    if on_error is OnError.ROLLBACK and any(
        result.outcome is Outcome.REJECTED for result in results
    ):
        results = tuple(_rolled_back(result) for result in results)
    job = Job(
        job_id=new_id(now),
        on_error=on_error,
        results=results,
        created_at=now,
        finished_at=now,
    )
    kept.keep(session, job, told, organisation_id=organisation_id)
    return job


def _context_faults(context: object) -> tuple[Fault, ...]:
    if not _can_be_kept(context):
        return (Fault(pointer="/@context", told="not_unicode"),)
    if len(plain_json(context)) > _LONGEST_CONTEXT:
        return (Fault(pointer="/@context", told="too_long"),)
    return ()


def _check_size(events: Sequence[Mapping[str, Any]]) -> None:
    if len(events) > MAX_EVENTS:
        raise TooManyEventsError(field="eventList", most=MAX_EVENTS)
    told = sum(
        len(list(kept.listed(event))) for event in events if isinstance(event, dict)
    )
    if told > _MOST_EPCS:
        raise TooManyEventsError(field="epcList", most=_MOST_EPCS)


def _faults(event: Mapping[str, Any]) -> tuple[Fault, ...]:
    faults = event_faults(event)
    if faults or _can_be_kept(event):
        return faults
    return (Fault(pointer="", told="not_unicode"),)


def _can_be_kept(told: object) -> bool:
    """Half a character has no bytes to be hashed; a NUL no database takes."""
    try:
        return "\\u0000" not in plain_json(told)
    except ValueError:
        return False


def _hash(told: Told, event: Mapping[str, Any]) -> str:
    return hashing.event_id(event, context=told.context, ignored=told.ignored)


def _known(session: Session, told: Told, organisation_id: UUID) -> set[bytes]:
    """Find which of the sound events were told before."""
    sound = [event for event in told.events if not _faults(event)]
    rows = session.scalars(
        select(captured_event.c.event_sha256)
        .where(captured_event.c.organisation_id == organisation_id)
        .where(
            captured_event.c.event_sha256.in_(
                [kept.digest(_hash(told, event)) for event in sound]
            )
        )
    )
    return set(rows)


def _results(told: Told, known: set[bytes]) -> Iterator[Result]:
    seen = set(known)
    for event in told.events:
        faults = _faults(event)
        if faults:
            yield Result(outcome=Outcome.REJECTED, faults=faults[:_MOST_FAULTS])
            continue
        event_hash = _hash(told, event)
        is_again = kept.digest(event_hash) in seen
        seen.add(kept.digest(event_hash))
        yield Result(
            outcome=Outcome.DUPLICATE if is_again else Outcome.ACCEPTED,
            event_hash=event_hash,
        )


def _rolled_back(result: Result) -> Result:
    if result.outcome is Outcome.ACCEPTED:
        return replace(result, outcome=Outcome.ROLLED_BACK)
    return result

"""Keep what others told; nothing here touches a battery or its case."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from battery_registry.domain import RegistryError
from battery_registry.domain import code as codes
from battery_registry.domain.epcis import keys, terms
from battery_registry.domain.epcis.capturing import Job, Outcome, Result, fault_rows
from battery_registry.domain.epcis.context import Context
from battery_registry.domain.epcis.reading import Told
from battery_registry.domain.gs1 import digital_link
from battery_registry.domain.gs1.digital_link import DigitalLinkError
from battery_registry.domain.submission import CodeScheme
from battery_registry.store.ids import new_id
from battery_registry.store.tables.batteries import label, maker_code
from battery_registry.store.tables.capture import (
    capture_job,
    captured_epc,
    captured_event,
)


def digest(event_hash: str) -> bytes:
    """Read the 32 bytes of a hash id."""
    return bytes.fromhex(event_hash.partition(";")[2].partition("?")[0])


def keep(session: Session, job: Job, told: Told, *, organisation_id: UUID) -> None:
    """Write a job down, and every event of it that was accepted.

    Args:
        session: The transaction.
        job: What became of the document's events.
        told: The events.
        organisation_id: Who told them.
    """
    session.execute(
        insert(capture_job).values(
            organisation_id=organisation_id,
            job_id=job.job_id,
            error_behaviour=job.on_error.value,
            success=job.success,
            accepted=job.count(Outcome.ACCEPTED),
            duplicate=job.count(Outcome.DUPLICATE),
            rejected=job.count(Outcome.REJECTED),
            results=[_result_json(result) for result in job.results],
            created_at=job.created_at,
            finished_at=job.finished_at,
        )
    )
    for event, result in zip(told.events, job.results, strict=True):
        if result.outcome is Outcome.ACCEPTED and result.event_hash is not None:
            _keep_event(session, job, told, event, result.event_hash, organisation_id)


def _result_json(result: Result) -> dict[str, Any]:
    return {
        "status": result.outcome.value,
        "hash": result.event_hash,
        "faults": fault_rows(result.faults),
    }


def _keep_event(
    session: Session,
    job: Job,
    told: Told,
    event: Mapping[str, Any],
    event_hash: str,
    organisation_id: UUID,
) -> None:
    event_sha256 = digest(event_hash)
    persistent = [
        terms.DISPOSITIONS.bare(told.context.iri(each))
        for each in event.get("persistentDisposition", {}).get("set", [])
    ]
    session.execute(
        insert(captured_event).values(
            organisation_id=organisation_id,
            event_sha256=event_sha256,
            row_id=new_id(job.created_at),
            job_id=job.job_id,
            event_time=_moment(event["eventTime"]),
            biz_step=_short(event.get("bizStep"), told.context),
            persistent_set=f" {' '.join(persistent)} ",
            body=_kept(event, told.context, event_hash, job.created_at),
            captured_at=job.created_at,
        )
    )
    rows = [
        {
            "epc_sha256": epc_digest(epc),
            "organisation_id": organisation_id,
            "event_sha256": event_sha256,
            "battery_id": find_battery(session, epc),
        }
        for epc in dict.fromkeys(map(keys.canonical, listed(event)))
    ]
    if rows:
        session.execute(insert(captured_epc), rows)


def _kept(
    event: Mapping[str, Any], context: Context, event_hash: str, now: datetime
) -> dict[str, Any]:
    """The event as it can stand in another document: with its own prefixes."""
    here = context.within(event.get("@context"))
    used = {
        prefix: full
        for prefix, full in here.terms.items()
        if terms.PREFIXES.get(prefix) != full
    }
    record_time = now.astimezone(UTC).isoformat(timespec="milliseconds")
    kept = {
        "eventID": event_hash,
        **event,
        "recordTime": record_time.replace("+00:00", "Z"),
    }
    kept.pop("@context", None)
    return {"@context": [terms.CONTEXT_URL, used], **kept} if used else kept


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.upper()).astimezone(UTC)


def _short(term: object, context: Context) -> str | None:
    if not isinstance(term, str):
        return None
    return terms.BIZ_STEPS.bare(context.iri(term))


def listed(event: Mapping[str, Any]) -> Iterator[str]:
    """List what ``MATCH_epc`` looks at: the event's things, each by itself."""
    for name in ("epcList", "childEPCs"):
        listed = event.get(name)
        if isinstance(listed, list):
            yield from (epc for epc in listed if isinstance(epc, str))


def epc_digest(epc: str) -> bytes:
    """Hash an EPC's canonical spelling; 32 bytes."""
    return hashlib.sha256(keys.canonical(epc).encode()).digest()


def find_battery(session: Session, epc: str) -> UUID | None:
    """Find the battery that an EPC names, if it is ours.

    By its label's address, or by the maker's code that is on it in GS1's words.
    """
    if "/b/" in epc:
        return _by_label(session, epc)
    try:
        item = digital_link.parse(keys.canonical(epc)).item
    except DigitalLinkError:
        return None
    if item is None:
        return None
    return session.scalar(
        select(maker_code.c.battery_id).where(
            maker_code.c.scheme == CodeScheme.GS1.value,
            maker_code.c.issuer == "",
            maker_code.c.value == item,
        )
    )


def _by_label(session: Session, address: str) -> UUID | None:
    try:
        code = codes.parse(address)
    except RegistryError:
        return None
    return session.scalar(select(label.c.battery_id).where(label.c.code == code))

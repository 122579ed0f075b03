"""Keep what others told; nothing here touches a battery or its case."""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, insert, select
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

_CHUNK: Final = 1_000


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
    taken = [
        (event, result.event_hash)
        for event, result in zip(told.events, job.results, strict=True)
        if result.outcome is Outcome.ACCEPTED and result.event_hash is not None
    ]
    for event, event_hash in taken:
        _keep_event(session, job, told, event, event_hash, organisation_id)
    _keep_epcs(session, taken, organisation_id)


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


def _keep_epcs(
    session: Session,
    taken: Sequence[tuple[Mapping[str, Any], str]],
    organisation_id: UUID,
) -> None:
    listed_by = [
        (event_hash, dict.fromkeys(map(keys.canonical, listed(event))))
        for event, event_hash in taken
    ]
    ours = find_batteries(session, {epc for _, epcs in listed_by for epc in epcs})
    rows = [
        {
            "epc_sha256": epc_digest(epc),
            "organisation_id": organisation_id,
            "event_sha256": digest(event_hash),
            "battery_id": ours.get(epc),
        }
        for event_hash, epcs in listed_by
        for epc in epcs
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


def find_batteries(session: Session, epcs: Collection[str]) -> dict[str, UUID]:
    """Find the batteries that EPCs name, where they are ours.

    By their labels' addresses, or by the makers' codes that are on them in GS1's
    words.

    Args:
        session: Where to read.
        epcs: In any spelling.

    Returns:
        The battery of each EPC that names one of ours.
    """
    codes_of = {epc: code for epc in epcs if (code := _label(epc)) is not None}
    items_of = {epc: item for epc in epcs if (item := _item(epc)) is not None}
    by_code = _ids(session, select(label.c.code, label.c.battery_id), codes_of)
    by_item = _ids(
        session,
        select(maker_code.c.value, maker_code.c.battery_id).where(
            maker_code.c.scheme == CodeScheme.GS1.value, maker_code.c.issuer == ""
        ),
        items_of,
    )
    return by_item | by_code


def _ids(
    session: Session, wanted: Select[Any, Any], values_of: Mapping[str, str]
) -> dict[str, UUID]:
    """Ask for many at once; ``wanted`` is a value and the battery that has it."""
    values, found = list(dict.fromkeys(values_of.values())), dict[str, UUID]()
    column = wanted.selected_columns[0]
    for start in range(0, len(values), _CHUNK):
        asked = wanted.where(column.in_(values[start : start + _CHUNK]))
        found |= {
            value: battery_id
            for value, battery_id in session.execute(asked)
            if battery_id is not None
        }
    return {epc: found[value] for epc, value in values_of.items() if value in found}


def _label(epc: str) -> str | None:
    if "/b/" not in epc:
        return None
    try:
        return codes.parse(epc)
    except RegistryError:
        return None


def _item(epc: str) -> str | None:
    if "/b/" in epc:
        return None
    try:
        return digital_link.parse(keys.canonical(epc)).item
    except DigitalLinkError:
        return None

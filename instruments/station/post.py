"""One post of readings to the registry, and what its answer means.

Nothing here waits or repeats; the sender decides on what comes back.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import httpx

from instruments.station.backoff import parse_retry_after
from instruments.station.entry import Entry, State

INSPECTIONS_PATH = "/api/v1/inspections"
RETRIED = frozenset({408, 409, 425, 429})
_UNSETTLED = frozenset({400, 413, 422, 500})
_REFUSED = frozenset({400, 413, 422})

Answers = tuple[tuple[str, State, Mapping[str, Any]], ...]


class Next(StrEnum):
    """What the sender has to do after a post."""

    GO_ON = "go_on"
    RETRY = "retry"
    ONE_BY_ONE = "one_by_one"
    NEW_KEY = "new_key"
    WRONG_ADDRESS = "wrong_address"


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What one post came to.

    Args:
        next: What to do now.
        answers: Readings the registry settled, with receipt or problem.
        error: One sentence on what went wrong, empty when nothing did.
        not_before: The time the registry asked to be left alone until.
    """

    next: Next
    answers: Answers = ()
    error: str = ""
    not_before: datetime | None = None


def idempotency_key(entries: Sequence[Entry]) -> str:
    """The same for the same readings in any order, 64 hex characters."""
    lines = sorted(f"{entry.key} {entry.body_sha256}" for entry in entries)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def post_entries(
    client: httpx.Client, entries: Sequence[Entry], *, now: datetime
) -> Outcome:
    """Post readings once: one alone as an object, several as a batch.

    Args:
        client: With the registry's address and the key's header.
        entries: At least one.
        now: For a ``Retry-After`` in seconds.
    """
    alone = len(entries) == 1
    # one key has to mean one body, in whatever order failures left the queue
    ordered = sorted(entries, key=lambda entry: entry.key)
    bodies = ",".join(entry.body for entry in ordered)
    content = bodies if alone else f'{{"inspections":[{bodies}]}}'
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": idempotency_key(entries),
    }
    try:
        response = client.post(
            INSPECTIONS_PATH, content=content.encode(), headers=headers
        )
    except httpx.HTTPError as error:
        reason = str(error) or type(error).__name__
        return Outcome(next=Next.RETRY, error=f"no answer: {reason}")
    if response.is_success:
        return _accepted(response, entries)
    return _failed(response, entries, now=now)


def _accepted(response: httpx.Response, entries: Sequence[Entry]) -> Outcome:
    told = read_json_object(response)
    if len(entries) == 1 and "results" not in told:
        # a reading alone is settled by a receipt for it and by nothing else:
        # a captive portal answers 200 as well
        if told.get("inspection_id") != entries[0].key:
            return Outcome(next=Next.RETRY, error="the answer is not a receipt")
        return Outcome(next=Next.GO_ON, answers=((entries[0].key, State.SENT, told),))
    answers = _settled(told.get("results"), entries)
    if len(answers) < len(entries):
        return Outcome(
            next=Next.RETRY,
            answers=answers,
            error=f"answers for {len(answers)} of {len(entries)} readings",
        )
    return Outcome(next=Next.GO_ON, answers=answers)


def _settled(results: object, entries: Sequence[Entry]) -> Answers:
    """The answers in the order of the readings, as their operator made them."""
    told = [_item(result) for result in (results if isinstance(results, list) else [])]
    # the first answer for a reading counts, should there be two
    found = {answer[0]: answer for answer in reversed(told) if answer is not None}
    return tuple(found[entry.key] for entry in entries if entry.key in found)


def _item(result: object) -> tuple[str, State, Mapping[str, Any]] | None:
    if not isinstance(result, dict):
        return None
    key, receipt, problem = (
        result.get(name) for name in ("inspection_id", "receipt", "problem")
    )
    match result.get("status"):
        case "accepted" | "duplicate" if isinstance(receipt, dict):
            return str(key), State.SENT, receipt
        case "refused" if isinstance(problem, dict):
            return str(key), State.REFUSED, problem
    return None


def _failed(
    response: httpx.Response, entries: Sequence[Entry], *, now: datetime
) -> Outcome:
    status, problem = response.status_code, read_json_object(response)
    error = f"{status} {problem_text(problem) or response.reason_phrase}".strip()
    if status in {401, 403}:
        return Outcome(next=Next.NEW_KEY, error=error)
    # the registry's own conflict says what it contradicts, and time mends it not
    is_conflict = status == 409 and "code" in problem
    if (status in _UNSETTLED or is_conflict) and len(entries) > 1:
        # one bad reading must not hold up the others
        return Outcome(next=Next.ONE_BY_ONE, error=error)
    if status in _REFUSED or is_conflict:
        told = problem or {"status": status, "detail": error}
        answers = ((entries[0].key, State.REFUSED, told),)
        return Outcome(next=Next.GO_ON, answers=answers)
    if status in RETRIED or status >= 500:
        not_before = parse_retry_after(response.headers.get("Retry-After"), now=now)
        return Outcome(next=Next.RETRY, error=error, not_before=not_before)
    return Outcome(next=Next.WRONG_ADDRESS, error=error)


def problem_text(problem: Mapping[str, Any]) -> str:
    """A problem (RFC 9457) in one line: the fields at fault and what was said."""
    detail = str(problem.get("detail") or problem.get("title") or "")
    errors = problem.get("errors")
    parts = [
        f"{item.get('field') or item.get('pointer')}: {item.get('detail', '')}"
        for item in (errors if isinstance(errors, list) else [])
        if isinstance(item, dict)
    ]
    return "; ".join([*parts, *([detail] if detail and not parts else [])])


def read_json_object(response: httpx.Response) -> dict[str, Any]:
    """An answer's JSON object, empty when it is none."""
    try:
        told = response.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}

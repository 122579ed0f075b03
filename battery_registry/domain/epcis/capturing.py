"""What becomes of others' events: each has an outcome, the document a job."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from battery_registry.domain.epcis.shapes import Fault


class OnError(StrEnum):
    """What becomes of a document's sound events beside an unsound one."""

    ROLLBACK = "rollback"
    PROCEED = "proceed"


class Outcome(StrEnum):
    """What became of one event."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"
    ROLLED_BACK = "rolled_back"


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """One event's outcome.

    Args:
        outcome: What became of it.
        event_hash: Its hash id; None for one that cannot be read.
        faults: What is wrong with it, at most 20.
    """

    outcome: Outcome
    event_hash: str | None = None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """One document, captured.

    Args:
        job_id: Its id.
        on_error: What was asked for.
        results: One for each event, in the document's order.
        created_at: When it came, aware.
        finished_at: When it was done with, aware.
    """

    job_id: UUID
    on_error: OnError
    results: tuple[Result, ...]
    created_at: datetime
    finished_at: datetime

    @property
    def success(self) -> bool:
        """Whether no event was refused."""
        return not self.count(Outcome.REJECTED)

    def count(self, outcome: Outcome) -> int:
        """How many events came to that."""
        return sum(result.outcome is outcome for result in self.results)


def fault_rows(faults: Sequence[Fault]) -> list[dict[str, str]]:
    """Spell faults as JSON values."""
    return [{"pointer": fault.pointer, "fault": fault.told} for fault in faults]

"""What holds a battery back from being taken apart: an open question about it.

What is dismantled can be tested no more, and an appeal that is upheld then
comes too late. A retest holds until its deadline, an appeal until its decision.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final
from uuid import UUID

from battery_registry.domain import Kind, RegistryError
from battery_registry.domain.custody_edges import State

ENDS: Final = frozenset({State.DISMANTLED, State.DESTROYED})
"""The states after which nothing can be tested again."""


class Question(StrEnum):
    """What is still to be answered."""

    RETEST = "retest"
    APPEAL = "appeal"


@dataclass(frozen=True, kw_only=True, slots=True)
class Hold:
    """An open retest or appeal.

    Args:
        question: Which of the two.
        subject_id: Its id.
        due_at: By when it is to be answered, aware.
    """

    question: Question
    subject_id: UUID
    due_at: datetime

    def holds(self, now: datetime) -> bool:
        """Whether it holds the battery at a time."""
        return self.question is Question.APPEAL or now <= self.due_at


class UnderReviewError(RegistryError):
    """A retest or an appeal is open, so the battery must stay whole."""

    code: ClassVar[str] = "custody_under_review"
    kind: ClassVar[Kind] = Kind.CONFLICT


def check_free(to_state: State, holds: Sequence[Hold], *, now: datetime) -> None:
    """Refuse to take apart what is still in question.

    Args:
        to_state: Where the case is to go.
        holds: The open retest and appeal of its battery.
        now: The time of the request, aware.

    Raises:
        UnderReviewError: One of them holds; the answer names the first.
    """
    if to_state not in ENDS:
        return
    for hold in holds:
        if hold.holds(now):
            raise UnderReviewError(
                field="to_state",
                extra={
                    "held_by": hold.question.value,
                    f"{hold.question.value}_id": str(hold.subject_id),
                    "due_at": hold.due_at.isoformat(),
                },
            )

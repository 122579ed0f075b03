"""What a channel is: something that a notice can be given to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


class DeliveryError(Exception):
    """The notice could not be delivered now; it will be tried again.

    Its text is kept with the notice for the operator, so it holds no secret
    and no personal data.
    """


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """One thing that somebody must be told.

    Args:
        notice_id: The same at every try, so that a receiver can drop repeats.
        topic: What happened, as subscribers name it.
        payload: The facts, JSON values without personal data.
        created_at: When it happened, UTC.
        attempts: Which try this is, from 1.
    """

    notice_id: UUID
    topic: str
    payload: Mapping[str, object]
    created_at: datetime
    attempts: int


class Channel(Protocol):
    """A way to tell somebody.

    Delivery is at least once: a channel is given a notice again when the
    program ended between the delivery and the note of it.
    """

    def deliver(self, notice: Notice, *, now: datetime) -> None:
        """Deliver one notice.

        Raises:
            DeliveryError: Not now; try again later.
        """

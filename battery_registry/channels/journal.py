"""The operator's log as a channel: one line of JSON for each notice."""

from datetime import datetime
from typing import TextIO

import structlog

from battery_registry.channels.channel import DeliveryError, Notice


class Journal:
    """Writes notices where the operator's log collector reads them.

    Args:
        file: An open text file, usually standard output.
    """

    def __init__(self, file: TextIO) -> None:
        """Bind a logger of its own: its lines do not hang on global settings."""
        self._file = file
        self._log = structlog.wrap_logger(
            structlog.WriteLogger(file),
            processors=[structlog.processors.JSONRenderer(ensure_ascii=False)],
            wrapper_class=structlog.BoundLogger,
        )

    def deliver(self, notice: Notice, *, now: datetime) -> None:
        """Write one line and push it out of our own buffers.

        Raises:
            DeliveryError: The file takes no more.
        """
        try:
            self._log.msg(
                "notice",
                notice_id=str(notice.notice_id),
                topic=notice.topic,
                created_at=notice.created_at.isoformat(),
                delivered_at=now.isoformat(),
                attempt=notice.attempts,
                payload=dict(notice.payload),
            )
            self._file.flush()
        except OSError as error:
            raise DeliveryError(f"the log takes no more: {error.strerror}") from error

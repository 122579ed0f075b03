"""When a measurement can have been made."""

from datetime import UTC, datetime
from typing import Final

from marshmallow import ValidationError

from battery_registry.domain.custody import CLOCK_TOLERANCE

EARLIEST_TEST: Final = datetime(2024, 1, 1, tzinfo=UTC)
"""What is said to be older is a slip of a clock."""


def check_measured_at(name: str, moment: datetime, *, now: datetime) -> None:
    """Check that a measurement was made by now, and not before there were any.

    Args:
        name: The field.
        moment: When it was made.
        now: The time of the request.

    Raises:
        ValidationError: It was not; the field is named.
    """
    latest = now + CLOCK_TOLERANCE
    if not EARLIEST_TEST <= moment <= latest:
        limits = f"{EARLIEST_TEST.isoformat()}|{latest.isoformat(timespec='seconds')}"
        raise ValidationError({name: [f"wire.out_of_range|{limits}"]})

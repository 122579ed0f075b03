"""One end of a period, as it stands in an address."""

from datetime import UTC, datetime

import pytest
from werkzeug.datastructures import MultiDict

from battery_registry.wire.faults import InvalidInputError
from battery_registry.wire.red_list import parse_filters


@pytest.mark.parametrize(
    "since",
    [
        *["2026-W48-1", "2026W481", "20261123", "2026-02-30", "0001-01-01"],
        *["20261123T090000Z", "2026-11-23T09:00:00", "2026-W48-1T09:00:00Z"],
    ],
)
def test_any_other_spelling_is_refused(since: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        parse_filters(MultiDict({"since": since}))
    assert refused.value.field == "since"


@pytest.mark.parametrize(
    ("since", "wanted"),
    [
        ("2026-11-23", datetime(2026, 11, 22, 16, tzinfo=UTC)),
        ("2026-11-23t09:00:00z", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ("2026-11-23T09:00:00 08:00", datetime(2026, 11, 23, 1, tzinfo=UTC)),
    ],
)
def test_a_day_or_a_moment_is_read(since: str, wanted: datetime) -> None:
    assert parse_filters(MultiDict({"since": since})).since == wanted

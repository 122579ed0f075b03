import base64
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_registry.queries import keyset
from battery_registry.queries.keyset import CursorError, Position

MOMENTS = st.datetimes(
    min_value=datetime(1970, 1, 1),  # noqa: DTZ001 - the zone is added by the strategy
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001 - as above
    timezones=st.just(UTC),
)


@given(at=MOMENTS, key=st.uuids())
def test_a_cursor_leads_back_to_where_it_was_made(at: datetime, key: UUID) -> None:
    cursor = keyset.write(Position(at=at, key=key))
    assert len(cursor) == 32
    assert keyset.read(cursor) == Position(at=at, key=key)


def test_moments_of_one_microsecond_apart_are_two() -> None:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    key = UUID(int=1)
    later = Position(at=at + timedelta(microseconds=1), key=key)
    assert keyset.read(keyset.write(later)).at - at == timedelta(microseconds=1)


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "A",
        "AAAA",
        "!" * 32,
        "é" * 32,
        "A" * 36,
        base64.urlsafe_b64encode(b"\x7f" + b"\xff" * 23).decode(),
    ],
)
def test_what_no_page_gave_is_no_cursor(cursor: str) -> None:
    with pytest.raises(CursorError) as refused:
        keyset.read(cursor)
    assert refused.value.field == "cursor"

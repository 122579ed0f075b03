from datetime import UTC, datetime, timedelta

from battery_registry.store.ids import new_id

NOW = datetime(2026, 11, 23, 4, 0, 0, 123_000, tzinfo=UTC)


def test_an_id_is_a_uuid_of_version_7() -> None:
    made = new_id(NOW)
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert made.int >> 80 == int(NOW.timestamp() * 1000)


def test_ids_follow_time_and_never_meet() -> None:
    assert new_id(NOW) < new_id(NOW + timedelta(milliseconds=1))
    assert len({new_id(NOW) for _ in range(10_000)}) == 10_000

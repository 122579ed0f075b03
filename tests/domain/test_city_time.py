from datetime import UTC, date, datetime

from battery_registry.domain.city_time import city_date, city_month


def test_days_and_months_turn_at_the_citys_midnight() -> None:
    before = datetime(2026, 10, 31, 15, 59, 59, tzinfo=UTC)
    after = datetime(2026, 10, 31, 16, tzinfo=UTC)
    assert (city_date(before), city_month(before)) == (date(2026, 10, 31), "2026-10")
    assert (city_date(after), city_month(after)) == (date(2026, 11, 1), "2026-11")

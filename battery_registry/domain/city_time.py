"""The city's calendar: days and months are counted where the batteries are."""

from datetime import date, datetime, timedelta, timezone

# Asia/Shanghai has kept UTC+8 without summer time since 1992.
CITY_ZONE = timezone(timedelta(hours=8), "Asia/Shanghai")


def city_date(moment: datetime) -> date:
    """Get the city's date of an aware moment."""
    return moment.astimezone(CITY_ZONE).date()


def city_month(moment: datetime) -> str:
    """Get the city's month of an aware moment, as ``2026-11``."""
    there = moment.astimezone(CITY_ZONE)
    return f"{there.year}-{there.month:02}"

"""Whether a rescore's report still tells what the registry holds."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from battery_registry.domain import Kind, RegistryError
from battery_registry.store.tables.batteries import battery
from battery_registry.store.tables.inspections import evaluation

VALID: Final = timedelta(days=14)
"""With an older report a rule set is neither proposed nor signed off."""
GROWTH_PCT: Final = 1
"""By how many per cent of the report's batteries the registry may differ."""


class ReportOldError(RegistryError):
    """The report was made too long ago."""

    code: ClassVar[str] = "release_report_old"
    kind: ClassVar[Kind] = Kind.CONFLICT


class ReportOutgrownError(RegistryError):
    """The registry has clearly more batteries, or fewer, than the report."""

    code: ClassVar[str] = "release_report_outgrown"
    kind: ClassVar[Kind] = Kind.CONFLICT


def check_holds(session: Session, *, report: Mapping[str, Any], now: datetime) -> None:
    """Refuse a report that no longer tells what the registry holds.

    Args:
        session: A transaction.
        report: Its row: when it was made and of how many batteries.
        now: The time of the request.

    Raises:
        ReportOldError: It was made longer than ``VALID`` ago.
        ReportOutgrownError: The batteries are more than ``GROWTH_PCT`` more or fewer.
    """
    if now - report["reported_at"] > VALID:
        raise ReportOldError(field="report", days=VALID.days)
    packs, held = report["packs"], _count(session)
    if 100 * abs(held - packs) > GROWTH_PCT * packs:
        raise ReportOutgrownError(field="report", packs=packs, held=held)


def _count(session: Session) -> int:
    """How many batteries a rescore would judge: those with a legal code."""
    counted = session.scalar(
        select(func.count())
        .select_from(battery)
        .join(
            evaluation,
            (evaluation.c.battery_id == battery.c.battery_id)
            & (evaluation.c.inspection_id == battery.c.code_inspection_id)
            & evaluation.c.is_legal,
        )
    )
    return counted or 0

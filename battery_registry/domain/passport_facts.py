"""What the registry knows of a battery that a passport may tell."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from battery_registry.domain.custody_edges import State

_DISCARDED: Final = frozenset(
    {
        State.COLLECTED,
        State.IN_TRANSIT,
        State.MISMATCH,
        State.RECEIVED,
        State.DISMANTLED,
        State.DESTROYED,
    }
)


class Status(StrEnum):
    """The model's words for what has become of a battery (Article 77(7))."""

    ORIGINAL = "Original"
    REPURPOSED = "Repurposed"
    WASTE = "Waste"


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What the registry knows of a battery that a passport may tell.

    Args:
        code: Its public code, without hyphens.
        page: The address of its public page.
        unit_kind: ``pack``, ``module`` or ``cell``.
        maker: As on the label.
        second_life: It was reused in another application.
        case_state: State of its newest red case.
        tested_at: When the readings below were made, aware.
        production_date: The day it was made.
        first_use_date: The day it was put into service.
        rated_capacity_ah: As on the label, ampere-hours.
        rated_energy_wh: As on the label, watt-hours.
        nominal_voltage_v: As on the label, volt.
        minimum_voltage_v: Where discharge ends by the label, volt.
        maximum_voltage_v: Where charge ends by the label, volt.
        safe_life_years: The life on the label, calendar years.
        cycle_limit: The maker's limit of full cycles.
        remaining_capacity_ah: As measured by a full discharge, ampere-hours.
        capacity_fade_pct: Against the rated capacity, per cent.
        full_cycles: Full cycles, as its own electronics count them.
        soc_pct: State of charge at the test, per cent.
        self_discharge_pct_per_month: Per cent a month.
        defects: Names of the findings that were there.
    """

    code: str
    page: str
    unit_kind: str
    maker: str | None
    second_life: bool
    case_state: State | None
    tested_at: datetime
    production_date: date | None = None
    first_use_date: date | None = None
    rated_capacity_ah: float | None = None
    rated_energy_wh: float | None = None
    nominal_voltage_v: float | None = None
    minimum_voltage_v: float | None = None
    maximum_voltage_v: float | None = None
    safe_life_years: float | None = None
    cycle_limit: int | None = None
    remaining_capacity_ah: float | None = None
    capacity_fade_pct: float | None = None
    full_cycles: int | None = None
    soc_pct: float | None = None
    self_discharge_pct_per_month: float | None = None
    defects: tuple[str, ...] = ()

    @property
    def status(self) -> Status:
        """Waste once it was handed on to be destroyed."""
        if self.case_state in _DISCARDED:
            return Status.WASTE
        return Status.REPURPOSED if self.second_life else Status.ORIGINAL

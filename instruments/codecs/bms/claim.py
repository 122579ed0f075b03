"""What a battery management system claims about its pack."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any

METHOD = "bms_reported"
# what no lithium cell shows; as aiobmsble judges it
_HIGHEST_CELL_V = 5.906
# a cell below this is a broken wire or a dead cell, not an imbalance
_LOWEST_CELL_V = 0.5
_SECONDS = 3600
# What a wire that is off reads as, 0 or all bits set, lies beyond these in the
# scales with tenths; no pack is this cold or hot and answers.
_COLDEST_C, _HOTTEST_C = -60, 150


class Place(StrEnum):
    """Where a temperature is measured."""

    CELL = "cell"
    MOSFET = "mosfet"
    AMBIENT = "ambient"
    BOARD = "board"
    BALANCER = "balancer"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Temperature:
    """One sensor's temperature in degrees Celsius."""

    value_c: float
    place: Place = Place.UNKNOWN


@dataclass(frozen=True, kw_only=True, slots=True)
class PackClaim:
    """One of several packs behind one system; units as in `BmsClaim`."""

    voltage_v: float
    current_a: float
    soc_pct: float
    soh_pct: float
    cycles: int


@dataclass(frozen=True, kw_only=True, slots=True)
class BmsClaim:
    """What the system says; None where it says nothing.

    Args:
        family: Which protocol it was read by.
        voltage_v: Of the pack.
        current_a: Positive when charging, as far as the family is consistent.
        soc_pct: State of charge, 0 to 100.
        soh_pct: State of health, 0 to 100.
        remaining_ah: Charge left.
        rated_ah: Nominal capacity.
        cycles: Charge cycles counted.
        total_charge_ah: All charge delivered so far.
        power_w: Positive when charging.
        runtime_s: Until empty, while discharging.
        cells_v: Each cell, in order.
        extremes_v: Highest and lowest cell, where the cells are not told.
        cell_count: Cells in series.
        cell_spread_v: Highest minus lowest cell; None beside a dead cell.
        temperatures: Every sensor told that is there; none beyond -60 to 150.
        temperature_c: Told, or the mean of the sensors.
        temperature_count: Sensors the system says it has, or a mask of them.
        charging: Told, or whether the current is positive.
        charge_on: The charging switch is closed.
        discharge_on: The discharging switch is closed.
        balancing: Mask of the cells being balanced, or 0 and 1.
        balance_current_a: Between cells.
        heater_on: The heater runs.
        problem_code: The family's own bits; 0 for none.
        problem: A code is set, or a value cannot be.
        mode: The family's own number of the operating mode.
        pack_count: Packs behind the system.
        packs: What each of them says.
        maker: As told.
        model: As told.
        serial: As told.
        cell_type: As told.
        hardware: Version.
        software: Version.
        made_on: ``YYYY-MM-DD``, or ``YYYY-MM`` where no day is told.
        clock: The system's own clock, ``YYYY-MM-DD hh:mm:ss``, zone unknown.
        derived: Names of the fields above that were computed, not told.
    """

    family: str
    voltage_v: float | None = None
    current_a: float | None = None
    soc_pct: float | None = None
    soh_pct: float | None = None
    remaining_ah: float | None = None
    rated_ah: float | None = None
    cycles: int | None = None
    total_charge_ah: float | None = None
    power_w: float | None = None
    runtime_s: int | None = None
    cells_v: tuple[float, ...] = ()
    extremes_v: tuple[float, float] | None = None
    cell_count: int | None = None
    cell_spread_v: float | None = None
    temperatures: tuple[Temperature, ...] = ()
    temperature_c: float | None = None
    temperature_count: int | None = None
    charging: bool | None = None
    charge_on: bool | None = None
    discharge_on: bool | None = None
    balancing: int | None = None
    balance_current_a: float | None = None
    heater_on: bool | None = None
    problem_code: int | None = None
    problem: bool | None = None
    mode: int | None = None
    pack_count: int | None = None
    packs: tuple[PackClaim, ...] = ()
    maker: str | None = None
    model: str | None = None
    serial: str | None = None
    cell_type: str | None = None
    hardware: str | None = None
    software: str | None = None
    made_on: str | None = None
    clock: str | None = None
    derived: frozenset[str] = frozenset()

    @property
    def method(self) -> str:
        """How every value here was obtained: told by the system."""
        return METHOD

    @property
    def dead_cells(self) -> tuple[int, ...]:
        """Numbers, from 1, of cells below 0.5 V: a broken wire or a dead cell."""
        return tuple(
            number
            for number, volts in enumerate(self.cells_v, start=1)
            if volts < _LOWEST_CELL_V
        )

    @property
    def energy_wh(self) -> float | None:
        """Voltage times remaining charge."""
        if self.voltage_v is None or self.remaining_ah is None:
            return None
        return self.voltage_v * self.remaining_ah

    def as_json(self) -> dict[str, Any]:
        """What is known, as plain JSON values, with the method beside it."""
        known = {f.name: _plain(getattr(self, f.name)) for f in fields(self)}
        kept = {name: value for name, value in known.items() if value not in (None, [])}
        return {
            "method": METHOD,
            **kept,
            **({"dead_cells": list(self.dead_cells)} if self.dead_cells else {}),
        }


def make_claim(family: str, told: Mapping[str, Any]) -> BmsClaim:
    """A claim from what was told, completed by what follows from it.

    Args:
        family: Which protocol it was read by.
        told: Fields of `BmsClaim` by name.
    """
    claim = BmsClaim(family=family, **told)
    attached = tuple(filter(_is_attached, claim.temperatures))
    claim = replace(claim, temperatures=attached)
    for step in (_from_cells, _charge_from_soc, _soc_from_charge, _flow, _rest):
        found = {
            name: value
            for name, value in step(claim).items()
            if value is not None and getattr(claim, name) is None
        }
        claim = replace(claim, **found, derived=claim.derived | frozenset(found))
    return replace(claim, problem=_has_problem(claim))


def _is_attached(sensor: Temperature) -> bool:
    return _COLDEST_C <= sensor.value_c <= _HOTTEST_C


def _from_cells(claim: BmsClaim) -> dict[str, Any]:
    volts = claim.cells_v or claim.extremes_v or ()
    alive = bool(volts) and min(volts) >= _LOWEST_CELL_V
    return {
        "voltage_v": round(sum(claim.cells_v), 3) if claim.cells_v else None,
        "cell_spread_v": round(max(volts) - min(volts), 4) if alive else None,
        "cell_count": len(claim.cells_v) or None,
    }


def _charge_from_soc(claim: BmsClaim) -> dict[str, Any]:
    if claim.rated_ah is None or claim.soc_pct is None:
        return {}
    return {"remaining_ah": claim.rated_ah * claim.soc_pct / 100}


def _soc_from_charge(claim: BmsClaim) -> dict[str, Any]:
    if not claim.rated_ah:
        return {}
    found: dict[str, Any] = {}
    if claim.remaining_ah is not None:
        found["soc_pct"] = round(claim.remaining_ah / claim.rated_ah * 100, 1)
    if claim.total_charge_ah is not None:
        found["cycles"] = int(claim.total_charge_ah / claim.rated_ah)
    return found


def _flow(claim: BmsClaim) -> dict[str, Any]:
    current = claim.current_a
    if current is None:
        return {}
    found: dict[str, Any] = {"charging": current > 0}
    if claim.voltage_v is not None:
        found["power_w"] = round(claim.voltage_v * current, 3)
    if current < 0 and claim.remaining_ah is not None:
        found["runtime_s"] = int(claim.remaining_ah / -current * _SECONDS)
    return found


def _rest(claim: BmsClaim) -> dict[str, Any]:
    values = [sensor.value_c for sensor in claim.temperatures]
    return {"temperature_c": round(sum(values) / len(values), 3) if values else None}


def _has_problem(claim: BmsClaim) -> bool:
    return any(
        (
            bool(claim.problem),
            bool(claim.problem_code),
            claim.voltage_v is not None and claim.voltage_v <= 0,
            any(not 0 < volts <= _HIGHEST_CELL_V for volts in claim.cells_v),
            claim.remaining_ah is not None and claim.remaining_ah <= 0,
            any((share or 0) > 100 for share in (claim.soc_pct, claim.soh_pct)),
        )
    )


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, (Temperature, PackClaim)):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def iso_date(year: int, month: int, day: int) -> str | None:
    """``YYYY-MM-DD``; None for what is no date, as unset memory gives."""
    lawful = 2000 <= year <= 2099 and 1 <= month <= 12 and 1 <= day <= 31
    return f"{year:04}-{month:02}-{day:02}" if lawful else None

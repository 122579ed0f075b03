"""Which discharge of a recording is a capacity test, and which is only a part.

A discharge counts only when a full charge stands before it, with nothing but
rest between, and when it went down to the cut-off. The first discharge of a
file is often neither, and taking it has called sound cells dead.
"""

import math
from dataclasses import dataclass

import numpy as np

from instruments.reading import CapacitySource, CycleCapacity
from instruments.recording import Phase, Recording, StepKind

# an end voltage is at its limit within 0.5 %: the drop between two records
_AT_LIMIT = 0.005
# a limit nobody states is believed when two phases end within 0.1 % of each other
_REPEATS = 0.001
_ENOUGH = 2
# a constant-voltage phase is finished at a quarter of the charge's highest
# current, or at 0.1 C; it holds its voltage within 0.3 %
_TAPER = 0.25
_TAPER_C_RATE = 0.1
_HELD = 0.003
# phases that end alike because of a voltage limit, not of a time limit, show it:
# either their charge differs by more than 1 %, or they end on the knee, where the
# last 2 % of the charge fall at least twice as steeply as the whole
_CHARGE_DIFFERS = 0.01
_KNEE_SHARE = 0.02
_KNEE_STEEPER = 2.0
# rates within 2 % of each other count as equally near
_RATE_STEP = 0.02


@dataclass(frozen=True, kw_only=True, slots=True)
class Declared:
    """What the operator states about the battery; None where not stated.

    Args:
        rated_ah: Rated capacity, > 0.
        c_rate: Discharge rate the rating refers to, in 1/h, > 0.
        cutoff_v: Discharge cut-off voltage.
        charge_limit_v: Charge limit voltage.
        reference_ah: Capacity of a new pack of this model, as measured, > 0.
        temperature_coefficient: Share of the capacity per kelvin, for lead-acid
            only (0.006 at the 10 h rate, 0.01 at 1 h to 3 h); None corrects
            nothing, as is right for lithium.
        reference_temperature_c: Temperature the corrected capacity refers to.
        cells_v: Voltage of each cell at rest, as a BMS reports them.
    """

    rated_ah: float | None = None
    c_rate: float = 0.5
    cutoff_v: float | None = None
    charge_limit_v: float | None = None
    reference_ah: float | None = None
    temperature_coefficient: float | None = None
    reference_temperature_c: float = 25.0
    cells_v: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Discharge:
    """One discharge of a recording.

    Args:
        index: Its place among the recording's phases.
        phase: Its steps.
        capacity_ah: Charge delivered, > 0.
        source: What counted it.
        current_a: Mean current, > 0.
        after_full_charge: It started from a full battery.
        at_cutoff: It went down to its cut-off.
        reasons: Why it is no capacity test; empty when it is.
    """

    index: int
    phase: Phase
    capacity_ah: float
    source: CapacitySource
    current_a: float
    after_full_charge: bool
    at_cutoff: bool
    reasons: tuple[str, ...]


def find_discharges(recording: Recording, declared: Declared) -> tuple[Discharge, ...]:
    """Every discharge that moved charge, judged."""
    found = []
    phases = recording.phases
    for index, phase in enumerate(phases):
        if phase.kind is not StepKind.DISCHARGE:
            continue
        capacity, source = phase_capacity(recording, phase)
        current_a = float(np.mean(np.abs(recording.current_a[phase.rows])))
        if capacity <= 0 or current_a <= 0:
            continue
        not_full = _why_not_full(recording, phases, index, declared)
        not_empty = _why_not_empty(recording, phases, phase, declared)
        found.append(
            Discharge(
                index=index,
                phase=phase,
                capacity_ah=capacity,
                source=source,
                current_a=current_a,
                after_full_charge=not not_full,
                at_cutoff=not not_empty,
                reasons=tuple(reason for reason in (not_full, not_empty) if reason),
            )
        )
    return tuple(found)


def choose(discharges: tuple[Discharge, ...], declared: Declared) -> Discharge | None:
    """The discharge to report.

    Of the valid ones the nearest to the declared rate, the first when several
    are equally near or when no rating is declared. Without a valid one the
    largest. None without any discharge.
    """
    valid = [discharge for discharge in discharges if not discharge.reasons]
    if not valid:
        return max(discharges, key=lambda d: d.capacity_ah, default=None)
    if declared.rated_ah is None:
        return valid[0]
    wanted_a = declared.rated_ah * declared.c_rate

    def distance(discharge: Discharge) -> int:
        return round(abs(math.log(discharge.current_a / wanted_a)) / _RATE_STEP)

    return min(valid, key=distance)


def phase_capacity(recording: Recording, phase: Phase) -> tuple[float, CapacitySource]:
    """Charge moved in a phase: by the instrument's counter, else by integral."""
    counted = [recording.counted_ah(step) for step in phase.steps]
    known = [ah for ah in counted if ah is not None]
    if known:
        return sum(known), CapacitySource.INSTRUMENT_COUNTER
    return recording.integral_ah(phase.rows), CapacitySource.INTEGRAL


def cycle_capacities(recording: Recording) -> tuple[CycleCapacity, ...]:
    """Charge per cycle, by our own integral, beside the vendor's figures.

    Without a time of its own the recording's counter is used instead.
    """
    vendor = {cycle.cycle: cycle for cycle in recording.vendor_summary}
    found = []
    for number in sorted({step.cycle for step in recording.steps}):
        theirs = vendor.get(number)
        found.append(
            CycleCapacity(
                cycle=number,
                charge_ah=_moved_ah(recording, number, StepKind.CHARGE),
                discharge_ah=_moved_ah(recording, number, StepKind.DISCHARGE),
                vendor_charge_ah=None if theirs is None else theirs.charge_ah,
                vendor_discharge_ah=None if theirs is None else theirs.discharge_ah,
            )
        )
    return tuple(found)


def _why_not_full(
    recording: Recording, phases: tuple[Phase, ...], index: int, declared: Declared
) -> str:
    """Why the discharge did not start from a full battery, or ''."""
    before = [p for p in phases[:index] if p.kind is not StepKind.REST]
    if not before:
        return "it starts from an unknown state of charge: no charge stands before it"
    if before[-1].kind is not StepKind.CHARGE:
        return f"a {before[-1].kind} stands before it, not a full charge"
    charge = before[-1]
    if charge.steps[-1].ended_at_limit:
        return ""
    highest = float(np.max(recording.voltage_v[charge.rows]))
    limit = _charge_limit(recording, phases, charge, declared)
    if limit is not None and highest < limit * (1 - _AT_LIMIT):
        return (
            f"the charge before it reached {highest:.3f} V, not its limit {limit:.3f} V"
        )
    if _tapered(recording, charge, declared.rated_ah):
        return ""
    if limit is None:
        return "the charge before it had no end at a known limit; declare the limit"
    rested = phases[phases.index(charge) + 1].kind is StepKind.REST
    return "" if rested else "the charge before it was not finished: no rest after it"


def _why_not_empty(
    recording: Recording, phases: tuple[Phase, ...], phase: Phase, declared: Declared
) -> str:
    """Why the discharge did not go down to the cut-off, or ''."""
    if declared.cutoff_v is None and phase.steps[-1].ended_at_limit:
        return ""
    end = float(recording.voltage_v[phase.rows][-1])
    cutoff = declared.cutoff_v or phase.steps[-1].limit_v
    if cutoff is None:
        cutoff = _shown_cutoff(recording, phases, phase)
    if cutoff is None:
        return f"it ended at {end:.3f} V and its cut-off is not known; declare it"
    if end > cutoff * (1 + _AT_LIMIT):
        return f"it ended at {end:.3f} V, above the cut-off {cutoff:.3f} V"
    return ""


def _charge_limit(
    recording: Recording, phases: tuple[Phase, ...], charge: Phase, declared: Declared
) -> float | None:
    """Declared, programmed, or shown by charges that end alike; else None."""
    stated = declared.charge_limit_v or charge.steps[-1].limit_v
    if stated is not None:
        return stated
    highest = [
        float(np.max(recording.voltage_v[p.rows]))
        for p in phases
        if p.kind is StepKind.CHARGE
    ]
    return _repeated(float(np.max(recording.voltage_v[charge.rows])), highest)


def _shown_cutoff(
    recording: Recording, phases: tuple[Phase, ...], phase: Phase
) -> float | None:
    """The end voltage, if other discharges show that it is a cut-off."""
    end = float(recording.voltage_v[phase.rows][-1])
    alike = [
        phase_capacity(recording, p)[0]
        for p in phases
        if p.kind is StepKind.DISCHARGE
        and _near(float(recording.voltage_v[p.rows][-1]), end)
    ]
    if len(alike) < _ENOUGH:
        return None
    differs = max(alike) > min(alike) * (1 + _CHARGE_DIFFERS)
    return end if differs or _ends_on_knee(recording, phase) else None


def _repeated(value: float, values: list[float]) -> float | None:
    """The value, if at least one other phase ended there too."""
    alike = [other for other in values if _near(other, value)]
    return value if len(alike) >= _ENOUGH else None


def _near(one: float, other: float) -> bool:
    return abs(one - other) <= _REPEATS * abs(other)


def _tapered(recording: Recording, charge: Phase, rated_ah: float | None) -> bool:
    """The charge ended in a constant-voltage phase whose current ran down."""
    voltage = recording.voltage_v[charge.rows]
    current = recording.current_a[charge.rows]
    held = voltage[-2:] >= np.max(voltage) * (1 - _HELD)
    small = current[-1] <= _TAPER * np.max(current)
    if rated_ah is not None:
        small = small or current[-1] <= _TAPER_C_RATE * rated_ah
    return len(voltage) > 1 and bool(held.all()) and bool(small)


def _ends_on_knee(recording: Recording, phase: Phase) -> bool:
    """The voltage falls far faster at the end than over the whole discharge."""
    voltage, time = recording.voltage_v[phase.rows], recording.time_s[phase.rows]
    current = np.abs(recording.current_a[phase.rows])
    moved = np.diff(time) * (current[1:] + current[:-1]) / 2
    charge = np.concatenate([[0.0], np.cumsum(moved)])
    near_end = np.interp(charge[-1] * (1 - _KNEE_SHARE), charge, voltage)
    last, whole = float(near_end - voltage[-1]), float(voltage[0] - voltage[-1])
    return last >= _KNEE_STEEPER * _KNEE_SHARE * whole > 0


def _moved_ah(recording: Recording, cycle: int, kind: StepKind) -> float:
    total = 0.0
    for step in recording.steps:
        if step.cycle == cycle and step.kind is kind:
            counted = recording.counted_ah(step) if recording.time_assumed else None
            integral = recording.integral_ah(slice(step.start, step.stop))
            total += integral if counted is None else counted
    return total

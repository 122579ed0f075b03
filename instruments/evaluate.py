"""From a recording to a reading. Pure: no file, no clock."""

from dataclasses import replace

import numpy as np

from instruments.capacity import (
    Declared,
    Discharge,
    choose,
    cycle_capacities,
    find_discharges,
)
from instruments.conditions import (
    condition_notes,
    corrected_ah,
    imbalance_mv,
    judge,
    temperature_range_c,
)
from instruments.reading import (
    CapacityMethod,
    MaxVoltageMethod,
    Reading,
)
from instruments.recording import Phase, Recording, StepKind
from instruments.resistance import pulse_resistances

# below this the cell has not relaxed and its voltage is no open-circuit voltage
_MIN_REST_S = 60.0


def evaluate(recording: Recording, declared: Declared | None = None) -> Reading:
    """The reading of one recording.

    Which discharge is reported: see `instruments.capacity.choose`.

    Args:
        recording: The recording.
        declared: What the operator states; nothing when None.
    """
    declared = declared or Declared()
    chosen = choose(find_discharges(recording, declared), declared)
    if chosen is None:
        return _without_discharge(recording, declared)
    resistances, refused = pulse_resistances(
        recording, chosen.index, soc_frac=1.0 if chosen.after_full_charge else None
    )
    max_voltage_v, max_method = _max_voltage(recording, chosen)
    judged = judge(recording, chosen, declared)
    span = temperature_range_c(recording, chosen.phase.rows)
    temperature_c = _temperature_c(recording, chosen.phase.rows)
    at_reference, correction = corrected_ah(chosen.capacity_ah, temperature_c, declared)
    imbalance, dead = imbalance_mv(declared.cells_v)
    reading = _capacity_test(recording, chosen, declared)
    conditions = condition_notes(judged, span, reading.c_rate, declared)
    return replace(
        reading,
        max_voltage_v=max_voltage_v,
        max_voltage_method=max_method,
        ocv_v=_ocv_v(recording, recording.phases[: chosen.index]),
        temperature_c=temperature_c,
        temperature_range_c=span,
        resistances=resistances,
        notes=(*_time_notes(recording), *refused, *conditions, *dead),
        validity=judged,
        capacity_at_reference_ah=at_reference,
        temperature_correction=correction,
        imbalance_mv=imbalance,
    )


def _capacity_test(
    recording: Recording, chosen: Discharge, declared: Declared
) -> Reading:
    """What the chosen discharge says of the capacity, and nothing else."""
    method = CapacityMethod.FULL_DISCHARGE
    if chosen.reasons:
        method = CapacityMethod.PARTIAL_ESTIMATE
    fade_pct, fade_reason = _fade(chosen, declared)
    rated_ah = declared.rated_ah
    return Reading(
        reader=recording.reader,
        recording_sha256=recording.sha256,
        duration_s=recording.duration_s,
        discharge_capacity_ah=chosen.capacity_ah,
        capacity_valid=not chosen.reasons,
        capacity_reasons=chosen.reasons,
        capacity_method=method,
        capacity_source=chosen.source,
        rated_capacity_ah=rated_ah,
        capacity_fade_pct=fade_pct,
        fade_reason=fade_reason,
        c_rate=None if rated_ah is None else chosen.current_a / rated_ah,
        discharge_current_a=chosen.current_a,
        step=chosen.phase.number,
        cutoff_voltage_v=float(recording.voltage_v[chosen.phase.rows][-1]),
        cycles=cycle_capacities(recording),
        reference_fade_pct=_reference_fade(chosen, declared),
        reported_resistances=recording.reported_resistances,
    )


def _without_discharge(recording: Recording, declared: Declared) -> Reading:
    why = "the recording has no discharge"
    imbalance, dead = imbalance_mv(declared.cells_v)
    return Reading(
        reader=recording.reader,
        recording_sha256=recording.sha256,
        duration_s=recording.duration_s,
        capacity_reasons=(why,),
        rated_capacity_ah=declared.rated_ah,
        fade_reason=why,
        max_voltage_v=float(np.max(recording.voltage_v)),
        max_voltage_method=MaxVoltageMethod.HIGHEST_SEEN,
        ocv_v=_ocv_v(recording, recording.phases),
        temperature_c=_temperature_c(recording, slice(None)),
        cycles=cycle_capacities(recording),
        notes=(*_time_notes(recording), *dead),
        imbalance_mv=imbalance,
        reported_resistances=recording.reported_resistances,
    )


def _fade(chosen: Discharge, declared: Declared) -> tuple[float | None, str]:
    """``100 * (1 - capacity / rated)``, or why there is none."""
    if declared.rated_ah is None:
        return None, "no rated capacity was declared"
    if chosen.reasons:
        return None, "the discharge is not a valid capacity test"
    return 100.0 * (1.0 - chosen.capacity_ah / declared.rated_ah), ""


def _reference_fade(chosen: Discharge, declared: Declared) -> float | None:
    """``100 * (1 - capacity / reference)`` against a new pack of the model."""
    if declared.reference_ah is None or chosen.reasons:
        return None
    return 100.0 * (1.0 - chosen.capacity_ah / declared.reference_ah)


def _max_voltage(
    recording: Recording, chosen: Discharge
) -> tuple[float, MaxVoltageMethod]:
    """The relaxed voltage after a full charge, else the highest record."""
    rest = recording.phases[chosen.index - 1] if chosen.index else None
    if chosen.after_full_charge and rest is not None and not recording.time_assumed:
        time = recording.time_s[rest.rows]
        if rest.kind is StepKind.REST and time[-1] - time[0] >= _MIN_REST_S:
            voltage = float(recording.voltage_v[rest.rows][-1])
            return voltage, MaxVoltageMethod.OCV_FULL
    return float(np.max(recording.voltage_v)), MaxVoltageMethod.HIGHEST_SEEN


def _ocv_v(recording: Recording, phases: tuple[Phase, ...]) -> float | None:
    """Voltage at the end of the last rest among these phases."""
    rests = [phase for phase in phases if phase.kind is StepKind.REST]
    return float(recording.voltage_v[rests[-1].rows][-1]) if rests else None


def _temperature_c(recording: Recording, rows: slice) -> float | None:
    if recording.temperature_c is None:
        return None
    known = recording.temperature_c[rows]
    known = known[np.isfinite(known)]
    return float(np.median(known)) if len(known) else None


def _time_notes(recording: Recording) -> tuple[str, ...]:
    if not recording.time_assumed:
        return ()
    return ("the duration rests on an assumed time between records",)

"""Direct-current resistance at the start of a discharge.

``R(t) = (U_rest_end - U(t)) / |I(t) - I_rest|``. It grows with ``t`` (17 to
32 milliohm in 30 s for one cell), so that no value is given without its time.
"""

import numpy as np

from instruments.reading import Resistance, ResistanceMethod
from instruments.recording import Phase, Recording, StepKind

PULSE_TIMES_S = (1.0, 10.0, 30.0)
# a record this near (share of t) is taken as it is; others are interpolated
_SAME_TIME = 0.02
_MIN_STEP_A = 1e-6


def pulse_resistances(
    recording: Recording, index: int, *, soc_frac: float | None
) -> tuple[tuple[Resistance, ...], tuple[str, ...]]:
    """Resistances at 1, 10 and 30 s, and why one of them is missing.

    The time runs from the first record of the discharge.

    Args:
        recording: The recording.
        index: The discharge's place among the recording's phases.
        soc_frac: State of charge at its start, None if unknown.
    """
    phases = recording.phases
    discharge = phases[index]
    if recording.time_assumed:
        return (), ("no resistance: the file has no time of its own",)
    if index == 0 or phases[index - 1].kind is not StepKind.REST:
        return (), ("no resistance: no rest stands before the discharge",)
    found, refused = [], []
    for dt_s in PULSE_TIMES_S:
        at = _at(recording, discharge, dt_s)
        if isinstance(at, str):
            refused.append(f"no resistance at {dt_s:g} s: {at}")
            continue
        resistance = _resistance(recording, phases[index - 1], discharge, dt_s, at)
        if resistance is None:
            refused.append(f"no resistance at {dt_s:g} s: the current did not change")
            continue
        di_a, mohm = resistance
        found.append(
            Resistance(
                method=ResistanceMethod.DC_PULSE,
                dt_s=dt_s,
                di_a=di_a,
                resistance_mohm=mohm,
                rest_s=_span_s(recording, phases[index - 1]),
                soc_frac=soc_frac,
                temperature_c=_temperature(recording, discharge.rows.start),
                step=discharge.number,
            )
        )
    return tuple(found), tuple(refused)


def _resistance(
    recording: Recording,
    rest: Phase,
    discharge: Phase,
    dt_s: float,
    at: tuple[float, float],
) -> tuple[float, float] | None:
    """Current step and milliohm; None when there is no step."""
    last = rest.rows.stop - 1
    voltage, current = at
    di_a = abs(current - float(recording.current_a[last]))
    if di_a < _MIN_STEP_A:
        return None
    return di_a, (float(recording.voltage_v[last]) - voltage) / di_a * 1000.0


def _at(recording: Recording, phase: Phase, dt_s: float) -> tuple[float, float] | str:
    """Voltage and current `dt_s` after the start, or why they are not known."""
    rows = phase.rows
    time = recording.time_s[rows] - recording.time_s[rows.start]
    voltage, current = recording.voltage_v[rows], recording.current_a[rows]
    nearest = int(np.argmin(np.abs(time - dt_s)))
    if abs(time[nearest] - dt_s) <= _SAME_TIME * dt_s:
        return float(voltage[nearest]), float(current[nearest])
    if time[-1] < dt_s:
        return f"the discharge lasted {time[-1]:.1f} s"
    after = int(np.flatnonzero(time >= dt_s)[0])
    gap_s = float(time[after] - time[after - 1])
    if gap_s > dt_s:
        return f"the records there are {gap_s:.1f} s apart"
    return (
        float(np.interp(dt_s, time, voltage)),
        float(np.interp(dt_s, time, current)),
    )


def _span_s(recording: Recording, phase: Phase) -> float:
    time = recording.time_s[phase.rows]
    return float(time[-1] - time[0])


def _temperature(recording: Recording, row: int) -> float | None:
    if recording.temperature_c is None or not np.isfinite(recording.temperature_c[row]):
        return None
    return float(recording.temperature_c[row])

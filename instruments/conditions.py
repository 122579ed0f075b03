"""Conditions of a capacity test beside full and empty: warmth, rate, cells."""

import numpy as np

from instruments.capacity import Declared, Discharge
from instruments.reading import Validity
from instruments.recording import Recording

# outside these a capacity gives no verdict; there is no formula for lithium
TEMPERATURE_C = (18.0, 28.0)
# a rate this far from the rating's gives another capacity
_RATE_FACTOR = 2.0
_DEAD_CELL_V = 0.5


def temperature_range_c(
    recording: Recording, rows: slice
) -> tuple[float, float] | None:
    """Lowest and highest temperature in these rows, None when not recorded."""
    if recording.temperature_c is None:
        return None
    known = recording.temperature_c[rows]
    known = known[np.isfinite(known)]
    return (float(known.min()), float(known.max())) if len(known) else None


def judge(recording: Recording, chosen: Discharge, declared: Declared) -> Validity:
    """Each condition of the chosen discharge."""
    span = temperature_range_c(recording, chosen.phase.rows)
    warm = None
    if span is not None:
        warm = TEMPERATURE_C[0] <= span[0] and span[1] <= TEMPERATURE_C[1]
    rate = None
    if declared.rated_ah is not None:
        ratio = chosen.current_a / declared.rated_ah / declared.c_rate
        rate = 1 / _RATE_FACTOR <= ratio <= _RATE_FACTOR
    return Validity(
        full_charge=chosen.after_full_charge,
        cutoff=chosen.at_cutoff,
        temperature=warm,
        rate=rate,
    )


def condition_notes(
    judged: Validity | None,
    span: tuple[float, float] | None,
    c_rate: float | None,
    declared: Declared,
) -> tuple[str, ...]:
    """What an unmet condition means for the capacity, one sentence each.

    Args:
        judged: The conditions, None without a discharge.
        span: Lowest and highest temperature of the discharge in degrees Celsius.
        c_rate: Its mean current over the rating, in 1/h.
        declared: What the operator states.
    """
    notes = []
    if judged is None:
        return ()
    if judged.temperature is False and span is not None:
        notes.append(
            f"the temperature lay between {span[0]:.1f} and {span[1]:.1f} degrees "
            f"Celsius, outside {TEMPERATURE_C[0]:g} to {TEMPERATURE_C[1]:g}: "
            "no verdict on the capacity"
        )
    if judged.rate is False and c_rate is not None:
        notes.append(
            f"the rate was {c_rate:.2f} C, the rating refers to {declared.c_rate:g} C"
        )
    return tuple(notes)


def corrected_ah(
    capacity_ah: float, temperature_c: float | None, declared: Declared
) -> tuple[float | None, str]:
    """``C / (1 + k (t - t_ref))`` and what was done; for lead-acid only.

    The formula and its ``k`` are the battery makers' for lead-acid; for lithium
    none is known, and nothing is corrected.
    """
    coefficient = declared.temperature_coefficient
    if coefficient is None:
        return None, "none: no coefficient declared; lithium has no standard formula"
    if temperature_c is None:
        return None, "none: the temperature was not recorded"
    reference = declared.reference_temperature_c
    divisor = 1.0 + coefficient * (temperature_c - reference)
    if divisor <= 0:
        return None, "none: the declared coefficient is not possible"
    return capacity_ah / divisor, (
        f"to {reference:g} degrees Celsius with {coefficient:g} per kelvin, declared"
    )


def imbalance_mv(cells_v: tuple[float, ...]) -> tuple[float | None, tuple[str, ...]]:
    """Highest less lowest cell in mV, or why there is none.

    A cell at next to nothing is dead or disconnected: a fault, no imbalance.
    """
    if not cells_v:
        return None, ()
    dead = [number for number, volts in enumerate(cells_v, 1) if volts < _DEAD_CELL_V]
    if dead:
        named = ", ".join(str(number) for number in dead)
        return None, (f"no imbalance: cell {named} is dead or its wire is broken",)
    return (max(cells_v) - min(cells_v)) * 1000.0, ()

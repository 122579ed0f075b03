"""What numbers a reading may have, by the kind of unit that was measured.

Limits of input, not of safety: outside them a value is a slip of the hand or
of the instrument. Both ends are allowed.
"""

from battery_registry.scoring.measurement import UnitKind

Limits = tuple[float, float]

# Name of the field, which ends in its unit, and its limits.
SAME_FOR_ALL: dict[str, Limits] = {
    "label_rated_capacity_ah": (0.1, 150),
    "label_rated_energy_wh": (0.1, 12_000),
    "label_max_charge_current_a": (0.05, 60),
    "label_max_discharge_current_a": (0.05, 200),
    "label_safe_life_years": (0.5, 20),
    "ambient_temp_c": (-20, 50),
    "battery_surface_temp_c": (-20, 90),
    "ambient_rh_pct": (0, 100),
    "soc_pct": (0, 100),
    "rest_minutes": (0, 1_440),
    "pulse_current_a": (0.01, 60),
    "pulse_seconds": (0.01, 60),
    "discharge_capacity_ah": (0, 200),
    "cell_voltage_min_v": (0, 5),
    "cell_voltage_max_v": (0, 5),
    "highest_work_temp_c": (-20, 150),
    "maker_max_temp_c": (-20, 150),
    "self_discharge_pct_per_month": (0, 100),
    "temperature_rise_k": (-20, 100),
    "test_duration_s": (10, 1_000_000),
}

_PACK, _MODULE, _CELL = UnitKind.PACK, UnitKind.MODULE, UnitKind.CELL

BY_UNIT: dict[str, dict[UnitKind, Limits]] = {
    "label_nominal_voltage_v": {_PACK: (6, 120), _MODULE: (1, 120), _CELL: (1, 5)},
    "label_charge_limit_voltage_v": {
        _PACK: (6, 140),
        _MODULE: (1, 140),
        _CELL: (1, 5),
    },
    "label_cutoff_voltage_v": {_PACK: (4, 110), _MODULE: (0.5, 110), _CELL: (0.5, 5)},
    "ocv_v": {_PACK: (0, 120), _MODULE: (0, 120), _CELL: (0, 5)},
    "max_output_voltage_v": {_PACK: (0, 120), _MODULE: (0, 120), _CELL: (0, 5)},
    "lowest_output_voltage_v": {_PACK: (0, 120), _MODULE: (0, 120), _CELL: (0, 5)},
    "maker_min_voltage_v": {_PACK: (0, 120), _MODULE: (0, 120), _CELL: (0, 5)},
    "internal_resistance_mohm": {
        _PACK: (1, 5_000),
        _MODULE: (0.1, 5_000),
        _CELL: (0.1, 5_000),
    },
}


def widest(name: str) -> Limits:
    """Get the limits that hold whatever the kind of unit is."""
    if name in SAME_FOR_ALL:
        return SAME_FOR_ALL[name]
    limits = BY_UNIT[name].values()
    return min(low for low, _ in limits), max(high for _, high in limits)

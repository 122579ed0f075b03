"""What an inspection found: the input of the score.

Field names, units and ranges are those of ``docs/wire-format.md``; the schema
at the door checks the ranges, so nothing here checks them again.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class UnitKind(StrEnum):
    """What was measured; it sets the lawful range of volts."""

    PACK = "pack"
    MODULE = "module"
    CELL = "cell"


class Chemistry(StrEnum):
    """Cell chemistry as marked or identified."""

    LFP = "lfp"
    TERNARY = "ternary"
    LMO = "lmo"
    LCO = "lco"
    OTHER_LI = "other_li"
    UNKNOWN_LI = "unknown_li"
    LEAD_ACID = "lead_acid"
    SODIUM_ION = "sodium_ion"
    NIMH = "nimh"
    UNKNOWN = "unknown"


class Deformation(StrEnum):
    """How far the housing has lost its shape; a swollen pack is severe."""

    NONE = "none"
    SLIGHT = "slight"
    SEVERE = "severe"


class ResistanceMethod(StrEnum):
    """How an internal resistance was obtained; never compared across methods."""

    AC_1KHZ = "ac_1khz"
    DC_PULSE = "dc_pulse"
    DC_TWO_LEVEL = "dc_two_level"
    DC_SYMMETRIC = "dc_symmetric"
    BMS = "bms"
    OTHER = "other"


class CapacityMethod(StrEnum):
    """How a discharge capacity was obtained."""

    FULL_DISCHARGE = "full_discharge"
    PARTIAL_ESTIMATE = "partial_estimate"
    BMS = "bms"
    NONE = "none"


class MaxVoltageMethod(StrEnum):
    """How the maximum output voltage was obtained."""

    OCV_FULL = "ocv_full"
    HIGHEST_SEEN = "highest_seen"
    BMS = "bms"
    LABEL_LIMIT = "label_limit"


class SocSource(StrEnum):
    """Where the state of charge comes from."""

    BMS = "bms"
    OCV_ESTIMATE = "ocv_estimate"
    AFTER_FULL_CHARGE = "after_full_charge"
    UNKNOWN = "unknown"


class InstrumentClass(StrEnum):
    """How good an instrument is; with the method it gives the uncertainty."""

    REFERENCE = "reference"
    STATION = "station"
    QUICK = "quick"


@dataclass(frozen=True, kw_only=True, slots=True)
class Measurement:
    """One inspection's label, findings and readings.

    ``None`` means not read, never zero. Booleans of the findings are true
    when the defect is there; those of the label are true when the mark is
    there. Volts of a module or a cell are that unit's own.
    """

    tested_at: datetime
    unit_kind: UnitKind
    chemistry: Chemistry

    # label
    maker_label_present: bool
    purchase_proof_present: bool
    ccc_mark_present: bool
    second_life: bool
    label_nominal_voltage_v: float | None = None
    label_rated_capacity_ah: float | None = None
    label_rated_energy_wh: float | None = None
    label_charge_limit_voltage_v: float | None = None
    label_cutoff_voltage_v: float | None = None
    label_max_charge_current_a: float | None = None
    label_max_discharge_current_a: float | None = None
    label_safe_life_years: float | None = None
    production_date: date | None = None
    first_use_date: date | None = None

    # findings
    housing_broken_exposed: bool
    leakage: bool
    deformation: Deformation
    burn_marks: bool
    port_damaged: bool
    mount_mismatch: bool | None = None
    water_marks: bool | None = None
    drop_marks: bool | None = None
    charger_not_original: bool | None = None

    # circumstances of the test
    ambient_temp_c: float
    battery_surface_temp_c: float
    ambient_rh_pct: float | None = None
    soc_pct: float | None = None
    soc_source: SocSource
    rest_minutes: float | None = None
    test_duration_s: float

    # readings
    ocv_v: float
    max_output_voltage_v: float | None = None
    max_output_voltage_method: MaxVoltageMethod | None = None
    internal_resistance_mohm: float | None = None
    resistance_method: ResistanceMethod | None = None
    pulse_current_a: float | None = None
    pulse_seconds: float | None = None
    discharge_capacity_ah: float | None = None
    capacity_method: CapacityMethod
    cell_count_series: int | None = None
    cell_voltage_min_v: float | None = None
    cell_voltage_max_v: float | None = None
    lowest_output_voltage_v: float | None = None
    highest_work_temp_c: float | None = None
    cycle_count: int | None = None
    bms_fault: bool | None = None
    protection_overcharge_ok: bool | None = None
    protection_discharge_short_ok: bool | None = None
    micro_short_warning: bool | None = None
    bms_alarm_count: int | None = None
    self_discharge_pct_per_month: float | None = None
    temperature_rise_k: float | None = None

    # the maker's own declaration, where it has published one
    maker_frequent_alarms: bool | None = None
    maker_other_safety_issue: bool | None = None
    maker_cycle_limit: int | None = None
    maker_min_voltage_v: float | None = None
    maker_max_temp_c: float | None = None
    maker_declares_bms_fault_unsafe: bool | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Circumstances:
    """What the registry knows about who measured, and with what.

    Args:
        calibration_valid: The instrument was inside its calibration when the
            test was made.
        training_valid: The inspector's training covered that day.
        instrument_class: How good the instrument is.
    """

    calibration_valid: bool
    training_valid: bool
    instrument_class: InstrumentClass = InstrumentClass.STATION

"""The values one recording gives: capacity, resistances, voltages.

A value never travels without the way it was obtained: a capacity says whether
it may count and why not, a resistance says its method, its time after the
load step and the size of that step.
"""

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any


class CapacityMethod(StrEnum):
    """How a discharge capacity was obtained (words of the wire format)."""

    FULL_DISCHARGE = "full_discharge"
    PARTIAL_ESTIMATE = "partial_estimate"
    NONE = "none"


class CapacitySource(StrEnum):
    """What counted the charge."""

    INSTRUMENT_COUNTER = "instrument_counter"
    INTEGRAL = "integral"


class MaxVoltageMethod(StrEnum):
    """How the highest voltage was obtained (words of the wire format)."""

    HIGHEST_SEEN = "highest_seen"
    OCV_FULL = "ocv_full"


class ResistanceMethod(StrEnum):
    """How an internal resistance was obtained; never compare across methods."""

    AC_1KHZ = "ac_1khz"
    DC_PULSE = "dc_pulse"
    DC_TWO_LEVEL = "dc_two_level"
    DC_SYMMETRIC = "dc_symmetric"
    BMS = "bms"
    OTHER = "other"


class ReadingError(Exception):
    """A file or a device gave no usable recording.

    Args:
        code: Stable word for programs, e.g. ``"no_records"``.
        message: What is wrong, one sentence for the operator.
        hint: What the operator can do about it.
    """

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        """Keep the three parts; see the class."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """Message and hint in one line."""
        return f"{self.message} {self.hint}".rstrip()

    def as_json(self) -> dict[str, Any]:
        """The error as plain JSON values."""
        return {"code": self.code, "message": self.message, "hint": self.hint}


@dataclass(frozen=True, kw_only=True, slots=True)
class Resistance:
    """One internal resistance.

    Args:
        method: How it was obtained.
        dt_s: Seconds between the load step and the voltage used, >= 0;
            for ``ac_1khz`` one period (0.001).
        di_a: Size of the current step, > 0.
        resistance_mohm: Milliohm.
        rest_s: Rest before the load step, None if unknown.
        soc_frac: State of charge 0..1, None if unknown.
        temperature_c: Surface temperature, None if not recorded.
        step: Number of the step whose start was used, None outside a recording.
    """

    method: ResistanceMethod
    dt_s: float
    di_a: float
    resistance_mohm: float
    rest_s: float | None = None
    soc_frac: float | None = None
    temperature_c: float | None = None
    step: int | None = None

    def as_json(self) -> dict[str, Any]:
        """The resistance as plain JSON values."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}


@dataclass(frozen=True, kw_only=True, slots=True)
class CycleCapacity:
    """Charge moved in one cycle, ours beside the vendor's own figure.

    Args:
        cycle: Number of the cycle as the file counts it.
        charge_ah: Ampere-hours charged, >= 0.
        discharge_ah: Ampere-hours discharged, >= 0.
        vendor_charge_ah: The vendor's figure, None if the file has none.
        vendor_discharge_ah: The vendor's figure, None if the file has none.
    """

    cycle: int
    charge_ah: float
    discharge_ah: float
    vendor_charge_ah: float | None = None
    vendor_discharge_ah: float | None = None

    def as_json(self) -> dict[str, Any]:
        """The cycle as plain JSON values."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Validity:
    """The conditions of a capacity test; None where it cannot be known.

    Args:
        full_charge: A full charge stands before the discharge.
        cutoff: The discharge went down to its cut-off.
        temperature: It stayed within 18 to 28 degrees Celsius.
        rate: Its mean current is within a factor of 2 of the rate that the
            rating refers to.
    """

    full_charge: bool | None = None
    cutoff: bool | None = None
    temperature: bool | None = None
    rate: bool | None = None

    def as_json(self) -> dict[str, Any]:
        """The conditions as plain JSON values."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportedResistance:
    """A resistance that the instrument wrote, with what it is called there.

    Args:
        method: ``ac_1khz`` only where the instrument says so.
        title: The column's title.
        resistance_mohm: The last value that is not zero, > 0.
        step: Number of the step it stands in.
    """

    method: ResistanceMethod
    title: str
    resistance_mohm: float
    step: int | None = None

    def as_json(self) -> dict[str, Any]:
        """The resistance as plain JSON values."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What one recording says about the battery in it.

    ``None`` means not obtained, never zero.

    Args:
        reader: Name of the reader or driver that made the recording.
        recording_sha256: Hash of the raw file, 64 hex characters, None when
            there is no file.
        duration_s: From the first to the last record.
        discharge_capacity_ah: Charge delivered by the chosen discharge, > 0.
        capacity_valid: True only for a discharge from a full charge down to
            the cut-off.
        capacity_reasons: Why it is not valid, one sentence each; empty when it is.
        validity: Each condition of a capacity test: met, not met, or None when
            it cannot be known.
        capacity_at_reference_ah: Corrected to ``reference_temperature_c``; None
            without a declared coefficient.
        temperature_correction: What was corrected and how, or why nothing was.
        reference_fade_pct: Fade against a new pack of the model; None when not
            declared or the capacity is not valid.
        temperature_range_c: Lowest and highest during the chosen discharge.
        imbalance_mv: Highest less lowest cell; None without cells or with a dead
            one.
        reported_resistances: As the instrument itself wrote them.
        capacity_method: ``full_discharge`` when valid, ``partial_estimate`` for
            a discharge that is not, ``none`` without a discharge.
        capacity_source: What counted the charge.
        rated_capacity_ah: The declared rating, None when not declared.
        capacity_fade_pct: ``100 * (1 - capacity / rated)``; may be negative.
        fade_reason: Why the fade is None, empty when it is given.
        c_rate: Mean discharge current over the rating, in 1/h.
        discharge_current_a: Mean current of the chosen discharge, > 0.
        step: Number of the chosen discharge's first step.
        cutoff_voltage_v: Voltage at the end of the chosen discharge.
        max_voltage_v: Highest voltage, by ``max_voltage_method``.
        max_voltage_method: How the highest voltage was obtained.
        ocv_v: Voltage at the end of the rest before the chosen discharge.
        temperature_c: Median temperature during the chosen discharge.
        cycles: Charge per cycle.
        resistances: Every resistance obtained.
        notes: What was not derived, and why.
    """

    reader: str
    duration_s: float
    recording_sha256: str | None = None
    discharge_capacity_ah: float | None = None
    capacity_valid: bool = False
    capacity_reasons: tuple[str, ...] = ()
    validity: Validity | None = None
    capacity_at_reference_ah: float | None = None
    temperature_correction: str = ""
    reference_fade_pct: float | None = None
    temperature_range_c: tuple[float, float] | None = None
    imbalance_mv: float | None = None
    reported_resistances: tuple[ReportedResistance, ...] = ()
    capacity_method: CapacityMethod = CapacityMethod.NONE
    capacity_source: CapacitySource | None = None
    rated_capacity_ah: float | None = None
    capacity_fade_pct: float | None = None
    fade_reason: str = ""
    c_rate: float | None = None
    discharge_current_a: float | None = None
    step: int | None = None
    cutoff_voltage_v: float | None = None
    max_voltage_v: float | None = None
    max_voltage_method: MaxVoltageMethod | None = None
    ocv_v: float | None = None
    temperature_c: float | None = None
    cycles: tuple[CycleCapacity, ...] = ()
    resistances: tuple[Resistance, ...] = ()
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The reading as plain JSON values, floats rounded to 1e-6."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}


def _plain(value: Any) -> Any:
    """A field's value as JSON knows it; 1e-6 is finer than any instrument here."""
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, (Resistance, CycleCapacity, Validity, ReportedResistance)):
        return value.as_json()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value

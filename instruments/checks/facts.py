"""What is known beside the recording, for the checks that need it."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """None where it is not known; the checks that need it are then left out.

    Args:
        nominal_v: Nominal voltage on the label, > 0.
        cells_in_series: Cells in series, >= 1; estimated from the nominal voltage
            when None.
        cells_v: Voltage of each cell, as a BMS reports them.
        resistances_mohm: Resistances an instrument reported.
        calibrated_on: Day of the instrument's last calibration.
        measured_on: Day of the measurement.
        calibration_days: How long a calibration holds.
    """

    nominal_v: float | None = None
    cells_in_series: int | None = None
    cells_v: tuple[float, ...] = ()
    resistances_mohm: tuple[float, ...] = ()
    calibrated_on: date | None = None
    measured_on: date | None = None
    calibration_days: int = 365

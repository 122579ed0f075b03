"""A simulated e-bike pack: what its terminals show at a charge and a current.

One ohmic resistance behind an open-circuit voltage that falls with the charge
taken out, with the knee of a lithium-ion cell near empty. Enough for a tester's
log; it has no diffusion, so its resistance does not grow with time.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass

# state of charge against the share of the way from the empty to the full
# open-circuit voltage: a smooth stand-in for an NMC cell, steep near empty
_SOC = (0.0, 0.02, 0.05, 0.10, 0.20, 0.30, 0.50, 0.70, 0.85, 0.95, 1.0)
_RISE = (0.0, 0.16, 0.30, 0.40, 0.46, 0.50, 0.58, 0.72, 0.84, 0.94, 1.0)
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}")
_TEST_RATE = 0.5
_END_RATE = 0.05
_HIGHEST_CURRENT_A = 20.0
_RANGES = {
    "rated_ah": (0.5, 200.0),
    "capacity_ah": (0.1, 200.0),
    "series": (1, 32),
    "resistance_mohm": (1.0, 5000.0),
    "charge_limit_v": (2.0, 140.0),
    "cutoff_v": (1.0, 110.0),
    "start_soc": (0.0, 0.95),
}


class PackError(ValueError):
    """A pack that cannot be simulated.

    Args:
        field: The value at fault.
        message: What is wrong with it.
    """

    def __init__(self, field: str, message: str) -> None:
        """Name the field; see the class."""
        super().__init__(f"{field}: {message}")
        self.field = field


@dataclass(frozen=True, kw_only=True, slots=True)
class SimulatedPack:
    """One pack.

    Args:
        name: Names its files: letters, digits, ``_``, ``-`` and ``.``.
        rated_ah: Rated capacity, 0.5 to 200; the test runs at half of it per
            hour, at most 20 A.
        capacity_ah: What that discharge delivers, 0.1 to 200.
        series: Cells in series, 1 to 32; stands for the pack, no voltage
            depends on it.
        resistance_mohm: Ohmic resistance, 1 to 5000.
        charge_limit_v: Where the charger holds the terminals, 2 to 140.
        cutoff_v: Where the tester ends the discharge, 1 to 110.
        start_soc: State of charge when the pack comes in, 0 to 0.95.

    Raises:
        PackError: A value lies outside its range, or the pack could not
            deliver anything between the two voltages at that resistance.
    """

    name: str
    rated_ah: float
    capacity_ah: float
    series: int
    resistance_mohm: float
    charge_limit_v: float
    cutoff_v: float
    start_soc: float = 0.35

    def __post_init__(self) -> None:
        """Check the ranges; see the class."""
        if not _NAME.fullmatch(self.name):
            raise PackError("name", "must be 1 to 80 letters, digits, _ - .")
        for field, (low, high) in _RANGES.items():
            value = getattr(self, field)
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise PackError(field, "must be a number")
            # "not" also catches NaN, which is in no range
            if not low <= value <= high:
                raise PackError(field, f"must lie between {low} and {high}")
        if self.capacity_ah > 2 * self.rated_ah:
            raise PackError("capacity_ah", "is more than twice the rating")
        if self.full_v <= self.empty_v:
            message = "the voltage under load is below the cut-off from the start"
            raise PackError("resistance_mohm", message)

    @property
    def test_current_a(self) -> float:
        """Current of charge and discharge, to the tester's 10 mA."""
        return round(min(self.rated_ah * _TEST_RATE, _HIGHEST_CURRENT_A), 2)

    @property
    def end_current_a(self) -> float:
        """Current at which the charger is done."""
        return round(max(self.rated_ah * _END_RATE, 0.05), 2)

    @property
    def full_v(self) -> float:
        """Open-circuit voltage when the charger is done."""
        return self.charge_limit_v - self.end_current_a * self._ohm

    @property
    def empty_v(self) -> float:
        """Open-circuit voltage at which the loaded terminals reach the cut-off."""
        return self.cutoff_v + self.test_current_a * self._ohm

    @property
    def _ohm(self) -> float:
        return self.resistance_mohm / 1000.0

    def ocv_v(self, soc: float) -> float:
        """Open-circuit voltage at a state of charge of 0 to 1."""
        return self.empty_v + (self.full_v - self.empty_v) * _along(_SOC, _RISE, soc)

    def terminal_v(self, soc: float, current_a: float) -> float:
        """Terminal voltage; the current is positive when charging."""
        return self.ocv_v(soc) + current_a * self._ohm

    def held_current_a(self, soc: float) -> float:
        """Current a charger needs to hold the charge limit, at least 0."""
        return max(0.0, (self.charge_limit_v - self.ocv_v(soc)) / self._ohm)


def _along(xs: tuple[float, ...], ys: tuple[float, ...], x: float) -> float:
    """Linear interpolation, held at both ends."""
    if x <= xs[0]:
        return ys[0]
    if x >= xs[-1]:
        return ys[-1]
    right = bisect_right(xs, x)
    share = (x - xs[right - 1]) / (xs[right] - xs[right - 1])
    return ys[right - 1] + share * (ys[right] - ys[right - 1])

"""A recording: what an instrument wrote down, in one system of units.

Columns are numpy arrays of one length; current is positive when charging.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt

from instruments.reading import ReadingError, ReportedResistance

Floats = npt.NDArray[np.float64]
# no second, volt, ampere or ampere-hour of a battery test is larger
_LARGEST = 1e10


class StepKind(StrEnum):
    """What a step does to the battery."""

    REST = "rest"
    CHARGE = "charge"
    DISCHARGE = "discharge"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One step of the test programme; rows ``start`` to ``stop - 1``.

    Args:
        number: As the file counts executed steps.
        kind: What it does.
        label: The vendor's own word for it.
        start: First row.
        stop: One past the last row.
        cycle: Cycle it belongs to, as the file counts.
        limit_v: Voltage the programme ends or holds the step at, None if unknown.
        ended_at_limit: The instrument itself said that the step ended at its
            limit; None when it says nothing.
    """

    number: int
    kind: StepKind
    label: str
    start: int
    stop: int
    cycle: int = 1
    limit_v: float | None = None
    ended_at_limit: bool | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Phase:
    """Neighbouring steps of one kind, e.g. constant current then voltage."""

    kind: StepKind
    steps: tuple[Step, ...]

    @property
    def number(self) -> int:
        """Number of the first step."""
        return self.steps[0].number

    @property
    def rows(self) -> slice:
        """Rows of the whole phase."""
        return slice(self.steps[0].start, self.steps[-1].stop)


@dataclass(frozen=True, kw_only=True, slots=True)
class VendorCycle:
    """A cycle's capacities as the vendor's software wrote them, in Ah."""

    cycle: int
    charge_ah: float
    discharge_ah: float


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Recording:
    """The time series of one file or one run of a device.

    Args:
        reader: Name of the reader or driver.
        time_s: Seconds since the first record.
        voltage_v: Terminal voltage.
        current_a: Positive when charging.
        steps: In order, covering every row.
        capacity_ah: The instrument's own counter, >= 0 and counted from the
            step's start; None when it has none.
        temperature_c: Of the battery; None when not recorded.
        clock_s: The instrument's own clock since the first record; NaN where it
            is missing, None when not recorded.
        vendor_summary: The vendor's own capacities per cycle.
        reported_resistances: As the instrument itself wrote them.
        warnings: What the reader had to assume or leave out.
        time_assumed: The file has no time; ``time_s`` rests on an assumption.
        first_time_s: The file's own test time at the first record.
        started_at: The instrument's own clock at the start.
        extra_columns: Columns of the file that are not used.
        sha256: Hash of the raw file, 64 hex characters.

    ``forward_s`` is ``time_s`` without the records that stand before their turn.
    """

    reader: str
    time_s: Floats
    voltage_v: Floats
    current_a: Floats
    steps: tuple[Step, ...]
    capacity_ah: Floats | None = None
    temperature_c: Floats | None = None
    clock_s: Floats | None = None
    vendor_summary: tuple[VendorCycle, ...] = ()
    reported_resistances: tuple[ReportedResistance, ...] = ()
    warnings: tuple[str, ...] = ()
    time_assumed: bool = False
    first_time_s: float = 0.0
    started_at: str | None = None
    extra_columns: tuple[str, ...] = ()
    sha256: str | None = None
    forward_s: Floats = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse what no later step could use.

        Raises:
            ReadingError: No records, columns of unequal length, a value that
                is not finite, or steps that do not cover the rows.
        """
        if len(self.time_s) == 0:
            raise ReadingError(
                "no_records",
                "The file holds no records.",
                "Was the test started? Export it again after it has run.",
            )
        optional = (self.capacity_ah, self.temperature_c, self.clock_s)
        columns = [self.time_s, self.voltage_v, self.current_a]
        columns += [column for column in optional if column is not None]
        if any(len(column) != len(self.time_s) for column in columns):
            raise ReadingError("ragged_columns", "The columns differ in length.")
        measured = columns[:3] if self.capacity_ah is None else columns[:4]
        # also false for NaN
        if not all((np.abs(column) < _LARGEST).all() for column in measured):
            raise ReadingError(
                "not_a_number",
                "A time, voltage, current or capacity is no number, or beyond reason.",
                "The file is damaged; export it again.",
            )
        edges = [0, *(step.stop for step in self.steps)]
        starts = [step.start for step in self.steps]
        if starts != edges[:-1] or edges[-1] != len(self.time_s):
            raise ReadingError("bad_steps", "The steps do not cover the records.")
        object.__setattr__(self, "forward_s", _forward(self.time_s))

    @property
    def rows(self) -> int:
        """Number of records."""
        return len(self.time_s)

    @property
    def duration_s(self) -> float:
        """From the first to the last record."""
        return float(self.time_s[-1] - self.time_s[0])

    @property
    def phases(self) -> tuple[Phase, ...]:
        """Neighbouring steps of one kind, joined."""
        runs = groupby(self.steps, key=lambda step: step.kind)
        return tuple(Phase(kind=kind, steps=tuple(run)) for kind, run in runs)

    def integral_ah(self, rows: slice) -> float:
        """Charge moved in these rows by the trapezoid rule, always >= 0."""
        charge = np.trapezoid(self.current_a[rows], self.forward_s[rows])
        return abs(float(charge)) / 3600.0

    def counted_ah(self, step: Step) -> float | None:
        """Charge of a step by the instrument's counter, None without one."""
        if self.capacity_ah is None:
            return None
        return float(np.max(self.capacity_ah[step.start : step.stop]))

    def as_json(self) -> dict[str, Any]:
        """A summary as plain JSON values, without the columns."""
        return {
            "rows": self.rows,
            "duration_s": round(self.duration_s, 3),
            "last_time_s": round(self.first_time_s + self.duration_s, 3),
            "time_source": "assumed" if self.time_assumed else "recorded",
            "steps": len(self.steps),
            "started_at": self.started_at,
            "vendor_cycles": len(self.vendor_summary),
            "extra_columns": list(self.extra_columns),
            "warnings": list(self.warnings),
            "sha256": self.sha256,
        }


def _forward(time_s: Floats) -> Floats:
    """Each time, or the largest before it where that is later."""
    latest: Floats = np.maximum.accumulate(time_s)
    # in order, as nearly all are: one array is enough
    return time_s if np.array_equal(latest, time_s) else latest


def run_bounds(keys: Iterable[object]) -> list[tuple[int, int]]:
    """Rows ``[start, stop)`` of every run of equal keys."""
    bounds: list[tuple[int, int]] = []
    start = 0
    for _, run in groupby(keys):
        stop = start + sum(1 for _ in run)
        bounds.append((start, stop))
        start = stop
    return bounds

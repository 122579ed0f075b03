"""What every driver offers, and what a measurement by one is.

A driver is found by its entry point and made from a port; nothing else of it is
relied on, so that a plug-in needs no base class of ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, ClassVar, Protocol, Self

from instruments.codecs.bms.claim import BmsClaim
from instruments.reading import ReadingError, ResistanceMethod


class DriverError(ReadingError):
    """An instrument on a wire gave no value that can be relied on.

    Codes: ``not_opened``, ``no_answer``, ``broken_frame``, ``unplugged``,
    ``wrong_instrument``, ``refused``, ``out_of_range``, ``probe_open``,
    ``below_resolution``, ``unstable``, ``unconfirmed``, ``unsafe``, ``stopped``,
    ``link_lost``, ``bad_map``, ``unknown_driver``, ``out_of_step``, ``not_kept``.
    """


# with more current than this the voltage is not an open circuit's
_NO_LOAD_A = 0.05
# what the wire format takes; beyond it is memory that was never set
_MOST_CYCLES = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """How a serial line is set; other ports take no notice.

    Args:
        baud: Bits per second.
        parity: ``N``, ``E`` or ``O``.
    """

    baud: int
    parity: str = "N"


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """Which instrument answers.

    Args:
        maker: As it says, or as its protocol implies.
        model: As it says; empty when it says nothing.
        serial: Empty when it says none.
        firmware: Empty when it says none.
    """

    maker: str
    model: str = ""
    serial: str = ""
    firmware: str = ""

    def as_json(self) -> dict[str, str]:
        """What is known."""
        parts = {
            "maker": self.maker,
            "model": self.model,
            "serial": self.serial,
            "firmware": self.firmware,
        }
        return {name: value for name, value in parts.items() if value}


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """One measurement.

    Args:
        driver: Name of the driver.
        instrument: Who answered.
        voltage_v: Measured by an instrument, None when it measures none.
        current_a: Likewise; positive when charging.
        capacity_ah: What a tester's counter stands at; no verdict by itself.
        resistance_mohm: Milliohm, > 0.
        resistance_method: How; given with the resistance.
        claim: What a battery management system says of its pack.
        values: Further values by name.
        notes: What the operator should know.
    """

    driver: str
    instrument: Identity
    voltage_v: float | None = None
    current_a: float | None = None
    capacity_ah: float | None = None
    resistance_mohm: float | None = None
    resistance_method: ResistanceMethod | None = None
    claim: BmsClaim | None = None
    values: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """What is known, as plain JSON values; ``inspection`` are the wire fields."""
        numbers = {
            "voltage_v": self.voltage_v,
            "current_a": self.current_a,
            "capacity_ah": self.capacity_ah,
            "resistance_mohm": self.resistance_mohm,
        }
        known: dict[str, Any] = {
            name: round(value, 6)
            for name, value in numbers.items()
            if value is not None
        }
        if self.resistance_method is not None:
            known["resistance_method"] = self.resistance_method.value
        if self.claim is not None:
            known["claim"] = self.claim.as_json()
        if self.values:
            known["values"] = {name: round(v, 6) for name, v in self.values.items()}
        return {
            "driver": self.driver,
            "instrument": self.instrument.as_json(),
            **known,
            "inspection": {
                name: round(value, 6) if isinstance(value, float) else value
                for name, value in self.wire_fields().items()
            },
            "notes": list(self.notes),
        }

    def wire_fields(self) -> dict[str, Any]:
        """Fields of an inspection this can fill.

        A claim fills none that a pack can pass by: no voltage, no resistance and
        no capacity, only counts, cells and the state of charge marked as told. A
        voltage under load is no open circuit's.
        """
        if self.claim is not None:
            return _told_fields(self.claim)
        found: dict[str, Any] = {}
        is_loaded = self.current_a is not None and abs(self.current_a) > _NO_LOAD_A
        if self.voltage_v is not None and not is_loaded:
            # swapped probes change the sign and nothing else
            found["ocv_v"] = abs(self.voltage_v)
        if self.resistance_mohm is not None and self.resistance_method is not None:
            found["internal_resistance_mohm"] = self.resistance_mohm
            found["resistance_method"] = self.resistance_method.value
        return found


def _told_fields(claim: BmsClaim) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if claim.cycles is not None and 0 <= claim.cycles <= _MOST_CYCLES:
        found["cycle_count"] = claim.cycles
    if claim.cell_count:
        found["cell_count_series"] = claim.cell_count
    if claim.soc_pct is not None and 0 <= claim.soc_pct <= 100:
        found["soc_pct"], found["soc_source"] = claim.soc_pct, "bms"
    cells_v = claim.cells_v or claim.extremes_v
    if cells_v:
        found["cell_voltage_min_v"] = min(cells_v)
        found["cell_voltage_max_v"] = max(cells_v)
    return found


class Port(Protocol):
    """A way to an instrument."""

    name: str

    def write(self, data: bytes) -> None:
        """Send all of it.

        Raises:
            DriverError: ``unplugged``.
        """

    def read(self, timeout_s: float) -> bytes:
        """What has come, waiting at most so long; empty when nothing has.

        Raises:
            DriverError: ``unplugged``.
        """

    def flush(self) -> None:
        """Forget what has come.

        Raises:
            DriverError: ``unplugged``.
        """

    def close(self) -> None:
        """Let go; may be called twice."""


class Driver(Protocol):
    """An instrument on a port; a context manager that closes itself."""

    name: ClassVar[str]
    line: ClassVar[Line]

    def identify(self) -> Identity:
        """Who answers.

        Raises:
            DriverError: Nobody does, or another instrument.
        """

    def measure(self) -> Measured:
        """One measurement.

        Raises:
            DriverError: There is no value to rely on.
        """

    def close(self) -> None:
        """Let go of the port; may be called twice."""

    def __enter__(self) -> Self:
        """The driver itself."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""

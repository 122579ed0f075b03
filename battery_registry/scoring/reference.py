"""What a new pack of a model reads: the label's value and the registry's own.

There is no resistance ratio that means the same for every cell, so a pack is
compared with young packs of its own model, read by the same method. Medians, so
that single slips of the hand and a few bad packs do not move it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median

from battery_registry.scoring.inputs import FADE_METHODS
from battery_registry.scoring.measurement import (
    CapacityMethod,
    Measurement,
    ResistanceMethod,
)

YOUNG_YEARS = 0.5
"""A pack is young until half a year after its production."""

LEAST_PACKS = 5
"""Fewer young packs than this say nothing of their model."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelReference:
    """What a new pack of one model reads.

    Args:
        resistance_mohm: By method; methods are never compared.
        capacity_ah: None where too few young packs were discharged.
    """

    resistance_mohm: Mapping[ResistanceMethod, float] = field(default_factory=dict)
    capacity_ah: float | None = None

    def resistance_for(self, measurement: Measurement) -> float | None:
        """The new value by the measurement's own method."""
        method = measurement.resistance_method
        return None if method is None else self.resistance_mohm.get(method)


UNKNOWN_MODEL = ModelReference()
"""Of a model nobody has seen young."""


@dataclass(frozen=True, kw_only=True, slots=True)
class YoungReading:
    """What one young pack read: its first inspection before half a year of age."""

    resistance_mohm: float | None = None
    resistance_method: ResistanceMethod | None = None
    capacity_ah: float | None = None
    capacity_method: CapacityMethod = CapacityMethod.NONE


def from_young_packs(readings: Iterable[YoungReading]) -> ModelReference:
    """A model's new values from its young packs, one reading of each.

    A value rests on ``LEAST_PACKS`` packs or is not there.
    """
    resistances: dict[ResistanceMethod, list[float]] = {}
    capacities = []
    for one in readings:
        if one.resistance_mohm is not None and one.resistance_method is not None:
            resistances.setdefault(one.resistance_method, []).append(
                one.resistance_mohm
            )
        if one.capacity_ah is not None and one.capacity_method in FADE_METHODS:
            capacities.append(one.capacity_ah)
    return ModelReference(
        resistance_mohm={
            method: median(values)
            for method, values in resistances.items()
            if len(values) >= LEAST_PACKS
        },
        capacity_ah=median(capacities) if len(capacities) >= LEAST_PACKS else None,
    )

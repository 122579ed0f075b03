"""How uncertain a reading is, and the guard bands that follow from it.

Decision rule after JCGM 106: the guideline's own comparison is a strict ``>``
on the reading, so red stays simple acceptance. A guard band lies on the safe
side of a limit and only widens yellow: inside it a reading is not above the
limit, but nobody can be 95 % sure of that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from battery_registry.scoring.evaluation import FiredGuard
from battery_registry.scoring.measurement import InstrumentClass
from battery_registry.scoring.sentences import Saying


class Scale(StrEnum):
    """Whether an uncertainty is a share of the reading or in its unit."""

    RELATIVE = "relative"
    ABSOLUTE = "absolute"


@dataclass(frozen=True, kw_only=True, slots=True)
class Uncertainty:
    """Standard uncertainties of one input.

    Args:
        scale: Share of the reading, or in the reading's unit.
        method_input: The input that holds the reading's method.
        table: By class and method, the latter with ``None`` for no method,
            which counts as the worst one.
    """

    scale: Scale
    method_input: str
    table: Mapping[tuple[InstrumentClass, str | None], float]

    def of(self, values: Mapping[str, Any]) -> float:
        """The standard uncertainty that holds for these values."""
        return self.table[values["instrument_class"], values[self.method_input]]

    def absolute(self, u: float, reading: float) -> float:
        """An uncertainty of the table in the reading's own unit."""
        return u * abs(reading) if self.scale is Scale.RELATIVE else u

    def limit(self, threshold: float, u: float, coverage: float) -> float:
        """The highest reading of which one is sure that it is not above.

        ``t / (1 + k u)`` for a share ``u`` of the reading, ``t - k u`` for one
        in its unit; ``k`` is 1.645 for 95 % on one side.
        """
        if self.scale is Scale.RELATIVE:
            return threshold / (1 + coverage * u)
        return threshold - coverage * u


@dataclass(frozen=True, kw_only=True, slots=True)
class Guard:
    """The guard band of a rule's limit.

    Args:
        id: Its id, such as ``GUARD-T1``.
        rule_id: The rule; it fires above a fixed number.
        clause: That rule's clause.
        input: What the rule reads.
        threshold: The rule's limit.
        uncertainty: Of what the rule reads.
        limits: By class and method, the reading above which the guard fires.
        says: What it says; to inspectors with ``{reading}``, ``{limit}``,
            ``{threshold}`` and ``{u}``.
    """

    id: str
    rule_id: str
    clause: str
    input: str
    threshold: float
    uncertainty: Uncertainty
    limits: Mapping[tuple[InstrumentClass, str | None], float]
    says: Saying

    def find(
        self, values: Mapping[str, Any], standing: Mapping[str, float]
    ) -> FiredGuard | None:
        """The guard as it fires, None when the reading is safely below.

        A reading that still stands from before counts like one of today.
        """
        read, before = values[self.input], standing.get(self.input)
        if read is None or (before is not None and before > read):
            read = before
        method = values[self.uncertainty.method_input]
        limit = self.limits[values["instrument_class"], method]
        if read is None or not read > limit:
            return None
        return FiredGuard(
            guard_id=self.id,
            rule_id=self.rule_id,
            clause=self.clause,
            input=self.input,
            reading=read,
            u=self.uncertainty.absolute(self.uncertainty.of(values), read),
            limit=limit,
            threshold=self.threshold,
        )

"""A factor of the score: one input, and the points that its reading gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from battery_registry.scoring.evaluation import Contribution, Evidence
from battery_registry.scoring.points import Card
from battery_registry.scoring.sentences import Text


class Harm(StrEnum):
    """In which direction a factor's reading gets worse."""

    LOWER = "lower"
    HIGHER = "higher"


HARM_OF: Mapping[str, Harm] = MappingProxyType(
    {
        **dict.fromkeys(
            ("capacity_retention_frac", "lowest_output_voltage_v"), Harm.LOWER
        ),
        **dict.fromkeys(
            (
                *("age_years", "bms_alarm_count", "capacity_fade_pct"),
                *("cell_imbalance_mv", "cycle_count", "highest_work_temp_c"),
                *("internal_resistance_mohm", "max_output_voltage_v"),
                *("resistance_ratio", "self_discharge_pct_per_month"),
                *("temperature_rise_k", "trend_loss_pct_per_month"),
                *("bms_fault", "burn_marks", "charger_not_original", "drop_marks"),
                *("housing_broken_exposed", "leakage", "maker_frequent_alarms"),
                *("maker_other_safety_issue", "micro_short_warning"),
                *("mount_mismatch", "port_damaged", "second_life", "water_marks"),
            ),
            Harm.HIGHER,
        ),
    }
)
"""By input, in which direction it gets worse; others cannot give points."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Factor:
    """A factor of the score.

    Args:
        id: Its id.
        input: The input it reads.
        unit: Unit of the reading.
        harm: In which direction the reading gets worse.
        card: Its points.
        evidence: What stands behind the points.
        name: What residents call it.
        why: One sentence for residents when it gives points.
        inspector: One for inspectors; may hold ``{reading}``, ``{points}`` and
            ``{maximum}``.
        unread: What it adds to the score where it has no reading: nothing.
    """

    id: str
    input: str
    unit: str
    harm: Harm
    card: Card
    evidence: Evidence
    name: Text
    why: Text
    inspector: Text
    unread: Contribution = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Settle once what it adds where nothing was read, as is most common."""
        unread = Contribution(
            factor=self.id,
            reading=None,
            unit=self.unit,
            points_tenths=0,
            max_points_tenths=self.card.most_tenths,
            evidence=self.evidence,
        )
        object.__setattr__(self, "unread", unread)

    def counted(
        self, values: Mapping[str, Any], standing: Mapping[str, float]
    ) -> tuple[float | None, bool]:
        """The reading that counts, and whether it is an earlier one."""
        read, before = values[self.input], standing.get(self.input)
        if before is not None and (read is None or self._is_worse(before, read)):
            return before, True
        return None if read is None else float(read), False

    def _is_worse(self, one: float, other: float) -> bool:
        return one > other if self.harm is Harm.HIGHER else one < other

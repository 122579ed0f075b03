"""What a validation finds, as values that become its JSON."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """A measure with the interval that holds 95 % of its bootstraps.

    All are None where it cannot be measured.
    """

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Measures:
    """How well a score foretells.

    Args:
        auroc: Chance that a reading with the answer yes scores above one with no.
        brier: Mean squared error of the calibrated score.
        false_green: Share of the answers yes that score below the green limit.
        false_omission: Share of the answers yes among what scores below it.
    """

    auroc: Estimate
    brier: Estimate
    false_green: Estimate
    false_omission: Estimate


@dataclass(frozen=True, kw_only=True, slots=True)
class SetResult:
    """A score on one set, fitted on the others.

    Args:
        name: The set.
        cells: Cells with snapshots.
        crossing_cells: Cells of the set that fall below.
        snapshots: Readings.
        positives: Readings whose answer is yes.
        life: Typical life, in the set's unit of time.
        green_limit: In points: 5 % of the other sets' answers yes score below it.
        calibration_slope: 1 when the other sets' calibration holds here; below 1
            it was too sure, above 1 too timid.
        measures: The card's measures.
        capacity_alone: The same of the card's capacity factor alone.
    """

    name: str
    cells: int
    crossing_cells: int
    snapshots: int
    positives: int
    life: float
    green_limit: float | None
    calibration_slope: float | None
    measures: Measures
    capacity_alone: Measures


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOut:
    """A set that takes no part in a task, and why."""

    name: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskResult:
    """A task over all sets that take part.

    Args:
        id: The task.
        retention_frac: The retention to fall below.
        horizon_lives: The horizon in typical lives.
        sets: Each set's results.
        left_out: Sets that take no part.
        mean: Plain mean over the sets.
        brier_skill: ``1 - Brier / (p (1 - p))``, p the mean of the base rates.
        lead_median: Median over crossing cells of the time from the first
            snapshot that is not green to the crossing, in horizons.
        lead_tenth: The same, tenth percentile.
        capacity_alone: The mean of the capacity factor alone.
        difference: Card minus capacity alone, paired by bootstrap.
    """

    id: str
    retention_frac: float
    horizon_lives: float
    sets: tuple[SetResult, ...]
    left_out: tuple[LeftOut, ...]
    mean: Measures
    brier_skill: float | None
    lead_median: float | None
    lead_tenth: float | None
    capacity_alone: Measures
    difference: Measures


@dataclass(frozen=True, kw_only=True, slots=True)
class SilentResult:
    """What goes from green to red unseen under one yellow rule and interval.

    Args:
        yellow_rule: The rule, in words.
        interval_lives: Time between inspections, in typical lives.
        cells: Cells that were seen red at all.
        share: Mean over them of how often no yellow came before.
    """

    yellow_rule: str
    interval_lives: float
    cells: int
    share: Estimate


@dataclass(frozen=True, kw_only=True, slots=True)
class WarningCost:
    """Whom the yellow limit warns in the task with twice the horizon.

    Args:
        yellow_limit: The limit, in points.
        warned_positives: Share of the answers yes that are yellow, mean of sets.
        warned_negatives: Share of the answers no that are yellow, mean of sets.
    """

    yellow_limit: float
    warned_positives: float | None
    warned_negatives: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class MonotonicityResult:
    """Random pairs, the second worse than the first in one factor or more.

    Args:
        pairs: How many had a reading worsened.
        violations: In how many of them the score fell.
        removed_pairs: How many packs came again with a reading left out.
        removed_lower: In how many of them the score fell: what was read before
            stands, so in none.
    """

    pairs: int
    violations: int
    removed_pairs: int
    removed_lower: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DataSet:
    """A set as it was found.

    Args:
        name: Its name.
        chemistry: What its file says.
        cells: Cells.
        readings: Readings with a time and a capacity.
        time_axis: ``efc`` or ``cycle``.
        has_ratio: Whether resistance was measured over life.
        below_80: Cells that fall below 80 %.
        below_70: Cells that fall below 70 %.
        below_50: Cells that fall below 50 %.
        sha256: SHA-256 of its file.
    """

    name: str
    chemistry: str
    cells: int
    readings: int
    time_axis: str
    has_ratio: bool
    below_80: int
    below_70: int
    below_50: int
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FactorFact:
    """A factor of the rule set, as the model card tells it.

    Args:
        id: Its id.
        name: Its English name.
        unit: Unit of its reading.
        points: ``(reading, points)`` at each knot.
        evidence: What stands behind its points.
        validated_here: Whether the sets have readings for it.
    """

    id: str
    name: str
    unit: str
    points: tuple[tuple[float, float], ...]
    evidence: str
    validated_here: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Validation:
    """Everything a validation finds.

    Args:
        ruleset_id: Which rule set.
        ruleset_version: Its version.
        ruleset_sha256: Its content.
        factors: Its factors.
        yellow_limit: From this score on, yellow.
        bootstraps: How many bootstraps stand behind the intervals.
        seed: From which the random numbers come.
        data: The sets.
        tasks: Each task's results.
        silent: What goes from green to red unseen.
        warning: Whom the yellow limit warns, None when no set has the task.
        monotonicity: Random worsened pairs.
    """

    ruleset_id: str
    ruleset_version: str
    ruleset_sha256: str
    factors: tuple[FactorFact, ...]
    yellow_limit: float
    bootstraps: int
    seed: int
    data: tuple[DataSet, ...]
    tasks: tuple[TaskResult, ...]
    silent: tuple[SilentResult, ...]
    warning: WarningCost | None
    monotonicity: MonotonicityResult

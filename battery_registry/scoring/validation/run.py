"""The whole validation of a rule set on the sets at hand."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from battery_registry.scoring.factor import Factor
from battery_registry.scoring.ruleset import RuleSet
from battery_registry.scoring.validation.ageing import AgeingSet, crossings
from battery_registry.scoring.validation.bootstrap import rounded
from battery_registry.scoring.validation.cards import (
    CAPACITY_INPUT,
    RATIO_INPUT,
    ValidatedCard,
)
from battery_registry.scoring.validation.held_out import run_task
from battery_registry.scoring.validation.monotony import worsened_pairs
from battery_registry.scoring.validation.results import (
    DataSet,
    FactorFact,
    LeftOut,
    TaskResult,
    Validation,
    WarningCost,
)
from battery_registry.scoring.validation.silent import silent_transitions
from battery_registry.scoring.validation.task import (
    TASKS,
    WARNING_TASK,
    Snapshots,
    Task,
    take_snapshots,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Effort:
    """How much is drawn.

    Args:
        bootstraps: Draws of cells behind each interval, 0 for none.
        pairs: Random worsened pairs.
        seed: From which all random numbers come.
    """

    bootstraps: int = 1000
    pairs: int = 1_000_000
    seed: int = 20240


def validate(
    sets: Sequence[AgeingSet], ruleset: RuleSet, *, effort: Effort
) -> Validation:
    """Validate a rule set's card on ageing sets.

    Raises:
        NoCapacityFactorError: The rule set gives no points for capacity.
    """
    card = ValidatedCard.of(ruleset)
    tasks = [_run(task, sets, card, effort) for task in TASKS]
    return Validation(
        ruleset_id=ruleset.id,
        ruleset_version=ruleset.version,
        ruleset_sha256=ruleset.sha256,
        factors=tuple(_fact(factor) for factor in ruleset.factors),
        yellow_limit=ruleset.yellow_limit_tenths / 10,
        bootstraps=effort.bootstraps,
        seed=effort.seed,
        data=tuple(_data(each) for each in sets),
        tasks=tuple(task for task in tasks if task is not None),
        silent=silent_transitions(
            sets, card, bootstraps=effort.bootstraps, seed=effort.seed
        ),
        warning=_warning(sets, card),
        monotonicity=worsened_pairs(ruleset, pairs=effort.pairs, seed=effort.seed),
    )


def _sort_out(
    task: Task, sets: Sequence[AgeingSet]
) -> tuple[list[Snapshots], list[LeftOut]]:
    """The sets that take part in a task, and those that cannot."""
    taking: list[Snapshots] = []
    left_out: list[LeftOut] = []
    for each in sets:
        taken = take_snapshots(each, task)
        if isinstance(taken, str):
            left_out.append(LeftOut(name=each.name, reason=taken))
        else:
            taking.append(taken)
    return taking, left_out


def _run(
    task: Task, sets: Sequence[AgeingSet], card: ValidatedCard, effort: Effort
) -> TaskResult | None:
    """One task, None when no set takes part."""
    taking, left_out = _sort_out(task, sets)
    if not taking:
        return None
    return run_task(
        task,
        taking,
        left_out,
        card,
        bootstraps=effort.bootstraps,
        seed=effort.seed,
    )


def _warning(sets: Sequence[AgeingSet], card: ValidatedCard) -> WarningCost | None:
    """Whom the yellow limit warns."""
    taking, _ = _sort_out(WARNING_TASK, sets)
    if not taking:
        return None
    shares = []
    for each in taking:
        warned = card.score(each.retention, each.ratio) >= card.yellow_limit_tenths
        shares.append((warned[each.label].mean(), warned[~each.label].mean()))
    positives, negatives = np.mean(shares, axis=0)
    return WarningCost(
        yellow_limit=card.yellow_limit_tenths / 10,
        warned_positives=rounded(float(positives)),
        warned_negatives=rounded(float(negatives)),
    )


def _data(ageing: AgeingSet) -> DataSet:
    """A set as it was found."""
    below = {
        limit: int(np.isfinite(crossings(ageing, limit / 100)).sum())
        for limit in (80, 70, 50)
    }
    return DataSet(
        name=ageing.name,
        chemistry=ageing.chemistry,
        cells=len(ageing.cells),
        readings=ageing.readings,
        time_axis=ageing.time_axis,
        has_ratio=ageing.has_ratio,
        below_80=below[80],
        below_70=below[70],
        below_50=below[50],
        sha256=ageing.sha256,
    )


def _fact(factor: Factor) -> FactorFact:
    """A factor as the model card tells it."""
    return FactorFact(
        id=factor.id,
        name=factor.name.en,
        unit=factor.unit,
        points=tuple(
            (knot, points / 10)
            for knot, points in zip(
                factor.card.knots, factor.card.points_tenths, strict=True
            )
        ),
        evidence=factor.evidence.value,
        validated_here=factor.input in (CAPACITY_INPUT, RATIO_INPUT),
    )

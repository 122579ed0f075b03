"""Random pairs, one reading worse or left out: the score must not fall."""

import numpy as np

from battery_registry.scoring.factor import Factor, Harm
from battery_registry.scoring.inputs import TREND
from battery_registry.scoring.ruleset import RuleSet
from battery_registry.scoring.validation.arrays import Flags, Floats, Ints
from battery_registry.scoring.validation.results import MonotonicityResult


def worsened_pairs(ruleset: RuleSet, *, pairs: int, seed: int) -> MonotonicityResult:
    """Draw packs over all factors, make them worse, and compare the scores.

    Readings are drawn evenly from a quarter of a factor's range below its first
    knot to a quarter above its last. In each pair each factor's reading is
    replaced by a worse one with one half's chance. In pairs of a second kind the
    pack comes again: one reading is left out, and each of the others is read
    anew, and better, with one half's chance. What the engine lets stand of the
    first time counts. The trend, which is no reading, stays as it is there. What
    is compared is the sum of the points before the cap, which would hide a fall
    among packs that have many.

    Args:
        ruleset: Whose factors.
        pairs: How many pairs of each kind.
        seed: From which the random numbers come.
    """
    generator = np.random.default_rng(seed)
    factors = ruleset.factors
    removed = generator.integers(len(factors), size=pairs)
    before, worse, again = (np.zeros(pairs, dtype=np.int64) for _ in range(3))
    for index, factor in enumerate(factors):
        safer, riskier = _readings(factor, generator, pairs)
        points = _points(factor, safer)
        changed = generator.random(pairs) < 1 / 2
        before += points
        worse += points
        worse[changed] += _points(factor, riskier[changed]) - points[changed]
        better = _better(factor, safer, generator)
        again += _points(factor, _counted(factor, safer, better, removed == index))
    return MonotonicityResult(
        pairs=pairs,
        violations=_fell(before, worse),
        removed_pairs=pairs,
        removed_lower=_fell(before, again),
    )


def _readings(
    factor: Factor, generator: np.random.Generator, pairs: int
) -> tuple[Floats, Floats]:
    """A reading and one that is not better, for each pair."""
    first, last = factor.card.knots[0], factor.card.knots[-1]
    margin = (last - first) / 4
    lower, higher = np.sort(
        generator.uniform(first - margin, last + margin, size=(2, pairs)), axis=0
    )
    return (lower, higher) if factor.harm is Harm.HIGHER else (higher, lower)


def _better(factor: Factor, readings: Floats, generator: np.random.Generator) -> Floats:
    """Each reading, or with one half's chance one that is not worse."""
    best = factor.card.knots[0 if factor.harm is Harm.HIGHER else -1]
    step = generator.uniform(0, 1, len(readings)) * (best - readings)
    return np.where(generator.random(len(readings)) < 1 / 2, readings, readings + step)


def _counted(factor: Factor, earlier: Floats, later: Floats, removed: Flags) -> Floats:
    """The readings that count the second time, by the engine's own rule."""
    if factor.input == TREND:
        return earlier
    both = zip(earlier.tolist(), later.tolist(), removed.tolist(), strict=True)
    return np.array(
        [
            factor.counted(
                {factor.input: None if gone else now}, {factor.input: before}
            )[0]
            for before, now, gone in both
        ],
        dtype=float,
    )


def _points(factor: Factor, readings: Floats) -> Ints:
    """A factor's points, by the very function that verdicts use."""
    return np.array([factor.card.points_for(x) for x in readings.tolist()])


def _fell(before: Ints, after: Ints) -> int:
    """In how many pairs the sum fell."""
    fell: Flags = after < before
    return int(fell.sum())

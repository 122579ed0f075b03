"""A logistic curve through scores and answers: the calibration of a score."""

from dataclasses import dataclass

import numpy as np

from battery_registry.scoring.validation.arrays import Flags, Floats

_STEPS = 30  # far more than it needs: the last ones stand still
_SMALLEST_STEP = 1e-9


@dataclass(frozen=True, kw_only=True, slots=True)
class Logistic:
    """The curve ``1 / (1 + exp(-(intercept + slope * x)))``."""

    intercept: float
    slope: float

    def log_odds(self, values: Floats) -> Floats:
        """Log-odds at values."""
        return self.intercept + self.slope * values

    def probability(self, values: Floats) -> Floats:
        """Probability at values."""
        return _sigmoid(self.log_odds(values))


def fit(values: Floats, labels: Flags, weights: Floats) -> Logistic:
    """Fit by weighted maximum likelihood.

    The two targets are a little inside 0 and 1, ``1 / (n0 + 2)`` and
    ``(n1 + 1) / (n1 + 2)`` (Platt 1999), so that the curve stays finite where a
    score parts the answers perfectly. Newton's method, each step halved until
    the loss falls (Lin, Lin and Weng 2007).

    Args:
        values: The scores.
        labels: The answers.
        weights: Their weights, above 0.
    """
    spread = float(values.std())
    centre = float(values.mean())
    scaled = (values - centre) / (spread or 1.0)
    design = np.column_stack([np.ones_like(scaled), scaled])
    positives = int(labels.sum())
    target = np.where(
        labels, (positives + 1) / (positives + 2), 1 / (len(labels) - positives + 2)
    )
    found = _newton(design, target, weights / weights.sum())
    slope = float(found[1]) / (spread or 1.0)
    return Logistic(intercept=float(found[0]) - slope * centre, slope=slope)


def _newton(design: Floats, target: Floats, weights: Floats) -> Floats:
    """The parameters with the smallest loss."""
    at = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        step = _step(design, target, weights, at)
        loss = _loss(design, target, weights, at)
        while (
            np.abs(step).max() > _SMALLEST_STEP
            and _loss(design, target, weights, at + step) > loss
        ):
            step = step / 2
        at = at + step
    return at


def _step(design: Floats, target: Floats, weights: Floats, at: Floats) -> Floats:
    """Newton's step; a column that says nothing is left alone."""
    chance = _sigmoid(design @ at)
    gradient = design.T @ (weights * (target - chance))
    curvature = (design * (weights * chance * (1 - chance))[:, np.newaxis]).T @ design
    return np.asarray(np.linalg.pinv(curvature) @ gradient, dtype=np.float64)


def _loss(design: Floats, target: Floats, weights: Floats, at: Floats) -> float:
    """The weighted negative log-likelihood."""
    odds = design @ at
    return float(weights @ (np.logaddexp(0.0, odds) - target * odds))


def _sigmoid(values: Floats) -> Floats:
    """The logistic function, without overflow."""
    return np.asarray(np.exp(-np.logaddexp(0.0, -values)), dtype=np.float64)

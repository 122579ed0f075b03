"""What is measured of the score: whole tables, against the bare interpolation.

The limit is the sum of ``numpy.interp`` over the same factors on the same
readings, and nothing else: no rules, no guard bands, no codes, nothing kept.
"""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from battery_registry.scoring import load
from battery_registry.scoring.batch import score_frame
from battery_registry.scoring.columns import BACKGROUND
from battery_registry.scoring.inputs import WORDS
from battery_registry.scoring.ruleset import RuleSet
from benchmarks.load import Pace
from benchmarks.rounds import Plan, Turns

ROWS = 1_000_000

Numbers = npt.NDArray[np.float64]


def take_turns(plan: Plan) -> Turns:
    """Score a city's table and interpolate its readings, in turns."""
    ruleset = load("cn-2024")
    frame = city_table(np.random.default_rng(2024), ROWS)
    readings = readings_of(frame, ruleset)
    sides: tuple[Callable[[], object], ...] = (
        lambda: score_frame(frame, ruleset),
        lambda: bare_sum(readings, ruleset),
    )
    paces: list[list[Pace]] = [[], []]
    for side in sides:
        side()
    for _ in range(plan.rounds):
        for side, told in zip(sides, paces, strict=True):
            told.append(_pace(side, plan.seconds))
    return Turns(ours=paces[0], limit=paces[1])


def _pace(side: Callable[[], object], seconds: float) -> Pace:
    taken: list[float] = []
    while sum(taken) < seconds:
        begun = time.perf_counter()
        side()
        taken.append(time.perf_counter() - begun)
    return Pace(requests=len(taken), seconds=sum(taken), latencies_s=sorted(taken))


def bare_sum(readings: list[Numbers], ruleset: RuleSet) -> Numbers:
    """The limit: the factors' points and their sum."""
    total = np.zeros(len(readings[0]))
    for factor, reading in zip(ruleset.factors, readings, strict=True):
        total += np.interp(reading, factor.card.knots, factor.card.points_tenths)
    return total


def readings_of(frame: pd.DataFrame, ruleset: RuleSet) -> list[Numbers]:
    """What the factors read, ready made."""
    made = {
        "capacity_retention_frac": frame["discharge_capacity_ah"]
        / frame["label_rated_capacity_ah"],
        "resistance_ratio": frame["internal_resistance_mohm"] / frame[BACKGROUND[0]],
        "cell_imbalance_mv": (frame["cell_voltage_max_v"] - frame["cell_voltage_min_v"])
        * 1000,
    }
    return [
        (made[name] if name in made else frame[name]).to_numpy(dtype=np.float64)
        for name in (factor.input for factor in ruleset.factors)
    ]


def city_table(rng: np.random.Generator, size: int) -> pd.DataFrame:
    """A city's inspections: few hazards, most readings there, ages of all kinds."""
    columns: dict[str, Any] = {
        name: _mostly(rng, name, word, size)
        for name, word in (
            ("chemistry", "ternary"),
            ("unit_kind", "pack"),
            ("deformation", "none"),
            ("resistance_method", "dc_pulse"),
            ("max_output_voltage_method", "ocv_full"),
            ("capacity_method", "full_discharge"),
        )
    }
    for name, (mean, spread) in _NORMAL.items():
        columns[name] = rng.normal(mean, spread, size)
    columns["self_discharge_pct_per_month"] = rng.gamma(2, 2, size)
    columns["bms_alarm_count"] = rng.poisson(0.3, size).astype(np.float64)
    losing = rng.random(size) < 0.2
    columns["trend_loss_pct_per_month"] = np.where(
        losing, rng.gamma(2, 0.6, size), np.nan
    )
    for name, value in _SAME.items():
        columns[name] = np.full(size, value)
    for name in _FLAGS:
        columns[name] = rng.random(size) < 0.002
    for name in _MARKS:
        columns[name] = rng.random(size) >= 0.003
    days = rng.integers(0, 1_400, size).astype("m8[D]")
    columns["production_date"] = np.datetime64("2023-01-01") + days
    return pd.DataFrame(columns)


def _mostly(rng: np.random.Generator, name: str, word: str, size: int) -> Any:
    words = list(WORDS[name])
    codes = np.full(size, words.index(word), np.int8)
    few = rng.random(size) < 0.005
    codes[few] = rng.integers(0, len(words), few.sum())
    return pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(words))


_NORMAL = {
    "internal_resistance_mohm": (160, 40),
    "max_output_voltage_v": (54, 1),
    "discharge_capacity_ah": (17.5, 2),
    "cell_voltage_min_v": (4.1, 0.02),
    "cell_voltage_max_v": (4.15, 0.02),
    "temperature_rise_k": (8, 5),
    "ambient_temp_c": (22, 3),
    "battery_surface_temp_c": (25, 4),
}
_SAME = {
    "label_rated_capacity_ah": 20.0,
    "label_nominal_voltage_v": 48.0,
    "new_resistance_mohm": 110.0,
}
_FLAGS = (
    *("housing_broken_exposed", "leakage", "burn_marks", "port_damaged"),
    *("mount_mismatch", "second_life"),
    *("water_marks", "charger_not_original", "drop_marks"),
)
_MARKS = (
    *("maker_label_present", "purchase_proof_present", "ccc_mark_present"),
    *("instrument_calibration_valid", "inspector_training_valid"),
)

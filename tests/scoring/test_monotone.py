"""A worse reading, or one that is left out, never makes a verdict safer.

A million random pairs over all factors of the rule set, through the table's
engine, which agrees with the other bit for bit (``test_batch``).
"""

from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from battery_registry.scoring import load
from battery_registry.scoring.batch import NO_SCORE, score_frame
from battery_registry.scoring.columns import Columns
from battery_registry.scoring.factor import Harm
from battery_registry.scoring.inputs import WORDS
from battery_registry.scoring.ruleset import RuleSet
from tests.scoring.random_records import Rng, make_frame

PAIRS = 36_000  # in each of 28 cases: a million
Change = Callable[[Rng, pd.DataFrame], None]

FLAGS = ("water_marks", "charger_not_original", "drop_marks")
MORE = {
    "cell_voltage_max_v": 0.2,
    "self_discharge_pct_per_month": 20.0,
    "temperature_rise_k": 20.0,
    "bms_alarm_count": 10.0,
    "trend_loss_pct_per_month": 3.0,
}
ALSO_READ = (
    *("cell_voltage_min_v", "label_rated_capacity_ah"),
    *("new_resistance_mohm", "new_capacity_ah"),
)
RANK = {"green": 0, "yellow": 1, "red": 2}


def less_capacity(rng: Rng, frame: pd.DataFrame) -> None:
    frame["discharge_capacity_ah"] *= rng.uniform(0.3, 1, len(frame))


def more_resistance(rng: Rng, frame: pd.DataFrame) -> None:
    frame["internal_resistance_mohm"] *= rng.uniform(1, 3, len(frame))


def more_of(name: str) -> Change:
    def change(rng: Rng, frame: pd.DataFrame) -> None:
        frame[name] = frame[name].fillna(0) + rng.uniform(0, MORE[name], len(frame))

    return change


def flagged(name: str) -> Change:
    def change(rng: Rng, frame: pd.DataFrame) -> None:
        frame[name] = np.where(rng.random(len(frame)) < 0.5, True, frame[name])

    return change


WORSE: dict[str, Change] = {
    "capacity_retention": less_capacity,
    "resistance_ratio": more_resistance,
    "trend": more_of("trend_loss_pct_per_month"),
    "cell_imbalance": more_of("cell_voltage_max_v"),
    "self_discharge": more_of("self_discharge_pct_per_month"),
    "temperature_rise": more_of("temperature_rise_k"),
    "bms_alarms": more_of("bms_alarm_count"),
    "water_marks": flagged("water_marks"),
    "charger_not_original": flagged("charger_not_original"),
    "drop_marks": flagged("drop_marks"),
}
# What an inspector leaves out, so that the factor has no reading of its own.
LEFT_OUT: dict[str, dict[str, str | float | None]] = {
    "capacity_retention": {"discharge_capacity_ah": np.nan, "capacity_method": "none"},
    "resistance_ratio": {"internal_resistance_mohm": np.nan, "resistance_method": None},
    "cell_imbalance": {"cell_voltage_max_v": np.nan},
    "self_discharge": {"self_discharge_pct_per_month": np.nan},
    "temperature_rise": {"temperature_rise_k": np.nan},
    "bms_alarms": {"bms_alarm_count": np.nan},
    **{name: {name: None} for name in FLAGS},
}


@cache
def make_base(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Random records and their verdicts; nobody may change them."""
    ruleset = load("cn-2024")
    base = make_frame(np.random.default_rng(seed), size=PAIRS, ruleset=ruleset)
    # under 5 mΩ a pack's resistance is no reading (V3): more is a reading again
    base["internal_resistance_mohm"] = base["internal_resistance_mohm"].clip(lower=5)
    # a voltage the wrong way round is refused at the door
    low = base["cell_voltage_min_v"]
    base["cell_voltage_max_v"] = base["cell_voltage_max_v"].clip(lower=low)
    return base, score_frame(base, ruleset)


def safer(worse: pd.DataFrame, better: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Where the verdict on the worse record is the safer one."""
    rank_w, rank_b = (f["code"].astype(object).map(RANK) for f in (worse, better))
    code: npt.NDArray[np.bool_] = (rank_w < rank_b).to_numpy()
    both = ((worse["score_tenths"] >= 0) & (better["score_tenths"] >= 0)).to_numpy()
    score = (worse["score_tenths"] < better["score_tenths"]).to_numpy() & both
    lost = (worse["fired"] & better["fired"] != better["fired"]).to_numpy()
    uncoloured = (rank_b.isna() & rank_w.notna() & (rank_w < RANK["red"])).to_numpy()
    return code | score | lost | uncoloured


def as_columns(frame: pd.DataFrame, ruleset: RuleSet) -> Columns:
    """Own readings, so that a test can let them stand."""
    numbers = [name for names in LEFT_OUT.values() for name in names]
    given = {
        name: frame[name].astype(float).to_numpy()
        for name in (*numbers, *ALSO_READ)
        if not name.endswith("_method")
    }
    methods = pd.Categorical(frame["capacity_method"], WORDS["capacity_method"])
    given["capacity_method"] = methods.codes.astype(np.int8)
    offset = ruleset.zone.utcoffset(None)
    assert offset is not None
    return Columns(given, size=len(frame), offset=offset)


def test_every_factor_is_worsened() -> None:
    ids = {factor.id for factor in load("cn-2024").factors}
    assert ids == WORSE.keys()
    assert ids - LEFT_OUT.keys() == {"trend"}  # not the inspector's to leave out


@pytest.mark.parametrize("factor_id", WORSE)
def test_a_worse_reading_is_never_safer(factor_id: str) -> None:
    ruleset = load("cn-2024")
    base, better = make_base(11)
    worse = base.copy()
    WORSE[factor_id](np.random.default_rng(12), worse)
    found = safer(score_frame(worse, ruleset), better)
    assert found.sum() == 0


# The trend has no reading that stands; it is made of them.
@pytest.mark.parametrize("factor_id", [one for one in WORSE if one != "trend"])
def test_a_worse_reading_that_stands_is_never_safer(factor_id: str) -> None:
    ruleset = load("cn-2024")
    base, better = make_base(13)
    worse = base.copy()
    factor = ruleset.get_factor(factor_id)
    column, spread = f"standing_{factor.input}", max(factor.card.knots)
    step = np.random.default_rng(14).uniform(0, spread, PAIRS)
    if factor.harm is Harm.HIGHER:
        worse[column] = worse[column].fillna(0) + step
    else:
        worse[column] = worse[column].fillna(1) - step
    found = safer(score_frame(worse, ruleset), better)
    assert found.sum() == 0


@pytest.mark.parametrize("factor_id", LEFT_OUT)
def test_a_reading_left_out_is_never_safer(factor_id: str) -> None:
    """It counts as it was last, and where it is mandatory nothing is green.

    That is what ``history.look_back`` makes of a reading that was there before.
    A red whose reading is left out next time stays red by its open case
    (``domain.code_in_force``); here its points must stand and green must not come.
    """
    ruleset = load("cn-2024")
    base, better = make_base(15)
    columns = as_columns(base, ruleset)
    less = base.copy()
    factor = ruleset.get_factor(factor_id)
    harms = {guard.input: Harm.HIGHER for guard in ruleset.guards}
    for name, harm in (harms | {factor.input: factor.harm}).items():
        worst = np.fmax if harm is Harm.HIGHER else np.fmin
        own = columns.get(name)
        column = f"standing_{name}"
        less[column] = worst(less[column].to_numpy(), own)
    for name, nothing in LEFT_OUT[factor_id].items():
        less[name] = nothing
    worse = score_frame(less, ruleset)
    colours = (worse["score_tenths"] != NO_SCORE) & (better["score_tenths"] != NO_SCORE)
    assert (worse["score_tenths"] < better["score_tenths"])[colours].sum() == 0
    was_read = ~np.isnan(columns.get(factor.input))
    now_green = (worse["code"] == "green") & (better["code"] != "green") & was_read
    assert now_green.sum() == 0
    assert colours.sum() > 0 or factor_id == "resistance_ratio"

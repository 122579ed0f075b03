"""Random records, as a table and one by one, with limits and knots among them."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any, get_args, get_type_hints

import numpy as np
import numpy.typing as npt
import pandas as pd

from battery_registry.scoring.background import Background
from battery_registry.scoring.evaluation import Trend
from battery_registry.scoring.inputs import INPUTS, WORDS, InputKind
from battery_registry.scoring.measurement import (
    Circumstances,
    InstrumentClass,
    Measurement,
)
from battery_registry.scoring.ruleset import RuleSet
from battery_registry.wire.ranges import SAME_FOR_ALL, widest

_TYPES = get_type_hints(Measurement)
_OPTIONAL = {name for name, hint in _TYPES.items() if type(None) in get_args(hint)}
_FIELDS = [field.name for field in fields(Measurement) if field.name != "tested_at"]
_WHOLE = {
    "cell_count_series": (1, 32),
    "cycle_count": (0, 2_000),
    "maker_cycle_limit": (1, 2_000),
    "bms_alarm_count": (0, 15),
}
_TYPICAL = {
    "internal_resistance_mohm": (4, 520),
    "max_output_voltage_v": (30, 60.5),
    "discharge_capacity_ah": (9, 25),
    "label_rated_capacity_ah": (10, 20),
    "label_nominal_voltage_v": (24, 48.5),
    "label_safe_life_years": (2, 20),
    "ambient_temp_c": (9.5, 35.5),
    "battery_surface_temp_c": (5, 61),
    "cell_voltage_min_v": (3.9, 4.2),
    "cell_voltage_max_v": (4.0, 4.25),
    "self_discharge_pct_per_month": (0, 25),
    "temperature_rise_k": (0, 35),
}
_EXACT = {
    "internal_resistance_mohm": [5.0, 500.0, 462.0004620004620, 429.3688278231],
    "max_output_voltage_v": [60.0, 60.0001],
    "discharge_capacity_ah": [5.0, 10.0, 9.9999, 17.0, 17.1, 10.66, 10.658],
    "label_rated_capacity_ah": [10.0, 20.0],
    "label_nominal_voltage_v": [48.0, 48.1],
    "label_safe_life_years": [1.0, 2.0, 3.0],
    "self_discharge_pct_per_month": [3.0, 6.0, 10.0, 4.125, 6.0625],
    "temperature_rise_k": [10.0, 15.0, 20.0, 17.5],
    "ambient_temp_c": [10.0, 35.0],
    "battery_surface_temp_c": [60.0],
}
_RARE = {
    "chemistry": "ternary",
    "unit_kind": "pack",
    "deformation": "none",
    "resistance_method": "dc_pulse",
    "max_output_voltage_method": "ocv_full",
    "capacity_method": "full_discharge",
}
_GAPS = {
    "maker_cycle_limit": 0.95,
    "maker_min_voltage_v": 0.95,
    "maker_max_temp_c": 0.95,
    "label_safe_life_years": 0.8,
    "maker_declares_bms_fault_unsafe": 0.5,
    "label_nominal_voltage_v": 0.02,
    "label_rated_capacity_ah": 0.02,
    "internal_resistance_mohm": 0.05,
    "resistance_method": 0.02,
    "max_output_voltage_v": 0.05,
    "max_output_voltage_method": 0.02,
    "pulse_seconds": 0.8,
    "discharge_capacity_ah": 0.1,
    "maker_frequent_alarms": 0.5,
}
_GOOD = {
    *("maker_label_present", "purchase_proof_present", "ccc_mark_present"),
    *("instrument_calibration_valid", "inspector_training_valid"),
}
_BEGIN = np.datetime64("2024-01-01T00:00:00", "us")

Rng = np.random.Generator


def make_frame(rng: Rng, *, size: int, ruleset: RuleSet) -> pd.DataFrame:
    """Random records as columns, with None where nothing was read."""
    columns: dict[str, Any] = {
        "tested_at": pd.Series(
            _BEGIN + rng.integers(0, 3 * 365 * 86_400, size).astype("m8[s]")
        ).dt.tz_localize("UTC"),
        "instrument_calibration_valid": rng.random(size) < 0.97,
        "inspector_training_valid": rng.random(size) < 0.97,
        "instrument_class": _words(rng, "instrument_class", size),
    }
    for name in _FIELDS:
        columns[name] = _field(rng, name, size)
    for name, high in (("new_resistance_mohm", 200.0), ("new_capacity_ah", 30.0)):
        columns[name] = _gaps(rng, rng.uniform(high / 2, high, size), 0.5)
    loss = _gaps(rng, rng.choice([0.5, 1.0, 1.25, 3.3, 9.0], size), 0.7)
    columns["trend_loss_pct_per_month"] = loss
    for name in standing_names(ruleset):
        like = _standing(rng, name, size)
        columns[f"standing_{name}"] = _gaps(rng, like, 0.7)
    return pd.DataFrame(columns)


def standing_names(ruleset: RuleSet) -> list[str]:
    names = [factor.input for factor in ruleset.factors]
    names += [guard.input for guard in ruleset.guards]
    return [name for name in names if name != "trend_loss_pct_per_month"]


def _field(rng: Rng, name: str, size: int) -> Any:
    kind = INPUTS[name]
    gap = _GAPS.get(name, 0.3) if name in _OPTIONAL else 0.0
    if kind is InputKind.WORD:
        words = _words(rng, name, size)
        return words.where(rng.random(size) >= gap, None)
    if kind is InputKind.FLAG:
        share = 0.98 if name in _GOOD else 0.02
        flags = pd.Series(rng.random(size) < share, dtype=object)
        return flags.where(rng.random(size) >= gap, None) if gap else flags.astype(bool)
    if kind is InputKind.DATE:
        days = np.datetime64("2018-01-01") + rng.integers(0, 3_000, size).astype(
            "m8[D]"
        )
        return pd.Series(days).where(rng.random(size) >= gap, None)
    if name in _WHOLE:
        low, high = _WHOLE[name]
        return _gaps(rng, rng.integers(low, high + 1, size).astype(float), gap)
    low_v, high_v = _TYPICAL.get(name) or (SAME_FOR_ALL.get(name) or widest(name))
    values = rng.uniform(low_v, high_v, size)
    if name in _EXACT:
        exact = rng.choice(_EXACT[name], size)
        values = np.where(rng.random(size) < 0.2, exact, values)
    return _gaps(rng, values, gap)


def _words(rng: Rng, name: str, size: int) -> "pd.Series[Any]":
    words = pd.Series(rng.choice(WORDS[name], size), dtype=object)
    usual = _RARE.get(name)
    return words if usual is None else words.where(rng.random(size) < 0.1, usual)


def _standing(rng: Rng, name: str, size: int) -> npt.NDArray[np.float64]:
    if INPUTS[name] is InputKind.FLAG:
        return rng.integers(0, 2, size).astype(float)
    ranges = {
        "capacity_retention_frac": (0.3, 1.0),
        "capacity_fade_pct": (0.0, 60.0),
        "resistance_ratio": (1.0, 4.0),
        "cell_imbalance_mv": (0.0, 250.0),
        "bms_alarm_count": (0.0, 12.0),
    }
    return rng.uniform(*(ranges.get(name) or _TYPICAL[name]), size)


def _gaps(
    rng: Rng, values: npt.NDArray[np.float64], gap: float
) -> npt.NDArray[np.float64]:
    return np.where(rng.random(len(values)) < gap, np.nan, values)


def one_by_one(
    frame: pd.DataFrame, ruleset: RuleSet
) -> Iterator[tuple[Measurement, Circumstances, Background]]:
    """The same records as values."""
    named = {name: _values(name, frame[name]) for name in frame.columns}
    standing = standing_names(ruleset)
    for row in range(len(frame)):
        get = {name: values[row] for name, values in named.items()}
        before = {name: get[f"standing_{name}"] for name in standing}
        yield (
            Measurement(**{name: get[name] for name in ("tested_at", *_FIELDS)}),
            Circumstances(
                calibration_valid=get["instrument_calibration_valid"],
                training_valid=get["inspector_training_valid"],
                instrument_class=InstrumentClass(get["instrument_class"]),
            ),
            Background(
                new_resistance_mohm=get["new_resistance_mohm"],
                new_capacity_ah=get["new_capacity_ah"],
                standing={name: v for name, v in before.items() if v is not None},
                trend=_trend(get["trend_loss_pct_per_month"]),
            ),
        )


def _trend(loss: float | None) -> Trend | None:
    if loss is None:
        return None
    return Trend(
        slope_pct_per_month=-loss,
        slope_pct_per_100_efc=None,
        u_pct_per_month=0.1,
        n=3,
        span_months=12.0,
        significant=True,
    )


def _values(name: str, series: "pd.Series[Any]") -> list[Any]:
    """A column as the values of a measurement."""
    if name == "tested_at":
        start = datetime(1970, 1, 1, tzinfo=UTC)
        micros = series.dt.tz_localize(None).to_numpy().astype("datetime64[us]")
        return [start + timedelta(microseconds=int(us)) for us in micros.astype(int)]
    if INPUTS.get(name) is InputKind.DATE:
        days: list[Any] = series.to_numpy().astype("datetime64[D]").tolist()
        return days
    kind = _plain(name)
    return [
        None if value is None or value != value else kind(value)
        for value in series.tolist()
    ]


def _plain(name: str) -> Any:
    hint = _TYPES.get(name, float)
    if name in ("instrument_calibration_valid", "inspector_training_valid"):
        return bool
    if name == "instrument_class":
        return str
    return next(part for part in get_args(hint) or (hint,) if part is not type(None))

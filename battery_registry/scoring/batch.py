"""The verdict on a whole table of measurements.

The same, bit for bit, as ``engine.score_one`` for each row: the points are whole
tenths, and where a rounding could fall either way the row is asked by itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from battery_registry.scoring.columns import (
    BACKGROUND,
    Column,
    Columns,
    Rows,
    Truth,
    among,
    kind_of,
)
from battery_registry.scoring.evaluation import Code
from battery_registry.scoring.inputs import INPUTS, WORDS, InputKind
from battery_registry.scoring.ruleset import SEVERITY, Outcome, Rule, RuleSet
from battery_registry.scoring.vectors import Asked, Counted, Watched

CHUNK_ROWS = 65_536
"""Few enough for the processor's cache, enough to forget Python's own time."""

CODES = tuple(Code)
NO_SCORE = -1
"""The score of a row without a colour."""

_CODES: "pd.CategoricalDtype[str]" = pd.CategoricalDtype([str(code) for code in CODES])

_GREEN, _YELLOW, _RED = 0, 1, 2  # where they are in CODES; the others have no colour


@dataclass(frozen=True, kw_only=True, slots=True)
class _Plan:
    """A rule set made ready for columns."""

    rules: tuple[Asked, ...]
    factors: tuple[Counted, ...]
    guards: tuple[Watched, ...]
    bits: Mapping[Outcome, np.uint64]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Scored:
    """The columns of the answer."""

    code: npt.NDArray[np.int8]
    score: npt.NDArray[np.int16]
    fired: npt.NDArray[np.uint64]
    guards: npt.NDArray[np.uint8]
    points: npt.NDArray[np.int16] | None

    def part(self, rows: slice) -> "_Scored":
        return _Scored(
            code=self.code[rows],
            score=self.score[rows],
            fired=self.fired[rows],
            guards=self.guards[rows],
            points=None if self.points is None else self.points[:, rows],
        )


def deciding(ruleset: RuleSet) -> tuple[Rule, ...]:
    """The rules that bear on a code, in the order of the bits of ``fired``."""
    return tuple(rule for rule in ruleset.rules if rule.outcome in SEVERITY)


def score_frame(
    frame: pd.DataFrame, ruleset: RuleSet, *, contributions: bool = True
) -> pd.DataFrame:
    """Judge every row of a table.

    Args:
        frame: Columns named like the fields of ``Measurement`` (``tested_at``
            in UTC); ``instrument_calibration_valid``,
            ``inspector_training_valid`` and ``instrument_class``; what was known
            before: ``new_resistance_mohm``, ``new_capacity_ah``,
            ``trend_loss_pct_per_month`` and ``standing_<input>``. A column that
            is not there was not read; one of a derived input is taken as it is.
        ruleset: By which rules.
        contributions: Keep each factor's points.

    Returns:
        For each row ``code``, ``score_tenths`` (``NO_SCORE`` without a colour),
        ``fired`` (bits in the order of ``deciding``), ``guards`` (bits in the
        order of ``ruleset.guards``), and ``points_<factor>`` in tenths: what the
        factor gives, whether the row has a colour or not.

    Raises:
        ValueError: A word that the input does not know.
    """
    plan = _plan(ruleset)
    size = len(frame)
    offset = ruleset.zone.utcoffset(None) or timedelta()
    columns = Columns(_given(frame), size=size, offset=offset)
    points = np.empty((len(plan.factors), size), np.int16) if contributions else None
    scored = _Scored(
        code=np.empty(size, np.int8),
        score=np.empty(size, np.int16),
        fired=np.zeros(size, np.uint64),
        guards=np.zeros(size, np.uint8),
        points=points,
    )
    for rows in _chunks(size):
        part = columns.part(rows, size=rows.stop - rows.start)
        _score(part, scored.part(rows), plan, ruleset)
    return _answer(scored, plan, frame.index)


def _chunks(size: int) -> Iterator[slice]:
    for start in range(0, size, CHUNK_ROWS):
        yield slice(start, min(start + CHUNK_ROWS, size))


def _plan(ruleset: RuleSet) -> _Plan:
    rules = tuple(Asked(rule) for rule in deciding(ruleset))
    bits = dict.fromkeys(SEVERITY, 0)
    for bit, asked in enumerate(rules):
        bits[asked.rule.outcome] |= 1 << bit
    return _Plan(
        rules=rules,
        factors=tuple(Counted(factor) for factor in ruleset.factors),
        guards=tuple(Watched(guard) for guard in ruleset.guards),
        bits={outcome: np.uint64(mask) for outcome, mask in bits.items()},
    )


def _score(columns: Columns, out: _Scored, plan: _Plan, ruleset: RuleSet) -> None:
    """Judge one chunk."""
    points = out.points
    if points is None:
        points = np.empty((len(plan.factors), columns.size), np.int16)
    for at, factor in enumerate(plan.factors):
        factor.give(columns, points[at])
    total = points.sum(axis=0, dtype=np.int32)
    rows = _fire(columns, out, plan)
    _watch(columns, out, plan)
    yellow = (total >= ruleset.yellow_limit_tenths) | (out.guards > 0)
    np.add(yellow, np.int8(_GREEN), out=out.code)
    np.minimum(total, ruleset.cap_tenths, out=out.score, casting="unsafe")
    _decide(rows, out, plan, ruleset)


def _fire(columns: Columns, out: _Scored, plan: _Plan) -> Rows:
    """Set the bits of the rules that fire; the rows in which any does."""
    applies: dict[bytes, Truth] = {}
    fires = np.empty((len(plan.rules), columns.size), np.bool_)
    for bit, asked in enumerate(plan.rules):
        mine = applies.get(asked.chemistries)
        if mine is None:
            mine = among(columns.get("chemistry"), asked.chemistries)
            applies[asked.chemistries] = mine
        asked.fires(columns, mine, fires[bit])
    rows = np.flatnonzero(fires.any(axis=0))
    bits = np.zeros((len(rows), 8), np.uint8)
    eights = np.packbits(fires[:, rows], axis=0, bitorder="little")
    bits[:, : len(eights)] = eights.T
    out.fired[rows] = bits.view("<u8")[:, 0]
    return rows


def _decide(rows: Rows, out: _Scored, plan: _Plan, ruleset: RuleSet) -> None:
    """Give these rows the code of the outcome that prevails."""
    fired = out.fired[rows]
    code = out.code[rows]
    for outcome in reversed(SEVERITY):
        code[fired & plan.bits[outcome] != 0] = CODES.index(Code(outcome.value))
    floored = np.maximum(out.score[rows], np.int16(ruleset.red_floor_tenths))
    out.code[rows] = code
    out.score[rows] = np.where(code == _RED, floored, np.int16(NO_SCORE))


def _watch(columns: Columns, out: _Scored, plan: _Plan) -> None:
    """Set the bits of the guards; where the guarded rule fires, it speaks itself."""
    bits = {asked.rule.id: bit for bit, asked in enumerate(plan.rules)}
    for at, watched in enumerate(plan.guards):
        rows = watched.rows(columns)
        bit = bits[watched.guard.rule_id]
        asked = plan.rules[bit]
        quiet = out.fired[rows] & np.uint64(1 << bit) == 0
        quiet &= asked.applies(columns, rows)
        out.guards[rows[quiet]] |= np.uint8(1 << at)


def _answer(scored: _Scored, plan: _Plan, index: pd.Index) -> pd.DataFrame:
    code = pd.Categorical.from_codes(scored.code, dtype=_CODES)
    columns = {
        "code": code,
        "score_tenths": scored.score,
        "fired": scored.fired,
        "guards": scored.guards,
    }
    if scored.points is not None:
        for factor, points in zip(plan.factors, scored.points, strict=True):
            columns[f"points_{factor.factor.id}"] = points
    return pd.DataFrame(columns, index=index, copy=False)


def _given(frame: pd.DataFrame) -> dict[str, Column]:
    """The columns that the score knows, as ``columns`` wants them."""
    known = {
        name
        for name in frame.columns
        if name in INPUTS
        or name in BACKGROUND
        or name == "tested_at"
        or name.startswith("standing_")
    }
    return {name: _column(name, frame[name]) for name in known}


def _column(name: str, series: "pd.Series[Any]") -> Column:
    kind = InputKind.DATE if name == "tested_at" else kind_of(name)
    if kind is InputKind.NUMBER:
        if series.dtype == np.float64:
            return series.to_numpy()  # a missing value would mean a copy
        return series.to_numpy(dtype=np.float64, na_value=np.nan)
    if kind is InputKind.DATE:
        days = pd.to_datetime(series, utc=name == "tested_at")
        return (days.dt.tz_localize(None) if name == "tested_at" else days).to_numpy()
    if kind is InputKind.WORD:
        return _words(name, series)
    if series.dtype == np.bool_:
        return series.to_numpy().view(np.int8)
    flags = series.astype("boolean").astype("Int8")
    return flags.to_numpy(dtype=np.int8, na_value=-1)


def _words(name: str, series: "pd.Series[Any]") -> Column:
    """The place of each word in the words that the input knows."""
    wanted = list(WORDS[name])
    kept = isinstance(series.dtype, pd.CategoricalDtype)
    if not (kept and list(series.cat.categories) == wanted):
        unknown = set(series.dropna().unique()) - set(wanted)
        if unknown:
            raise ValueError(f"{name}: {unknown.pop()!r} is none of {wanted}")
        series = pd.Series(pd.Categorical(series, categories=wanted))
    return series.cat.codes.to_numpy(dtype=np.int8)

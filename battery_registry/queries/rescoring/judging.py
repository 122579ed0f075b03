"""One block of batteries under a rule set, as columns.

What was known before is what intake would know today: the other inspections of
the battery, and what its model reads new.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy.orm import Session

from battery_registry.queries.rescoring import blocks
from battery_registry.queries.rescoring.blocks import Block, Row
from battery_registry.queries.rescoring.bodies import (
    categorical,
    frame_of,
    numbers,
    readings,
)
from battery_registry.scoring.background import Background
from battery_registry.scoring.batch import CODES, NO_SCORE, score_frame
from battery_registry.scoring.history import look_back
from battery_registry.scoring.inputs import WORDS
from battery_registry.scoring.reference import UNKNOWN_MODEL, ModelReference
from battery_registry.scoring.ruleset import RuleSet
from battery_registry.scoring.stored import measurement_of
from battery_registry.store import history
from battery_registry.store.history import ModelKey

Whole = npt.NDArray[np.int64]

_MODELS_AT_ONCE = 5_000
_CLASSES = WORDS["instrument_class"]
_PLACE_OF_CLASS = {word: at for at, word in enumerate(_CLASSES)}
_PLACE_OF_CODE = {code.value: at for at, code in enumerate(CODES)}


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Judged:
    """A block with its verdicts.

    Args:
        block: What was read.
        read: Readings by name, as ``bodies.readings`` gives them.
        frame: The table that was judged.
        old_code: Places in ``batch.CODES``: the legal verdicts.
        old_tenths: Their scores, ``NO_SCORE`` without one.
        new_code: The verdicts under the other set.
        new_tenths: Their scores.
    """

    block: Block
    read: Mapping[str, Sequence[Any]]
    frame: pd.DataFrame
    old_code: Whole
    old_tenths: Whole
    new_code: Whole
    new_tenths: Whole

    @property
    def changed(self) -> npt.NDArray[np.intp]:
        """The rows whose code is another."""
        return np.flatnonzero(self.old_code != self.new_code)


def judge(session: Session, block: Block, ruleset: RuleSet) -> Judged:
    """Judge the inspection behind the code in force of each battery.

    Args:
        session: Where models and past are read.
        block: The batteries.
        ruleset: By which rules.
    """
    rows = block.ruling
    read = readings(rows.body)
    frame = frame_of(
        read, **_circumstances(rows), **_before(session, block, read, ruleset)
    )
    verdicts = score_frame(frame, ruleset, contributions=False)
    scores = [NO_SCORE if one is None else one for one in rows.score_tenths]
    return Judged(
        block=block,
        read=read,
        frame=frame,
        old_code=np.array([_PLACE_OF_CODE[one] for one in rows.code], np.int64),
        old_tenths=np.array(scores, np.int64),
        new_code=codes_of(verdicts),
        new_tenths=verdicts["score_tenths"].to_numpy(np.int64),
    )


def codes_of(verdicts: pd.DataFrame) -> Whole:
    """Places in ``batch.CODES`` of the codes that ``score_frame`` gave."""
    codes: Whole = verdicts["code"].cat.codes.to_numpy(np.int8).astype(np.int64)
    return codes


def _circumstances(rows: Any) -> dict[str, Any]:
    return {
        "tested_at": pd.Series(_utc(rows.tested_at)).dt.tz_localize("UTC"),
        "instrument_calibration_valid": np.array(rows.calibration_valid, np.bool_),
        "inspector_training_valid": np.array(rows.training_valid, np.bool_),
        "instrument_class": categorical(
            _CLASSES, [_PLACE_OF_CLASS[one] for one in rows.instrument_class]
        ),
    }


def _utc(moments: Sequence[str]) -> Any:
    """Times as the database spells them; every session is in UTC."""
    return np.array([one.removesuffix("+00") for one in moments], "datetime64[us]")


def _before(
    session: Session, block: Block, read: Mapping[str, Sequence[Any]], ruleset: RuleSet
) -> dict[str, Any]:
    """What was known before, as columns; none where nothing was."""
    keys = list(zip(read["maker"], read["model"], read["unit_kind"], strict=True))
    known = _references(session, keys)
    columns: dict[str, list[float | None]] = {}
    if known:
        _fill_models(columns, keys, read["resistance_method"], known)
    for at, past in block.past.items():
        row = Row._make(column[at] for column in block.ruling)
        background = look_back(
            measurement_of(msgspec.json.decode(row.body)),
            blocks.circumstances_of(row),
            past=blocks.past_of(past),
            reference=known.get(keys[at], UNKNOWN_MODEL),
            ruleset=ruleset,
        )
        for name, value in _told(background):
            columns.setdefault(name, [None] * len(keys))[at] = value
    return {name: numbers(values) for name, values in columns.items()}


def _told(background: Background) -> list[tuple[str, float | None]]:
    loss = background.trend_loss_pct_per_month
    return [
        *((f"standing_{name}", value) for name, value in background.standing.items()),
        *([] if loss is None else [("trend_loss_pct_per_month", loss)]),
    ]


def _references(
    session: Session, keys: Sequence[tuple[str | None, str | None, str]]
) -> dict[ModelKey, ModelReference]:
    named = sorted(
        {
            (maker, model, kind)
            for maker, model, kind in keys
            if maker is not None and model is not None
        }
    )
    found: dict[ModelKey, ModelReference] = {}
    for start in range(0, len(named), _MODELS_AT_ONCE):
        some = set(named[start : start + _MODELS_AT_ONCE])
        found |= history.find_references(session, models=some)
    return found


def _fill_models(
    columns: dict[str, list[float | None]],
    keys: Sequence[Any],
    methods: Sequence[Any],
    known: Mapping[ModelKey, ModelReference],
) -> None:
    resistances: list[float | None] = [None] * len(keys)
    capacities: list[float | None] = [None] * len(keys)
    for at, key in enumerate(keys):
        reference = known.get(key)
        if reference is not None:
            capacities[at] = reference.capacity_ah
            if methods[at] is not None:
                resistances[at] = reference.resistance_mohm.get(methods[at])
    columns["new_resistance_mohm"] = resistances
    columns["new_capacity_ah"] = capacities

"""A table's verdicts are those of its rows, bit for bit."""

import numpy as np
import pandas as pd
import pytest

from battery_registry.scoring import load, score_one
from battery_registry.scoring.batch import NO_SCORE, deciding, score_frame
from battery_registry.scoring.ruleset import RuleSet
from tests.scoring.random_records import make_frame, one_by_one


def assert_agrees(frame: pd.DataFrame, ruleset: RuleSet) -> None:
    table = score_frame(frame, ruleset)
    rule_bits = {rule.id: 1 << bit for bit, rule in enumerate(deciding(ruleset))}
    guard_bits = {guard.id: 1 << bit for bit, guard in enumerate(ruleset.guards)}
    codes, scores = table["code"].tolist(), table["score_tenths"].tolist()
    fired, guards = table["fired"].tolist(), table["guards"].tolist()
    points = table[[f"points_{f.id}" for f in ruleset.factors]].to_numpy().tolist()
    for row, (measurement, circumstances, background) in enumerate(
        one_by_one(frame, ruleset)
    ):
        verdict = score_one(measurement, circumstances, ruleset, background)
        said = (
            verdict.code.value,
            NO_SCORE if verdict.score_tenths is None else verdict.score_tenths,
            sum(rule_bits[rule.rule_id] for rule in verdict.fired),
            sum(guard_bits[guard.guard_id] for guard in verdict.guards),
        )
        assert (codes[row], scores[row], fired[row], guards[row]) == said, row
        given = [part.points_tenths for part in verdict.contributions]
        assert not given or given == points[row], row


@pytest.mark.parametrize("name", ["cn-2024", "cn-2024-strict"])
def test_a_table_agrees_with_its_rows(name: str) -> None:
    ruleset = load(name)
    frame = make_frame(np.random.default_rng(20241), size=50_000, ruleset=ruleset)
    seen = set(score_frame(frame, ruleset)["code"])
    assert seen == {"green", "yellow", "red", "incomplete", "void", "not_covered"}
    assert_agrees(frame, ruleset)


@pytest.mark.soak
def test_a_million_rows_agree() -> None:
    ruleset = load("cn-2024")
    rng = np.random.default_rng(7)
    for _ in range(20):
        assert_agrees(make_frame(rng, size=50_000, ruleset=ruleset), ruleset)

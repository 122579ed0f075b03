"""A table's verdicts are those of its rows, bit for bit."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from battery_registry.scoring import batch, inputs, load, score_one
from battery_registry.scoring.batch import NO_SCORE, deciding, score_frame
from battery_registry.scoring.columns import age_years
from battery_registry.scoring.inputs import WORDS
from battery_registry.scoring.parsing import parse
from battery_registry.scoring.ruleset import RuleSet
from tests.scoring.builders import changed, rule_of
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


EXTRA: list[dict[str, Any]] = [
    {"inputs": ["label_nominal_voltage_v"], "comparator": "eq", "threshold": 48},
    {
        "inputs": ["cell_voltage_min_v"],
        "comparator": "eq",
        "threshold": {"input": "cell_voltage_max_v"},
    },
    {
        "inputs": ["cell_voltage_min_v"],
        "comparator": "ge",
        "threshold": {"input": "cell_voltage_max_v"},
        "unit_kinds": ["pack", "cell"],
        "when": [
            {"inputs": ["bms_fault"], "comparator": "is_null", "threshold": None},
            {
                "inputs": ["production_date"],
                "comparator": "not_null",
                "threshold": None,
            },
        ],
    },
    {
        "inputs": ["production_date"],
        "comparator": "not_between",
        "threshold": ["2020-02-29", "2023-01-01"],
    },
    {"inputs": ["age_years"], "comparator": "le", "threshold": 3},
    {"inputs": ["tested_on"], "comparator": "lt", "threshold": "2025-06-01"},
    {
        "inputs": ["soc_source", "soc_source"],
        "comparator": "all_eq",
        "threshold": "bms",
    },
    {"inputs": ["label_rated_capacity_present"], "comparator": "eq", "threshold": True},
    {
        "inputs": ["internal_resistance_mohm"],
        "comparator": "gt",
        "threshold": 90,
        "accepted_methods": {
            "internal_resistance_mohm": {
                "method_input": "resistance_method",
                "methods": ["dc_pulse", "bms"],
            }
        },
    },
]


@pytest.mark.parametrize(
    "extra", EXTRA, ids=lambda r: f"{r['comparator']}-{r['inputs'][0]}"
)
def test_every_comparator_agrees(extra: dict[str, Any]) -> None:
    def add(content: dict[str, Any]) -> None:
        content["rules"].append(rule_of(content, "A1") | {"id": "X"} | extra)

    ruleset = parse(changed(add))
    frame = make_frame(np.random.default_rng(5), size=3_000, ruleset=ruleset)
    table = score_frame(frame, ruleset)
    bit = np.uint64(1 << (len(deciding(ruleset)) - 1))
    assert 0 < np.count_nonzero(table["fired"].to_numpy() & bit) < len(table)
    assert_agrees(frame, ruleset)


def test_a_guard_is_there_where_its_rule_is() -> None:
    def narrow(content: dict[str, Any]) -> None:
        rule_of(content, "T1")["unit_kinds"] = ["module", "cell"]

    ruleset = parse(changed(narrow))
    frame = make_frame(np.random.default_rng(6), size=2_000, ruleset=ruleset)
    assert_agrees(frame, ruleset)


def test_how_a_table_is_cut_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    ruleset = load("cn-2024")
    frame = make_frame(np.random.default_rng(8), size=1_000, ruleset=ruleset)
    whole = score_frame(frame, ruleset)
    monkeypatch.setattr(batch, "CHUNK_ROWS", 300)
    pd.testing.assert_frame_equal(score_frame(frame, ruleset), whole)


def test_ages_of_leap_days_agree() -> None:
    made = np.array(["2020-02-29", "2020-02-28", "2019-03-01", "NaT"], "datetime64[D]")
    days = np.arange("2020-03-01", "2026-03-03", dtype="datetime64[D]")
    for born in made:
        column = age_years(np.full(len(days), born), days)
        if np.isnat(born):
            assert np.isnan(column).all()
            continue
        one = [inputs.age_years(born.item(), day.item()) for day in days]
        assert column.tolist() == one


def test_a_table_without_most_columns_is_judged() -> None:
    frame = pd.DataFrame(
        {
            "chemistry": ["ternary", "nimh"],
            "unit_kind": ["pack", "cell"],
            "tested_at": pd.to_datetime(["2026-01-01", "2026-01-01"], utc=True),
            "capacity_retention_frac": [0.8, 0.8],
            "bms_alarm_count": pd.array([3, None], dtype="Int64"),
            "unknown_column": ["a", "b"],
        }
    )
    table = score_frame(frame, load("cn-2024"))
    assert table["code"].tolist() == ["red", "not_covered"]  # no label is marked: L3
    assert table["points_capacity_retention"].tolist() == [380, 380]
    assert table["points_bms_alarms"].tolist() == [100, 0]
    bare = score_frame(frame, load("cn-2024"), contributions=False)
    assert [*bare] == ["code", "score_tenths", "fired", "guards"]
    assert bare["score_tenths"].tolist() == [800, NO_SCORE]
    assert len(score_frame(frame.head(0), load("cn-2024"))) == 0


def test_words_may_be_categories_in_any_order() -> None:
    ruleset = load("cn-2024")
    frame = make_frame(np.random.default_rng(3), size=500, ruleset=ruleset)
    told = score_frame(frame, ruleset)
    for name in ("chemistry", "unit_kind", "resistance_method"):
        frame[name] = frame[name].astype("category")
    frame["capacity_method"] = pd.Categorical(
        frame["capacity_method"], WORDS["capacity_method"]
    )
    pd.testing.assert_frame_equal(score_frame(frame, ruleset), told)


def test_an_unknown_word_is_refused() -> None:
    frame = pd.DataFrame({"chemistry": ["ternary", "gold"]})
    with pytest.raises(ValueError, match="chemistry: 'gold' is none of"):
        score_frame(frame, load("cn-2024"))


def test_a_near_tie_is_rounded_as_one_by_one() -> None:
    ruleset = load("cn-2024")
    card = ruleset.get_factor("self_discharge").card
    knots = 3.025 + 0.05 * np.arange(60)  # halves of a tenth
    near = np.concatenate([knots, np.nextafter(knots, 0), np.nextafter(knots, 99)])
    frame = pd.DataFrame({"self_discharge_pct_per_month": near})
    points = score_frame(frame, ruleset)["points_self_discharge"].tolist()
    assert points == [card.points_for(float(x)) for x in near]
    exact = np.interp(near, card.knots, card.points_tenths)
    assert (np.abs(exact - np.rint(exact)) > 0.4999999).sum() > 50  # there are ties

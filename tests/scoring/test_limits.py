"""The guideline's three limits, as a specialist would check them by hand."""

import pytest

from tests.scoring.builders import judge

# resistance mΩ, highest voltage V, fade %, code, rules, score
GOLDEN = [
    (120.0, 54.6, 0.0, "green", "", 0.0),
    (120.0, 54.6, 10.0, "green", "", 14.0),
    (120.0, 54.6, 14.0, "green", "", 23.6),
    (120.0, 54.6, 15.0, "yellow", "", 26.0),
    (120.0, 54.6, 25.0, "yellow", "", 46.5),
    (120.0, 54.6, 40.0, "yellow", "", 68.0),
    (462.0, 54.6, 0.0, "green", "", 0.0),
    (462.1, 54.6, 0.0, "yellow", "", 0.0),
    (500.0, 54.6, 0.0, "yellow", "", 0.0),
    (120.0, 60.0, 0.0, "green", "", 0.0),
    (120.0, 54.6, 50.0, "yellow", "", 80.0),
    (500.0, 60.0, 50.0, "yellow", "", 80.0),
    (500.1, 54.6, 0.0, "red", "T1", 80.0),
    (120.0, 60.01, 0.0, "red", "T2", 80.0),
    (120.0, 54.6, 50.01, "red", "T3", 80.0),
    (500.1, 60.01, 0.0, "red", "T1 T2", 80.0),
    (800.0, 63.0, 70.0, "red", "T1 T2 T3", 80.0),
    (4.0, 63.0, 70.0, "void", "T2 T3 V3", None),
    (None, 54.6, 0.0, "incomplete", "P1", None),
    (None, 63.0, 0.0, "red", "T2 P1", 80.0),
    (120.0, None, 60.0, "red", "T3 P1", 80.0),
]


@pytest.mark.parametrize(("mohm", "volt", "fade", "code", "rules", "score"), GOLDEN)
def test_golden_table(
    mohm: float | None,
    volt: float | None,
    fade: float,
    code: str,
    rules: str,
    score: float | None,
) -> None:
    verdict = judge(
        internal_resistance_mohm=mohm,
        max_output_voltage_v=volt,
        label_rated_capacity_ah=100.0,
        discharge_capacity_ah=100.0 - fade,
    )
    assert verdict.code == code
    assert " ".join(rule.rule_id for rule in verdict.fired) == rules
    assert verdict.score_tenths == (None if score is None else round(score * 10))
    assert verdict.capacity_fade_pct == pytest.approx(fade)

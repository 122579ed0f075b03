"""The Chinese guideline's numbers against the rule set in force by default."""

from collections.abc import Mapping
from datetime import UTC, datetime
from math import isclose
from pathlib import Path
from typing import Any, Final

from battery_registry.conformance.suite import Failure, Suite, read_json
from battery_registry.scoring import load, score_one
from battery_registry.scoring.evaluation import Code
from battery_registry.scoring.measurement import (
    CapacityMethod,
    Chemistry,
    Circumstances,
    Deformation,
    MaxVoltageMethod,
    Measurement,
    ResistanceMethod,
    SocSource,
    UnitKind,
)
from battery_registry.scoring.ruleset import RuleSet

_FOLDER: Final = "cn-health-assessment"
_RULESET: Final = "cn-2024"
_TO_OURS: Final = {"Ohm": 1000.0, "V": 1.0, "%": 1.0}
_RATED_AH: Final = 100.0
_SOUND: Final = Circumstances(calibration_valid=True, training_valid=True)


def run(folder: Path) -> tuple[Suite, ...]:
    """Judge every boundary case, and compare every published rule.

    Args:
        folder: The folder of all vectors.
    """
    ruleset = load(_RULESET)
    return (_boundaries(folder, ruleset), _rules(folder, ruleset))


def _boundaries(folder: Path, ruleset: RuleSet) -> Suite:
    cases = read_json(folder / _FOLDER / "boundary-cases.json")
    failures = []
    for number, case in enumerate(cases, start=1):
        verdict = score_one(_measurement(case["in"]), _SOUND, ruleset)
        fired = [rule.rule_id for rule in verdict.fired]
        as_said = fired == case.get("hits", [])
        if not as_said or (verdict.code is Code.RED) is not case["technical_hit"]:
            found = f"{verdict.code} by {fired}"
            failures.append(Failure(case=str(number), detail=found))
    return Suite(
        id=f"{_FOLDER}/boundaries",
        title=f"Guideline of 2024, readings at its limits (rule set {_RULESET})",
        cases=len(cases),
        failures=tuple(failures),
    )


def _measurement(given: Mapping[str, float]) -> Measurement:
    """A pack that is healthy but for the three readings of a case."""
    return Measurement(
        tested_at=datetime(2026, 6, 1, 4, 0, tzinfo=UTC),
        unit_kind=UnitKind.PACK,
        chemistry=Chemistry.TERNARY,
        maker_label_present=True,
        purchase_proof_present=True,
        ccc_mark_present=True,
        second_life=False,
        label_nominal_voltage_v=48.0,
        label_rated_capacity_ah=_RATED_AH,
        production_date=datetime(2024, 5, 1, tzinfo=UTC).date(),
        housing_broken_exposed=False,
        leakage=False,
        deformation=Deformation.NONE,
        burn_marks=False,
        port_damaged=False,
        mount_mismatch=False,
        ambient_temp_c=23.0,
        battery_surface_temp_c=24.0,
        soc_source=SocSource.AFTER_FULL_CHARGE,
        test_duration_s=7200.0,
        ocv_v=54.2,
        max_output_voltage_v=given["max_output_voltage_v"],
        max_output_voltage_method=MaxVoltageMethod.OCV_FULL,
        internal_resistance_mohm=given["internal_resistance_ohm"] * 1000.0,
        resistance_method=ResistanceMethod.AC_1KHZ,
        # Of a hundred ampere-hours, so that per cent are ampere-hours.
        discharge_capacity_ah=_RATED_AH - given["capacity_fade_pct"],
        capacity_method=CapacityMethod.FULL_DISCHARGE,
    )


def _rules(folder: Path, ruleset: RuleSet) -> Suite:
    published = read_json(folder / _FOLDER / "rules.json")
    found = {
        **{each["id"]: _limit(ruleset, each) for each in published["technical_any"]},
        **{each["id"]: _label(ruleset, each["id"]) for each in published["label_any"]},
    }
    failures = [
        Failure(case=case, detail=detail)
        for case, detail in found.items()
        if detail is not None
    ]
    return Suite(
        id=f"{_FOLDER}/rules",
        title=f"Guideline of 2024, its limits and label rules (rule set {_RULESET})",
        cases=len(found),
        failures=tuple(failures),
    )


def _limit(ruleset: RuleSet, published: Mapping[str, Any]) -> str | None:
    test = ruleset.get_rule(published["id"]).test
    wanted = published["value"] * _TO_OURS[published["ucum"]]
    threshold = test.threshold
    if not isinstance(threshold, float | int) or not isclose(threshold, wanted):
        return f"limit {threshold}"
    return None if test.comparator == "gt" else f"comparator {test.comparator}"


def _label(ruleset: RuleSet, rule_id: str) -> str | None:
    known = {rule.id for rule in ruleset.rules}
    return None if rule_id in known else "no such rule"

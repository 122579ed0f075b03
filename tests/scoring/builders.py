"""A healthy pack, to be made worse by a test."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from battery_registry.scoring import load, score_one
from battery_registry.scoring.evaluation import Evaluation
from battery_registry.scoring.library import document
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

HEALTHY = Measurement(
    tested_at=datetime(2026, 6, 1, 4, 0, tzinfo=UTC),
    unit_kind=UnitKind.PACK,
    chemistry=Chemistry.TERNARY,
    maker_label_present=True,
    purchase_proof_present=True,
    ccc_mark_present=True,
    second_life=False,
    label_nominal_voltage_v=48.0,
    label_rated_capacity_ah=20.0,
    production_date=date(2024, 6, 1),
    housing_broken_exposed=False,
    leakage=False,
    deformation=Deformation.NONE,
    burn_marks=False,
    port_damaged=False,
    mount_mismatch=False,
    ambient_temp_c=22.0,
    battery_surface_temp_c=25.0,
    soc_source=SocSource.AFTER_FULL_CHARGE,
    test_duration_s=600.0,
    ocv_v=54.2,
    max_output_voltage_v=54.6,
    max_output_voltage_method=MaxVoltageMethod.OCV_FULL,
    internal_resistance_mohm=120.0,
    resistance_method=ResistanceMethod.DC_PULSE,
    discharge_capacity_ah=19.0,
    capacity_method=CapacityMethod.FULL_DISCHARGE,
)


def make_measurement(**changes: Any) -> Measurement:
    return replace(HEALTHY, **changes)


def make_circumstances(**changes: Any) -> Circumstances:
    return replace(
        Circumstances(calibration_valid=True, training_valid=True), **changes
    )


def judge(**changes: Any) -> Evaluation:
    """The verdict on the healthy pack with these changes, by cn-2024."""
    names = ("calibration_valid", "training_valid")
    told = {name: changes.pop(name) for name in names if name in changes}
    return score_one(
        make_measurement(**changes), make_circumstances(**told), load("cn-2024")
    )


def told_ids(evaluation: Evaluation) -> set[str]:
    """Ids of all rules that fired, whatever they demand."""
    fired = {rule.rule_id for rule in evaluation.fired}
    return fired | {*evaluation.notes, *evaluation.duties}


def changed(change: Callable[[dict[str, Any]], object]) -> str:
    """The document of cn-2024 with a change."""
    content = json.loads(document("cn-2024.json"))
    change(content)
    return json.dumps(content)


def rule_of(content: dict[str, Any], rule_id: str) -> dict[str, Any]:
    """A rule within a document."""
    found: dict[str, Any] = next(r for r in content["rules"] if r["id"] == rule_id)
    return found

"""A rescore says of every pack what the score of one says, and counts it right."""

import json
import random
import uuid
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from battery_registry.queries.rescoring import tallies
from battery_registry.queries.rescoring.bodies import says_second_life
from battery_registry.queries.rescoring.run import Rescore, rescored
from battery_registry.scoring import load, score_one
from battery_registry.scoring.evaluation import Code, Evaluation
from battery_registry.scoring.history import look_back
from battery_registry.scoring.measurement import Circumstances, InstrumentClass
from battery_registry.scoring.reference import UNKNOWN_MODEL
from battery_registry.scoring.ruleset import RuleSet
from battery_registry.scoring.stored import measurement_of
from battery_registry.services import models
from battery_registry.store import history
from battery_registry.store.tables.batteries import battery
from battery_registry.store.tables.inspections import evaluation, inspection
from battery_registry.store.tables.parties import instrument
from tests.builders import NOW, Registry, make_body

STRICT = "cn-2024-strict"
PACKS = 260
URL = "/api/v1/inspections"
SOMETIMES: dict[str, tuple[float, list[Any]]] = {
    "chemistry": (0.2, ["lfp", "lco", "unknown", "lead_acid", "nimh"]),
    "capacity_method": (0.15, ["bms", "partial_estimate", "none"]),
    "resistance_method": (0.2, ["dc_pulse", "bms", None]),
    "max_output_voltage_method": (0.1, ["bms", "highest_seen", None]),
    "instrument_id": (0.04, ["EBC-OLD"]),
    "leakage": (0.03, [True]),
    "water_marks": (0.3, [True, False]),
    "maker_label_present": (0.05, [False]),
    "label_rated_capacity_ah": (0.1, [None, 19.0]),
    "cycle_count": (0.3, [0, 120, 900]),
    "bms_alarm_count": (0.2, [0, 2, 9]),
    "cell_voltage_min_v": (0.3, [3.9, 4.1]),
    "cell_voltage_max_v": (0.3, [4.15, 4.2]),
    "self_discharge_pct_per_month": (0.2, [2.0, 7.5, 18.0]),
    "ambient_temp_c": (0.1, [8.0, 10.0, 34.9, 36.0]),
    "production_date": (0.6, ["2018-02-28", "2023-06-01", "2026-08-01", None]),
    "model": (0.5, ["V60", "V48-30", None]),
    "maker": (0.1, ["Aster", None]),
}


def random_body(rng: random.Random, serial: str, *, days_ago: float) -> dict[str, Any]:
    changes: dict[str, Any] = {
        "discharge_capacity_ah": rng.choice([rng.uniform(9, 21), None, 10.0, 12.0]),
        "internal_resistance_mohm": rng.choice([rng.uniform(60, 520), 400.0, None]),
    }
    for name, (share, values) in SOMETIMES.items():
        if rng.random() < share:
            changes[name] = rng.choice(values)
    if rng.random() < 0.1:
        changes |= {"pack_code_scheme": "gbt45565", "pack_code": f"AB12-R-{serial}"}
    else:
        changes["pack_code"] = f"PK-{serial}"
    at = (NOW - timedelta(days=days_ago)).isoformat()
    return make_body(tested_at=at, **changes)


def fill(client: FlaskClient, registry: Registry, *, seed: int) -> int:
    """Hand in a random registry, a third of it with several inspections."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    bodies = []
    for number in range(PACKS):
        times = rng.choice([1, 1, 2, 4])
        for _ in range(times):
            days_ago = rng.choice([rng.uniform(0, 30), rng.uniform(30, 300)])
            bodies.append(random_body(rng, f"{number:04}", days_ago=days_ago))
    rng.shuffle(bodies)
    accepted = 0
    for start in range(0, len(bodies), 400):
        answer = client.post(
            URL,
            json={"inspections": bodies[start : start + 400]},
            headers=registry.headers(),
        )
        told = json.loads(answer.data)["results"]
        accepted += sum(one["status"] == "accepted" for one in told)
    return accepted


def one_by_one(registry: Registry, ruleset: RuleSet) -> dict[Any, Evaluation]:
    """The verdict on each battery as intake would reach it today."""
    database = registry.runtime.database
    found = {}
    with database.reading() as session:
        rows = session.execute(
            select(
                battery.c.battery_id,
                inspection.c.body,
                inspection.c.calibration_valid,
                inspection.c.training_valid,
                instrument.c.instrument_class,
            )
            .join(
                inspection, inspection.c.inspection_id == battery.c.code_inspection_id
            )
            .join(instrument, instrument.c.instrument_id == inspection.c.instrument_id)
        ).all()
        past = history.find_past(session, battery_ids=[row.battery_id for row in rows])
        for row in rows:
            body = json.loads(row.body)
            measurement = measurement_of(body)
            if says_second_life(body["pack_code_scheme"], body.get("pack_code")):
                measurement = replace(measurement, second_life=True)
            circumstances = Circumstances(
                calibration_valid=row.calibration_valid,
                training_valid=row.training_valid,
                instrument_class=InstrumentClass(row.instrument_class),
            )
            key = (body.get("maker", ""), body.get("model", ""), body["unit_kind"])
            known = history.find_references(session, models={key})
            background = look_back(
                measurement,
                circumstances,
                past=past.get(row.battery_id, ()),
                reference=known.get(key, UNKNOWN_MODEL),
                ruleset=ruleset,
            )
            found[row.battery_id] = score_one(
                measurement, circumstances, ruleset, background
            )
    return found


def run(registry: Registry, ruleset_id: str, *, block: int = 37) -> tuple[Rescore, Any]:
    whole = Rescore(
        registry.runtime.database.reading,
        ruleset=load(ruleset_id),
        legal=load,
        block_packs=block,
    )
    told: dict[Any, Any] = {}
    for judged in whole.run():
        part = rescored(judged)
        verdicts = zip(part.codes, part.scores_tenths, strict=True)
        ids = map(uuid.UUID, part.battery_ids)
        told |= dict(zip(ids, verdicts, strict=True))
    return whole, told


@pytest.mark.parametrize("ruleset_id", [STRICT, "cn-2024"])
def test_a_rescore_says_what_the_score_of_one_says(
    client: FlaskClient, registry: Registry, ruleset_id: str
) -> None:
    assert fill(client, registry, seed=11) > PACKS
    with registry.runtime.database.writing() as session:
        assert models.refresh(session, now=NOW) > 0
    _, told = run(registry, ruleset_id)
    expected = one_by_one(registry, load(ruleset_id))
    assert {verdict.code for verdict in expected.values()} == set(Code)
    assert told == {
        battery_id: (verdict.code.value, verdict.score_tenths)
        for battery_id, verdict in expected.items()
    }


def test_the_counts_are_those_of_the_verdicts(
    client: FlaskClient, registry: Registry
) -> None:
    fill(client, registry, seed=12)
    whole, told = run(registry, STRICT)
    with registry.runtime.database.reading() as session:
        legal = {
            row.battery_id: row.code
            for row in session.execute(
                select(evaluation.c.battery_id, evaluation.c.code).join(
                    battery,
                    battery.c.code_inspection_id == evaluation.c.inspection_id,
                )
            )
        }
    pairs = Counter((legal[one], code) for one, (code, _) in told.items())
    tally = whole.tally
    assert {
        (one.old.value, one.new.value): one.packs for one in tally.transitions()
    } == pairs
    assert tally.packs == len(told)
    scored = sum(one.packs for one in tally.bins())
    assert scored + tally.same_score + tally.without_score == len(told)
    for grouped in (tally.stations, tally.models, tally.ages):
        assert sum(one.packs for one in grouped.told()) == len(told)
        changed = sum(one.changed for one in grouped.told())
        assert changed == sum(n for (old, new), n in pairs.items() if old != new)
    assert {one.named for one in tally.ages.told()} <= {
        (band,) for band in tallies.AGE_BANDS
    }

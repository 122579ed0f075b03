"""A worse reading is never a safer verdict."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from battery_registry.scoring.evaluation import Evaluation
from battery_registry.scoring.measurement import (
    CapacityMethod,
    Chemistry,
    Deformation,
    MaxVoltageMethod,
    ResistanceMethod,
)
from tests.scoring.builders import judge

# A pack's resistance under 5 mΩ is no reading (V3): worse than that is a reading again.
RESISTANCES = st.floats(5, 5000) | st.sampled_from([499.9, 500.0, 500.1])
CAPACITIES = st.floats(0, 25) | st.sampled_from([10.0, 9.99, 17.0, 17.1])
SAFEST_FIRST = ["green", "yellow", "red"]

packs = st.fixed_dictionaries(
    {
        "chemistry": st.sampled_from(Chemistry),
        "deformation": st.sampled_from(Deformation),
        "capacity_method": st.sampled_from(CapacityMethod),
        "resistance_method": st.none() | st.sampled_from(ResistanceMethod),
        "max_output_voltage_method": st.none() | st.sampled_from(MaxVoltageMethod),
        "max_output_voltage_v": st.none() | st.floats(20, 80),
        "ambient_temp_c": st.floats(5, 40),
        "training_valid": st.booleans(),
    }
)


def assert_not_safer(worse: Evaluation, better: Evaluation) -> None:
    if better.code in SAFEST_FIRST and worse.code in SAFEST_FIRST:
        assert SAFEST_FIRST.index(worse.code) >= SAFEST_FIRST.index(better.code)
        assert better.score_tenths is not None
        assert worse.score_tenths is not None
        assert worse.score_tenths >= better.score_tenths
    elif better.code in SAFEST_FIRST or worse.code in SAFEST_FIRST:
        assert (better.code, worse.code) == ("incomplete", "red")
    else:
        assert worse.code == better.code
    fired = {rule.rule_id for rule in worse.fired}
    assert fired >= {rule.rule_id for rule in better.fired}


@given(pack=packs, capacities=st.tuples(CAPACITIES, CAPACITIES))
def test_less_capacity_is_never_safer(
    pack: dict[str, Any], capacities: tuple[float, float]
) -> None:
    less, more = sorted(capacities)
    assert_not_safer(
        judge(**pack, discharge_capacity_ah=less),
        judge(**pack, discharge_capacity_ah=more),
    )


@given(pack=packs, resistances=st.tuples(RESISTANCES, RESISTANCES))
def test_more_resistance_is_never_safer(
    pack: dict[str, Any], resistances: tuple[float, float]
) -> None:
    less, more = sorted(resistances)
    assert_not_safer(
        judge(**pack, internal_resistance_mohm=more),
        judge(**pack, internal_resistance_mohm=less),
    )


@given(
    pack=packs,
    name=st.sampled_from(
        [
            "internal_resistance_mohm",
            "resistance_method",
            "max_output_voltage_v",
            "max_output_voltage_method",
        ]
    ),
)
def test_without_a_mandatory_reading_nothing_is_green(
    pack: dict[str, Any], name: str
) -> None:
    assert judge(**{**pack, name: None}).code not in ("green", "yellow")


@given(pack=packs, void=st.sampled_from(["calibration_valid", "training_valid"]))
def test_nothing_unverified_has_a_colour(pack: dict[str, Any], void: str) -> None:
    verdict = judge(**{**pack, void: False})
    assert verdict.code in ("void", "not_covered")

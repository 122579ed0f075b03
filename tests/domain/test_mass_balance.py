"""What went in comes out."""

import pytest

from battery_registry.domain.mass_balance import (
    HEAVIEST_KG,
    SMALLEST_DIFFERENCE_KG,
    MassUnbalancedError,
    check,
    fractions,
    is_near,
    weighed_kg,
)


@pytest.mark.parametrize(
    ("told", "mass"),
    [
        (4.2, 4.2),
        (4, 4.0),
        (HEAVIEST_KG, HEAVIEST_KG),
        (HEAVIEST_KG + 0.01, None),
        (0, None),
        (-1, None),
        (True, None),
        ("4.2", None),
        (None, None),
        (float("nan"), None),
    ],
)
def test_a_mass_is_a_number_that_a_pack_can_weigh(
    told: object, mass: float | None
) -> None:
    assert weighed_kg({"mass_kg": told}) == mass
    assert weighed_kg({}) is None


def test_fractions_are_numbers_named_in_kg() -> None:
    evidence = {
        "kg_steel": 1,
        "kg_black_mass": 2.5,
        "kg_told": "3",
        "kg_flag": True,
        "mass_kg": 4.0,
        "certificate_number": "D-1",
    }
    assert fractions(evidence) == {"steel": 1.0, "black_mass": 2.5}


@pytest.mark.parametrize(
    ("there", "before", "near"),
    [
        (10.5, 10.0, True),
        (9.5, 10.0, True),
        (10.51, 10.0, False),
        (9.49, 10.0, False),
        (0.3 - SMALLEST_DIFFERENCE_KG, 0.3, True),
        (0.3 - SMALLEST_DIFFERENCE_KG - 0.001, 0.3, False),
    ],
)
def test_the_edge_of_the_tolerance_is_within(
    there: float, before: float, *, near: bool
) -> None:
    assert is_near(there, before=before, tolerance_frac=0.05) is near


def test_a_destruction_accounts_for_the_mass() -> None:
    check({"kg_steel": 2.0, "kg_loss": 1.9}, mass_in_kg=4.0, tolerance_frac=0.05)


@pytest.mark.parametrize(
    ("evidence", "out_kg"),
    [
        ({}, 0),
        ({"kg_steel": 3.7}, 3.7),
        ({"kg_steel": 4.3}, 4.3),
        ({"kg_steel": 4.1, "kg_loss": -0.1}, 4.0),
    ],
)
def test_what_is_not_the_battery_is_refused(
    evidence: dict[str, object], out_kg: float
) -> None:
    with pytest.raises(MassUnbalancedError) as refused:
        check(evidence, mass_in_kg=4.0, tolerance_frac=0.05)
    assert refused.value.code == "custody_mass_unbalanced"
    assert refused.value.field == "evidence"
    assert refused.value.extra == {
        "in_kg": 4.0,
        "out_kg": out_kg,
        "tolerance_frac": 0.05,
    }
    assert refused.value.params == {"in_kg": "4", "out_kg": f"{out_kg:g}"}

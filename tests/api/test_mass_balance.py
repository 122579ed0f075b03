"""Mass balance: what went in comes out, or nothing counts as destroyed."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api.manifests_played import collected, destroy, dispatched, post, receipt
from tests.builders import NOW
from tests.played import Play


@pytest.mark.parametrize(
    ("fractions", "status"),
    [
        ({"kg_metals": 2.5, "kg_black_mass": 1.5}, 201),
        ({"kg_metals": 2.5, "kg_black_mass": 1.31}, 201),
        ({"kg_metals": 2.5, "kg_black_mass": 1.29}, 422),
        ({"kg_metals": 2.5, "kg_black_mass": 1.71}, 422),
        ({"kg_metals": 0, "kg_black_mass": 0}, 422),
        ({"kg_metals": 5.0, "kg_black_mass": -1.0}, 422),
        ({"kg_metals": 0, "kg_black_mass": 0, "kg_": 4.0}, 422),
    ],
)
def test_what_went_in_comes_out(
    play: Play, fractions: dict[str, Any], status: int
) -> None:
    codes = collected(play, 1)
    address = dispatched(play, codes)
    post(play, f"{address}/receipt", "greencell", receipt(codes, 4.0))
    answer = destroy(play, codes[0], **fractions)
    assert answer.status_code == status
    if status == 422:
        assert answer.get_json()["code"] == "custody_mass_unbalanced"
        assert answer.get_json()["in_kg"] == 4.0
        assert answer.get_json()["tolerance_frac"] == 0.05


def test_what_the_gate_weighed_counts_and_not_what_the_recycler_says_later(
    play: Play,
) -> None:
    (code,) = collected(play, 1)
    address = dispatched(play, [code])
    post(play, f"{address}/receipt", "greencell", receipt([code], 4.0))
    answer = destroy(play, code, mass_kg=2.0, kg_metals=2.0, kg_black_mass=0.0)
    assert answer.get_json()["code"] == "custody_mass_unbalanced"
    assert (answer.get_json()["in_kg"], answer.get_json()["out_kg"]) == (4.0, 2.0)


def test_dismantling_changes_nothing_about_what_came_in(play: Play) -> None:
    (code,) = collected(play, 1)
    address = dispatched(play, [code])
    post(play, f"{address}/receipt", "greencell", receipt([code], 4.0))
    apart = play.step(
        code,
        "greencell",
        to_state="dismantled",
        giver="greencell",
        receiver="greencell",
        occurred_at=(NOW - timedelta(minutes=5)).isoformat(),
        evidence={"mass_kg": 1.0},
    )
    assert apart.status_code == 201, apart.text
    assert destroy(play, code, kg_metals=0.6, kg_black_mass=0.4).status_code == 422
    assert destroy(play, code).status_code == 201


def test_who_loses_a_pack_and_finds_it_does_not_make_it_lighter(play: Play) -> None:
    code = play.red()
    play.walk(code, until="received")
    for minute, state, giver, evidence in (
        (9, "missing", "greencell", {}),
        (8, "isolated", "resident", {"mass_kg": 0.01}),
        (7, "received", "greencell", {"mass_kg": 0.01}),
    ):
        told = play.step(
            code,
            "greencell",
            to_state=state,
            giver=giver,
            receiver="greencell",
            occurred_at=(NOW - timedelta(minutes=minute)).isoformat(),
            evidence=evidence,
        )
        assert told.status_code == 201, told.text
    light = destroy(play, code, kg_metals=0.01, kg_black_mass=0)
    assert light.get_json()["code"] == "custody_mass_unbalanced"
    assert light.get_json()["in_kg"] == 4.2
    assert destroy(play, code, kg_metals=2.7).status_code == 201

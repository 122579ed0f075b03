"""The plan of the demo's packs: the same every time, and possible in every part."""

from datetime import date, timedelta

import pytest

from battery_registry.cli.demo import city, packs
from battery_registry.cli.demo.paths import ALL_PATHS, DAYS_AFTER
from battery_registry.domain.custody import State

TODAY = date(2026, 11, 23)


def plan(count: int = 300, seed: int = 1) -> tuple[packs.Planned, ...]:
    return packs.plan(count=count, seed=seed, today=TODAY)


@pytest.mark.parametrize("count", [1, 3, 6, 12, 300, 5000])
def test_quotas_give_out_every_pack(count: int) -> None:
    quotas = packs.quotas(count)
    assert sum(quotas.values()) == count
    assert min(quotas.values()) >= 0


def test_about_one_pack_in_twenty_is_red() -> None:
    assert packs.quotas(300)["red"] == 14


def test_a_plan_depends_on_its_seed_alone() -> None:
    assert plan() == plan()
    assert plan() != plan(seed=2)


def test_every_test_lies_in_the_past_and_every_hand_over_after_it() -> None:
    for pack in plan():
        steps = pack.path.steps if pack.path else ()
        last = timedelta(days=DAYS_AFTER[steps[-1]]) if steps else timedelta()
        assert date(2026, 5, 1) < pack.tested_at.date() < TODAY
        assert (pack.tested_at + last).date() < TODAY


def test_the_paths_reach_every_state_that_hand_overs_reach() -> None:
    ends = {path.steps[-1] if path.steps else State.FLAGGED for path in ALL_PATHS}
    assert ends == set(State) - {State.CLEARED}


def test_voids_come_from_the_station_that_causes_them() -> None:
    voids = [pack for pack in plan() if pack.verdict == "void"]
    untrained = {p.station for p in voids if "inspector_id" in p.checklist}
    expired = {p.station for p in voids if "instrument_id" in p.checklist}
    assert (untrained, expired) == ({city.UNTRAINED_AT}, {city.EXPIRED_AT})


def test_rewired_packs_keep_their_labels_in_order() -> None:
    for pack in plan(5000):
        model = pack.draft.model
        assert model.cutoff_v <= model.nominal_v < model.charge_limit_v

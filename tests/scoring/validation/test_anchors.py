"""What an independent prototype found on the same sets."""

from functools import cache
from pathlib import Path

import pytest

from battery_registry.cli.ageing_files import read_folder
from battery_registry.scoring import load
from battery_registry.scoring.validation import Effort, Validation, validate
from battery_registry.scoring.validation.results import SetResult, TaskResult


@cache
def find(data: Path) -> Validation:
    return validate(
        read_folder(data / "ageing"),
        load("cn-2024"),
        effort=Effort(bootstraps=40, pairs=5000),
    )


def get_task(found: Validation, task_id: str) -> TaskResult:
    (task,) = (task for task in found.tasks if task.id == task_id)
    return task


def get_set(task: TaskResult, name: str) -> SetResult:
    (result,) = (each for each in task.sets if each.name == name)
    return result


@pytest.mark.parametrize(
    ("name", "auroc"),
    [
        ("calce_cs2", 0.989),
        ("isea_sanyo", 0.999),
        ("nasa_pcoe", 0.918),
        ("uconn_lfp", 0.979),
        ("uconn_nmc", 0.914),
        ("hust", 0.995),
    ],
)
def test_auroc_at_80_percent(shared_data: Path, name: str, auroc: float) -> None:
    result = get_set(get_task(find(shared_data), "A80_CAP"), name)
    assert result.measures.auroc.value == pytest.approx(auroc, abs=0.001)


@pytest.mark.parametrize(
    ("task_id", "snapshots"), [("A80_R", 2963), ("B70_R", 1233), ("C50_R", 1305)]
)
def test_snapshots_are_the_prototypes(
    shared_data: Path, task_id: str, snapshots: int
) -> None:
    """The prototype's counts less the 280 of the set that is not here."""
    task = get_task(find(shared_data), task_id)
    assert sum(each.snapshots for each in task.sets) == snapshots


def test_sets_take_part_as_in_the_prototype(shared_data: Path) -> None:
    four = ["calce_cs2", "isea_sanyo", "uconn_nmc"]
    for task_id in ("B70_R", "C50_R"):
        task = get_task(find(shared_data), task_id)
        assert [each.name for each in task.sets] == four
    assert len(get_task(find(shared_data), "A80_R").sets) == 5
    assert len(get_task(find(shared_data), "A80_CAP").sets) == 6


@pytest.mark.parametrize(
    ("task_id", "ceiling"), [("A80_R", 0.081), ("B70_R", 0.058), ("A80_CAP", 0.081)]
)
def test_false_green_is_below_the_ceiling(
    shared_data: Path, task_id: str, ceiling: float
) -> None:
    value = get_task(find(shared_data), task_id).mean.false_green.value
    assert value is not None
    assert 0.03 < value < ceiling


def test_capacity_alone_is_not_beaten(shared_data: Path) -> None:
    for task in find(shared_data).tasks:
        value = task.difference.auroc.value
        assert value is not None
        assert -0.006 < value <= 0


def test_one_cell_in_58_goes_red_unseen_at_a_fifth_of_a_life(shared_data: Path) -> None:
    """It is the prototype's one cell in 72, 14 of which are not here."""
    share = {
        (each.yellow_rule, each.interval_lives): each
        for each in find(shared_data).silent
    }
    card = share["card >= 25 points", 0.2]
    assert card.cells == 58
    assert card.share.value == pytest.approx(1 / 58, abs=1e-4)
    assert share["capacity < 0.80", 0.2].share.value == pytest.approx(1 / 58, abs=1e-4)
    late = share["capacity < 0.80", 0.3].share.value
    assert late is not None
    assert late == pytest.approx(0.28, abs=0.04)
    assert share["resistance > 2 x new", 0.2].share.value == 1.0


def test_no_worse_pack_is_safer(shared_data: Path) -> None:
    assert find(shared_data).monotonicity.violations == 0

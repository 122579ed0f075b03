"""Ageing sets as they are found: columns twice, numbers that cannot be, no time."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from battery_registry.cli import main
from battery_registry.cli.ageing_files import read_folder
from battery_registry.cli.failure import FailedError
from tests.cli.test_scoring import write_set


def run_on(folder: Path) -> Result:
    return CliRunner().invoke(
        main,
        [
            *("scoring", "validate", "--data", str(folder)),
            "--bootstraps=5",
            "--pairs=9",
        ],
        catch_exceptions=False,
    )


def write(folder: Path, header: str, lines: Sequence[str]) -> Path:
    return write_set(folder, "bad", header=header, lines=lines)


@pytest.mark.parametrize(
    ("header", "line", "told"),
    [
        ("cell_id,cycle,q_ret", "a,,1", "no cell has a reading with a time"),
        ("cell_id,cycle,q_ret", "a,nan,1", "line 3: cycle is 'nan', not a number"),
        ("cell_id,cycle,q_ret", "a,1,nan", "line 3: q_ret is 'nan', not a number"),
        ("cell_id,cycle,q_ret", "a,1,inf", "line 3: q_ret is 'inf', not a number"),
        ("cell_id,cycle,q_ret", "a,1,-0.1", "line 3: q_ret is '-0.1', below 0"),
        ("cell_id,efc,q_ret", "a,-1,1", "line 3: efc is '-1', below 0"),
        ("cell_id,efc,q_ret", "a,-inf,1", "line 3: efc is '-inf', not a number"),
        ("cell_id,efc,q_ret,r_ratio", "a,1,1,0", "line 3: r_ratio is '0', not above 0"),
        ("cell_id,efc,q_ret,r_ratio", "a,1,1,-1", "line 3: r_ratio is '-1', below 0"),
        ("cell_id,efc,q_ret", " ,1,1", "line 3: cell_id is empty"),
        ("cell_id,efc,q_ret,q_ret", "a,1,1,1", "column q_ret is there twice"),
        ("cell_id,efc,day,day,q_ret", "a,1,1,1,1", "column day is there twice"),
    ],
)
def test_what_cannot_be_is_named(
    tmp_path: Path, header: str, line: str, told: str
) -> None:
    file = write(tmp_path, header, ["", line])
    with pytest.raises(FailedError) as caught:
        read_folder(tmp_path)
    assert str(file) in caught.value.message
    assert told in caught.value.message


def test_columns_without_a_name_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path, "cell_id,efc,q_ret,,", ["a,1,1,,"])
    (found,) = read_folder(tmp_path)
    assert found.cells[0].times.tolist() == [1]


def test_a_cell_without_time_does_not_stop_the_others(tmp_path: Path) -> None:
    file = write_set(tmp_path, "quiet_valley")
    with file.open("a", encoding="utf-8") as out:
        out.write("quiet_valley,timeless,NMC,2.0,1,,,,0.9,1.1\n")
    (found,) = read_folder(tmp_path)
    assert [cell.id for cell in found.cells] == [f"cell{n}" for n in range(5)]
    assert found.unread_cells == ("timeless",)
    done = run_on(tmp_path)
    assert done.exit_code == 0
    assert "quiet_valley: cell timeless is left out: no reading has" in done.stderr


@pytest.mark.parametrize("time", [0, 7])
def test_a_set_whose_times_are_all_equal_takes_no_part(
    tmp_path: Path, time: int
) -> None:
    lines = [
        f"x,cell{cell},NMC,2.0,{time},{time},,,{q},{1.2 - q / 5}"
        for cell in range(4)
        for q in (0.45, 0.3, 0.1, 0.05)
    ]
    write_set(tmp_path, "still", lines=lines)
    done = run_on(tmp_path)
    assert done.exit_code == 0, done.output
    assert "still takes no part: all its times are equal" in done.stderr
    write_set(tmp_path, "quiet_valley")
    assert "without still: all its times are equal" in run_on(tmp_path).stdout


def test_a_set_that_fell_below_next_to_at_once_is_not_inspected_forever(
    tmp_path: Path,
) -> None:
    lines = [
        f"x,cell{cell},NMC,2.0,,{time},,,{q},1.0"
        for cell in range(3)
        for time, q in ((0, 1.0), (1e-9, 0.4), (1e9, 0.1))
    ]
    write_set(tmp_path, "sudden", lines=lines)
    done = run_on(tmp_path)
    assert done.exit_code == 0, done.output
    assert "From green to red unseen" not in done.stdout

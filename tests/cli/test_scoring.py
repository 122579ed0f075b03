"""``scoring validate`` and ``scoring model-card``."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from battery_registry.cli import main, model_card, validation_file
from battery_registry.cli.ageing_files import read_folder
from battery_registry.cli.failure import FailedError
from battery_registry.scoring import load
from battery_registry.scoring.validation import Effort, validate

DOCS = Path(__file__).parent.parent.parent / "docs"
COLUMNS = "dataset,cell_id,chem,nominal_ah,seq,cycle,efc,day,q_ret,r_ratio"


def call(*arguments: object) -> Result:
    return CliRunner().invoke(
        main, ["scoring", *map(str, arguments)], catch_exceptions=False
    )


def write_set(
    folder: Path,
    name: str,
    *,
    with_ratio: bool = True,
    header: str = COLUMNS,
    lines: Sequence[str] | None = None,
) -> Path:
    """A set nobody has seen: five cells that fade by 0.9 to 1.3 % a cycle."""
    if lines is None:
        lines = [
            f"{name},cell{cell},NMC,2.0,{cycle},{cycle},,,"
            f"{1 - (0.009 + 0.001 * cell) * cycle + 0.004 * (-1) ** cycle:.5f},"
            + (f"{1 + 0.01 * cycle:.3f}" if with_ratio else "")
            for cell in range(5)
            for cycle in range(60)
        ]
    file = folder / name / "cycles.csv"
    file.parent.mkdir(parents=True)
    file.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return file


def test_it_runs_on_sets_it_has_never_seen(tmp_path: Path) -> None:
    write_set(tmp_path / "data", "quiet_valley")
    write_set(tmp_path / "data", "wide_river", with_ratio=False)
    (tmp_path / "data" / "snapshots_only").mkdir()
    out = tmp_path / "found.json"
    result = call(
        *("validate", "--data", tmp_path / "data", "--json", out),
        *("--bootstraps", 10, "--pairs", 100),
    )
    assert result.exit_code == 0, result.output
    for told in (
        "quiet_valley",
        "without wide_river: no resistance over life",
        "A80_CAP",
        "card >= 25 points",
        "Worse packs that scored lower: 0 of 100 pairs",
    ):
        assert told in result.output
    found = json.loads(out.read_text(encoding="utf-8"))
    assert found["format"] == "battery-registry-validation/1"
    names = [each["name"] for each in found["data"]]
    assert names == ["quiet_valley", "wide_river"]
    tasks = {task["id"]: task for task in found["tasks"]}
    assert len(tasks["A80_R"]["sets"]) == 1
    for each in tasks["A80_CAP"]["sets"]:
        assert each["measures"]["auroc"]["value"] > 0.9
        assert each["measures"]["false_green"]["value"] is not None
    card = tmp_path / "card.md"
    assert call("model-card", "--json", out, "-o", card).exit_code == 0
    assert "| quiet_valley | see its NOTICE |" in card.read_text(encoding="utf-8")


def test_a_validation_survives_its_json(tmp_path: Path) -> None:
    write_set(tmp_path, "quiet_valley")
    found = validate(
        read_folder(tmp_path),
        load("cn-2024"),
        effort=Effort(bootstraps=5, pairs=100),
    )
    assert validation_file.parse(validation_file.dump(found)) == found


def test_whole_numbers_may_lose_their_point_on_the_way() -> None:
    text = (DOCS / "scoring-validation.json").read_text(encoding="utf-8")
    content = json.loads(text)
    assert content["yellow_limit"] == 25.0
    content["yellow_limit"] = 25
    found = validation_file.parse(json.dumps(content))
    assert found == validation_file.parse(text)
    assert isinstance(found.yellow_limit, float)


def test_another_rule_set_is_validated_by_its_own_limit(tmp_path: Path) -> None:
    write_set(tmp_path, "quiet_valley")
    result = call(
        *("validate", "--data", tmp_path, "--ruleset", "cn-2024-strict"),
        *("--bootstraps", 0, "--pairs", 9),
    )
    assert result.exit_code == 0
    limit = load("cn-2024-strict").yellow_limit_tenths / 10
    assert limit != load("cn-2024").yellow_limit_tenths / 10
    assert f"card >= {limit:g} points" in result.output


def test_sets_without_any_event_still_have_a_card(tmp_path: Path) -> None:
    lines = [f"x,a,,2.0,{n},{n},,,{1 - n / 1000},{1 + n / 100}" for n in range(9)]
    write_set(tmp_path / "data", "calm", lines=lines)
    out, card = tmp_path / "found.json", tmp_path / "card.md"
    result = call("validate", "--data", tmp_path / "data", "--json", out, "--pairs", 9)
    assert result.exit_code == 0
    assert call("model-card", "--json", out, "-o", card).exit_code == 0
    assert "No cell with resistance over life falls below 50 %" in card.read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize(
    ("header", "line", "told"),
    [
        ("cell_id,cycle", "a,1", "no column q_ret"),
        ("cell_id,q_ret", "a,1", "no column efc or cycle"),
        ("", "", "no column cell_id, q_ret, efc or cycle"),
        ("cell_id,cycle,q_ret", "a,1,new", "line 2: q_ret is 'new', not a number"),
        ("cell_id,cycle,q_ret", "a,inf,1", "line 2: cycle is 'inf', not a number"),
        ("cell_id,cycle,q_ret", "a,1", "line 2: 2 fields, not 3"),
        ("cell_id,cycle,q_ret", "", "no readings"),
        ("cell_id,cycle,q_ret", 'a,"1,1', "unexpected end of data"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(
    tmp_path: Path, header: str, line: str, told: str
) -> None:
    file = write_set(tmp_path, "bad", header=header, lines=[line])
    with pytest.raises(FailedError) as caught:
        read_folder(tmp_path)
    assert str(file) in caught.value.message
    assert told in caught.value.message


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    file = write_set(tmp_path, "bad")
    file.write_bytes(b"cell_id,cycle,q_ret\n\xff,1,1\n")
    with pytest.raises(FailedError, match="can't decode"):
        read_folder(tmp_path)


def test_full_cycles_count_before_cycles(tmp_path: Path) -> None:
    lines = ["x,a,NMC,2.0,0,7,0.5,,1.0,1.0", "x,a,NMC,2.0,1,8,,,0.9,", ""]
    write_set(tmp_path, "both", lines=lines)
    (found,) = read_folder(tmp_path)
    assert found.time_axis == "efc"
    assert found.cells[0].times.tolist() == [0.5]
    assert (found.name, found.chemistry) == ("both", "NMC")


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    result = call("validate", "--data", tmp_path)
    assert result.exit_code == 1
    assert "has no */cycles.csv" in result.output


def test_an_unknown_rule_set_is_refused(tmp_path: Path) -> None:
    write_set(tmp_path, "quiet_valley")
    result = call("validate", "--data", tmp_path, "--ruleset", "nowhere-1")
    assert result.exit_code == 1
    assert "nowhere-1" in result.output


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    write_set(tmp_path / "data", "quiet_valley")
    out = tmp_path / "no" / "such" / "folder.json"
    result = call(
        *("validate", "--data", tmp_path / "data", "--json", out),
        *("--bootstraps", 0, "--pairs", 9),
    )
    assert result.exit_code == 1
    assert "No such file" in result.output


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "is not JSON"),
        ("[]", "is not of the format"),
        ('{"format": "other"}', "is not of the format"),
        ('{"format": "battery-registry-validation/1"}', "has not the members"),
    ],
)
def test_a_card_is_not_made_of_something_else(
    tmp_path: Path, text: str, told: str
) -> None:
    file = tmp_path / "found.json"
    file.write_text(text, encoding="utf-8")
    result = call("model-card", "--json", file, "-o", tmp_path / "card.md")
    assert result.exit_code == 1
    assert told in result.output


@pytest.mark.parametrize(
    ("place", "value", "told"),
    [
        ("seed", "1", "validation.seed is no int"),
        ("tasks", {}, "validation.tasks is no list"),
        ("warning", 3, "validation.warning has not the members"),
    ],
)
def test_a_place_of_another_kind_is_named(place: str, value: object, told: str) -> None:
    content = json.loads((DOCS / "scoring-validation.json").read_text(encoding="utf-8"))
    with pytest.raises(validation_file.NoValidationError, match=told):
        validation_file.parse(json.dumps({**content, place: value}))


def test_points_are_pairs() -> None:
    content = json.loads((DOCS / "scoring-validation.json").read_text(encoding="utf-8"))
    content["factors"][0]["points"][0] = [1.0]
    with pytest.raises(validation_file.NoValidationError, match="has not 2 items"):
        validation_file.parse(json.dumps(content))


def test_the_committed_card_is_made_of_the_committed_validation() -> None:
    text = (DOCS / "scoring-validation.json").read_text(encoding="utf-8")
    card = (DOCS / "scoring-model-card.md").read_text(encoding="utf-8")
    assert card == model_card.write(validation_file.parse(text))


def test_the_committed_validation_is_of_the_rule_set_in_force() -> None:
    """When this fails the rule set was changed: `make model-card`."""
    text = (DOCS / "scoring-validation.json").read_text(encoding="utf-8")
    found = validation_file.parse(text)
    assert found.ruleset_sha256 == load(found.ruleset_id).sha256


def test_the_card_says_what_cannot_be_validated() -> None:
    card = (DOCS / "scoring-model-card.md").read_text(encoding="utf-8")
    _, _, after = card.partition("## What cannot be validated with public data")
    section, _, _ = after.partition("\n## ")
    for number in range(1, 9):
        assert f"\n{number}. " in section
    for factor in load("cn-2024").factors:
        (row,) = (line for line in card.splitlines() if f"(`{factor.id}`)" in line)
        assert f"**{factor.evidence}**" in row

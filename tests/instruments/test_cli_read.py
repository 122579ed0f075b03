import json
import subprocess
import sys

import pytest
from click.testing import CliRunner, Result

from instruments.cli import main
from tests.instruments.conftest import Sample
from tests.instruments.test_readers_neware_nda import M50T


def run_read(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["read", *arguments])


def test_json_of_the_main_file(sample: Sample) -> None:
    path = sample("neware_ndax", M50T)
    result = run_read(str(path), "--rated-ah", "5.0", "--json")
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert document["reader"] == "neware_nda"
    assert document["recording"]["rows"] == 77745
    assert document["recording"]["steps"] == 32
    assert document["recording"]["warnings"] == []
    assert len(document["recording"]["sha256"]) == 64
    reading = document["reading"]
    assert reading["discharge_capacity_ah"] == pytest.approx(4.7175, abs=5e-5)
    assert reading["capacity_fade_pct"] == pytest.approx(5.65, abs=0.005)
    assert [r["resistance_mohm"] for r in reading["resistances"]] == pytest.approx(
        [18.94, 25.12, 31.54], rel=0.005
    )
    assert {r["method"] for r in reading["resistances"]} == {"dc_pulse"}
    assert {c["severity"] for c in document["checks"]} == {"ok"}
    assert all(set(c) == {"code", "severity", "sentence"} for c in document["checks"])


def test_table_for_people(sample: Sample) -> None:
    result = run_read(
        str(sample("neware_csv", "nw_regular_export_ife_example.csv")),
        *("--rated-ah", "0.4"),
    )
    assert result.exit_code == 0
    assert "neware_report" in result.stdout
    assert "17." in result.stdout
    assert "warn: time_order" in result.stdout


def test_table_of_a_file_without_a_discharge(sample: Sample) -> None:
    result = run_read(str(sample("neware_ndax", "21_10_7_85.ndax")))
    assert result.exit_code == 0
    assert "the recording has no discharge" in result.stdout


def test_explain_shows_scores_beside_the_json(sample: Sample) -> None:
    path = sample("zketech_ebc", "ebc_b20h_discharge_log.txt")
    result = run_read(str(path), "--explain", "--json")
    assert json.loads(result.stdout)["recording"]["rows"] == 257
    assert "95  zketech_log: 50 of 50 lines are reports of 19 bytes" in result.stderr
    assert "0  neware_nda: neither NEWARE nor a zip" in result.stderr


def test_frame_period_is_passed_on(sample: Sample) -> None:
    path = sample("zketech_ebc", "ebc_b20h_discharge_log.txt")
    result = run_read(str(path), "--json", "--frame-period-s", "4")
    assert json.loads(result.stdout)["recording"]["duration_s"] == 1024.0


def test_an_unreadable_file_does_not_stop_the_others(sample: Sample) -> None:
    result = run_read(
        str(sample("neware_ndax", "empty.ndax")),
        str(sample("neware_ndax", "21_10_7_85.ndax")),
        "--json",
    )
    assert result.exit_code == 2
    refused, read = map(json.loads, result.stdout.splitlines())
    assert refused["error"]["code"] == "no_records"
    assert read["recording"]["rows"] == 141
    assert "without a single record" in result.stderr


def test_unreadable_file_for_people(sample: Sample) -> None:
    result = run_read(str(sample("README.md")))
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "No reader knows the content" in result.stderr
    named = run_read(str(sample("README.md")), "--format", "excel")
    assert "Known: neware_nda, neware_report, neware_csv, " in named.stderr


@pytest.mark.parametrize("value", ["0", "-5", "five"])
def test_impossible_options_are_refused(value: str) -> None:
    assert run_read("x.nda", "--rated-ah", value).exit_code == 2


def test_start_needs_no_heavy_library() -> None:
    code = (
        "import sys, instruments.cli;"
        "print([m for m in ('polars', 'pandas', 'fastnda') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"

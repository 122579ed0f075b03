"""What the station knows is held against a reading: told, or not sent."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from instruments.capacity import Declared
from instruments.checks import Facts
from instruments.cli import main
from instruments.codecs.bms.claim import make_claim
from instruments.drivers.plan import parse_pack, write_files
from instruments.drivers.playing import TcpEndpoint, playing
from instruments.drivers.simulated_bms import SimulatedJbd, make_pack_claim
from instruments.evaluate import evaluate
from instruments.reading import ReadingError
from instruments.station.doubts import find_doubts, known_facts
from instruments.station.measurement import NOTHING, Beside
from instruments.station.queue import Queue
from tests.instruments.played_registry import Fault, PlayedRegistry
from tests.instruments.simulated_packs import make_plan_line
from tests.instruments.station_parts import NOW, make_checklist, make_profile
from tests.instruments.test_evaluate import discharge, full_charge, make_recording, rest


def write_pack(folder: Path, **checklist: Any) -> Path:
    filled = make_checklist(tested_at="2026-05-04T09:30:00+08:00", **checklist)
    line = make_plan_line(name="a", checklist=filled)
    write_files(parse_pack(line), folder, seed=1, period_s=60)
    return folder / "a.log"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def send(profile: Path, *logs: Path) -> Result:
    period = ("--frame-period-s", 60)
    return run("send", *logs, "--profile", profile, "--json", *period)


def measure_dead_cell(out: Path) -> None:
    """A pack whose third cell is dead, as its system tells it."""
    cells = list(make_pack_claim().cells_v)
    cells[2] = 0.0
    told = {"cells_v": tuple(cells), "voltage_v": sum(cells), "current_a": 0.0}
    told |= {"soc_pct": 71, "remaining_ah": 8.52, "rated_ah": 12, "cycles": 211}
    with playing(SimulatedJbd(make_claim("jbd", told)), TcpEndpoint()) as address:
        done = run("measure", "jbd", "--port", address, "--out", out)
    assert done.exit_code == 0, done.output


def test_a_dead_cell_is_told_and_the_registry_hears_of_it(
    tmp_path: Path, profile: Path, registry: PlayedRegistry
) -> None:
    log = write_pack(tmp_path, cell_count_series=13, label_nominal_voltage_v=48)
    measure_dead_cell(log.with_suffix(".measured"))

    done = send(profile, log)

    assert done.exit_code == 0, done.output
    (body,) = registry.stored.values()
    assert (body["cell_voltage_min_v"], body["cell_voltage_max_v"]) == (0.0, 3.913)
    (told,) = json.loads(done.stdout)["warnings"]
    assert (told["name"], told["inspection_id"]) == ("a.log", body["inspection_id"])
    sentences = {one["code"]: one["sentence"] for one in told["warnings"]}
    assert "Cell 3 has less than 0.5 V" in sentences["dead_cell"]
    assert "a.log: Warning: dead_cell: Cell 3" in done.stderr


def test_a_warning_outlives_a_lost_connection(
    tmp_path: Path, profile: Path, registry: PlayedRegistry
) -> None:
    log = write_pack(tmp_path)
    measure_dead_cell(log.with_suffix(".measured"))
    wait = Fault(headers={"Retry-After": "3600"})
    registry.fault = lambda number, _items: wait if number == 0 else None
    assert send(profile, log).exit_code == 3

    listed = json.loads(run("queue", "list", "--profile", profile, "--json").stdout)
    with Queue(tmp_path / "queue.sqlite3") as queue:
        queue.wait_until(NOW)
    later = send(profile)

    (entry,) = listed["entries"]
    assert "dead_cell" in [one["code"] for one in entry["warnings"]]
    (told,) = json.loads(later.stdout)["warnings"]
    assert told["warnings"] == entry["warnings"]
    assert "a.log: Warning: dead_cell: " in later.stderr
    assert json.loads(send(profile).stdout)["warnings"] == []


def test_a_typed_in_reading_is_looked_at_as_well(tmp_path: Path, profile: Path) -> None:
    out, fields = tmp_path / "a.measured", tmp_path / "fields.json"
    measure_dead_cell(out)
    told = make_checklist(
        ocv_v=52.0, test_duration_s=7200, tested_at="2026-05-04T09:30:00+08:00"
    )
    fields.write_text(json.dumps(told))
    enter = ("enter", "--json", fields, "--profile", profile, "--measured", out)

    done = run(*enter)

    assert done.exit_code == 0, done.output
    assert "fields.json: Warning: dead_cell: Cell 3" in done.stderr
    profile.write_text(profile.read_text() + "calibrated_on = 2024-05-04\n")
    assert "calibration: The instrument was" in run(*enter).stderr


@pytest.mark.parametrize(
    ("changes", "calibrated", "said"),
    [
        ({"label_nominal_voltage_v": 24}, None, "cell_voltage: Shared among 7 cells"),
        ({"cell_count_series": 10}, None, "cell_voltage: Shared among 10 cells"),
        ({}, "2025-05-01", "calibration: The instrument was calibrated on 2025-05-01"),
        ({}, "2026-05-05", "calibration: The instrument was calibrated on 2026-05-05"),
    ],
)
def test_what_cannot_be_is_not_sent(
    tmp_path: Path,
    profile: Path,
    registry: PlayedRegistry,
    changes: dict[str, Any],
    calibrated: str | None,
    said: str,
) -> None:
    if calibrated:
        profile.write_text(profile.read_text() + f"calibrated_on = {calibrated}\n")

    done = send(profile, write_pack(tmp_path, **changes))

    assert done.exit_code == 2
    (failed,) = json.loads(done.stdout)["failed"]
    assert failed["code"] == "unbelievable"
    assert said in failed["detail"]
    assert registry.stored == {}


@pytest.mark.parametrize("calibrated", ["2025-05-05", "2026-05-04"])
def test_a_calibration_holds_on_the_day_of_the_test(
    tmp_path: Path, profile: Path, calibrated: str
) -> None:
    profile.write_text(profile.read_text() + f"calibrated_on = {calibrated}\n")

    assert send(profile, write_pack(tmp_path)).exit_code == 0


def test_facts_are_those_of_this_pack_and_this_instrument(tmp_path: Path) -> None:
    profile = make_profile(tmp_path, calibrated_on=date(2026, 1, 1))
    label = {"label_nominal_voltage_v": 48, "cell_count_series": 13}
    beside = Beside(fields={"internal_resistance_mohm": 181.25}, cells_v=(3.9,))

    known = known_facts(make_checklist(**label), profile, beside, tested_at=NOW)
    lead = make_checklist(chemistry="lead_acid", instrument_id="EBC-2", **label)
    other = known_facts(lead, profile, NOTHING, tested_at=NOW)

    assert known == Facts(
        nominal_v=48.0,
        cells_in_series=13,
        cells_v=(3.9,),
        resistances_mohm=(181.25,),
        calibrated_on=date(2026, 1, 1),
        measured_on=date(2026, 5, 4),
    )
    assert other == Facts(measured_on=date(2026, 5, 4))


def test_conditions_and_what_a_reader_left_out_are_told() -> None:
    declared = Declared(rated_ah=1.0, c_rate=0.2)
    recording = make_recording(full_charge(), rest(), discharge())
    cold = replace(
        recording,
        temperature_c=np.full(recording.rows, 5.0),
        warnings=("the last record was cut off",),
    )

    found = find_doubts(cold, evaluate(cold, declared), Facts(), declared)

    told = [(one.code, one.sentence) for one in found]
    assert [code for code, _ in told] == ["conditions", "conditions", "reader"]
    assert "outside 18 to 28" in told[0][1]
    assert "the rate was 1.00 C, the rating refers to 0.2 C" in told[1][1]
    resting = make_recording(rest())
    assert find_doubts(resting, evaluate(resting), Facts(), Declared()) == ()


def test_a_refusal_names_every_check_and_what_to_do() -> None:
    recording = make_recording(full_charge(), rest(), discharge())
    facts = Facts(
        cells_in_series=1,
        cells_v=(9.0,),
        calibrated_on=date(2026, 5, 5),
        measured_on=date(2026, 5, 4),
    )
    with pytest.raises(ReadingError) as caught:
        find_doubts(recording, evaluate(recording), facts, Declared())

    assert caught.value.message.count("cell_sum: ") == 1
    assert "calibration: " in caught.value.message
    assert caught.value.hint.startswith("Are the cells those of this pack?")

"""From an instrument on a wire into an inspection, through ``NAME.measured``."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from instruments.cli import main
from instruments.drivers.plan import parse_pack, write_files
from instruments.drivers.playing import TcpEndpoint, playing
from instruments.reading import ReadingError
from instruments.station.checklist import ChecklistError
from instruments.station.measured_file import read_measured
from instruments.station.measurement import Beside, Measurement, merge
from tests.instruments.played_instruments import PLAYED
from tests.instruments.played_registry import PlayedRegistry
from tests.instruments.simulated_packs import make_plan_line
from tests.instruments.station_parts import make_checklist

_TIME = "2026-05-04T09:30:00+08:00"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def write_pack(folder: Path, **checklist: Any) -> Path:
    """A recording with its checklist and no log of a resistance tester."""
    folder.mkdir(exist_ok=True)
    filled = make_checklist(tested_at=_TIME, **checklist)
    write_files(
        parse_pack(make_plan_line(name="a", checklist=filled)),
        folder,
        seed=1,
        period_s=60,
    )
    (folder / "a.rc3563").unlink()
    return folder / "a.log"


def measure(out: Path, *names: str) -> None:
    for name in names:
        with playing(PLAYED[name].device(), TcpEndpoint()) as address:
            done = run("measure", name, "--port", address, "--out", out)
        assert done.exit_code == 0, done.output


def send(profile: Path, log: Path) -> Result:
    period = ("--frame-period-s", 60)
    return run("send", log, "--profile", profile, "--json", *period)


def write_lines(path: Path, *lines: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def make_line(fields: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    return {"made_at": _TIME, "inspection": fields or {}, **changes}


def test_what_was_measured_beside_goes_into_the_inspection(
    tmp_path: Path, profile: Path, registry: PlayedRegistry
) -> None:
    log = write_pack(tmp_path / "packs", soc_source=None)
    measure(log.with_suffix(".measured"), "hioki", "jbd")

    done = send(profile, log)

    assert done.exit_code == 0, done.output
    (body,) = registry.stored.values()
    assert body["internal_resistance_mohm"] == 181.25
    assert (body["resistance_method"], body["ocv_v"]) == ("ac_1khz", 52.31)
    assert (body["soc_pct"], body["soc_source"]) == (71, "bms")
    assert (body["cycle_count"], body["cell_count_series"]) == (211, 13)
    assert (body["cell_voltage_min_v"], body["cell_voltage_max_v"]) == (3.898, 3.913)
    # measured by the tester, not claimed by the system
    assert body["discharge_capacity_ah"] == pytest.approx(9.0, rel=0.01)
    assert body["max_output_voltage_v"] > 54


def test_the_checklists_own_source_of_the_charge_stands(
    tmp_path: Path, profile: Path, registry: PlayedRegistry
) -> None:
    log = write_pack(tmp_path / "packs")
    measure(log.with_suffix(".measured"), "jbd")

    assert send(profile, log).exit_code == 0
    (body,) = registry.stored.values()
    assert (body["soc_source"], body.get("soc_pct")) == ("after_full_charge", None)
    assert body["cycle_count"] == 211


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("hioki", "internal_resistance_mohm", 90),
        ("hioki", "resistance_method", "dc_pulse"),
        ("jbd", "cycle_count", 12),
        ("jbd", "cell_count_series", 10),
        ("jbd", "soc_pct", 99),
    ],
)
def test_a_checklist_that_contradicts_an_instrument_is_refused_by_name(
    tmp_path: Path, profile: Path, name: str, field: str, value: object
) -> None:
    log = write_pack(tmp_path / "packs", **{"soc_source": "bms", field: value})
    measure(log.with_suffix(".measured"), name)

    done = send(profile, log)

    assert done.exit_code == 2
    (failed,) = json.loads(done.stdout)["failed"]
    assert failed["fields"] == [field]
    assert f"{field}: the instrument says" in failed["detail"]


def test_two_instruments_that_contradict_each_other_are_refused_by_name(
    tmp_path: Path, profile: Path
) -> None:
    log = write_pack(tmp_path / "packs")
    measure(log.with_suffix(".measured"), "hioki", "rc3563")

    (failed,) = json.loads(send(profile, log).stdout)["failed"]

    assert failed["code"] == "checklist"
    assert "a.measured line 1 says 52.31, a.measured line 2 says 5" in failed["detail"]


def test_two_files_may_say_the_same_and_not_otherwise() -> None:
    one = Measurement(name="a", fields={"ocv_v": 52.31, "resistance_method": "ac_1khz"})
    same = Measurement(name="b", fields={"ocv_v": 52.31}, cells_v=(3.9,))
    other = Measurement(name="c", fields={"resistance_method": "dc_pulse"})

    assert merge([one, same]) == Beside(fields=one.fields, cells_v=(3.9,))
    with pytest.raises(ChecklistError, match="a says ac_1khz, c says") as caught:
        merge([one, other])
    assert caught.value.fields == ("resistance_method",)


def test_another_measurement_makes_another_source(
    tmp_path: Path, profile: Path, registry: PlayedRegistry
) -> None:
    log = write_pack(tmp_path / "packs")
    registry.refuse = lambda item: None if "cycle_count" in item else "cycle_count"
    assert send(profile, log).exit_code == 4
    measure(log.with_suffix(".measured"), "jbd")

    assert send(profile, log).exit_code == 0
    assert [body["cycle_count"] for body in registry.stored.values()] == [211]


def typed_in(tmp_path: Path, **changes: Any) -> Path:
    fields = tmp_path / "fields.json"
    told = make_checklist(test_duration_s=7200, soc_source=None, **changes)
    fields.write_text(json.dumps(told))
    return fields


def test_a_reading_is_typed_in_beside_what_was_measured(
    tmp_path: Path, profile: Path, registry: PlayedRegistry
) -> None:
    hioki, jbd = tmp_path / "hioki.measured", tmp_path / "jbd.measured"
    measure(hioki, "hioki")
    measure(jbd, "jbd")
    files = ("--measured", hioki, "--measured", jbd, "--profile", profile)

    done = run("enter", "--json", typed_in(tmp_path), *files)

    assert done.exit_code == 0, done.output
    assert run("send", "--profile", profile).exit_code == 0
    (body,) = registry.stored.values()
    assert (body["ocv_v"], body["internal_resistance_mohm"]) == (52.31, 181.25)
    assert (body["soc_source"], body["cycle_count"]) == ("bms", 211)
    wrong = run("enter", "--json", typed_in(tmp_path, ocv_v=41.0), *files)
    assert "ocv_v: the instrument says 52.31" in wrong.stderr


def test_what_was_measured_is_not_asked(tmp_path: Path, profile: Path) -> None:
    hioki = tmp_path / "hioki.measured"
    measure(hioki, "hioki")
    asked = CliRunner().invoke(
        main,
        ["enter", "--measured", str(hioki), "--profile", str(profile)],
        input="\n" * 99,
    )
    assert "ambient_temp_c:" in asked.stderr
    assert "ocv_v:" not in asked.stderr
    assert "internal_resistance_mohm:" not in asked.stderr


def test_a_number_no_json_carries_is_told_not_raised(profile: Path) -> None:
    asked = CliRunner().invoke(
        main, ["enter", "--profile", str(profile)], input="1e999\n" * 60
    )
    assert asked.exit_code == 1
    assert "has a value that cannot be sent" in asked.stderr


_CLAIM = {"cells_v": [3.9, 3.9]}
_OHMS = {"internal_resistance_mohm": 181.25, "resistance_method": "ac_1khz"}


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ({"error": {"code": "x", "message": "No answer."}}, "failed", "No answer"),
        ({"error": None}, "failed", "no reason told"),
        ({"maker": "x", "leakage": False}, "unreadable", "no measurement of"),
        (make_line({"leakage": False}), "unreadable", "'leakage', which it cannot"),
        (make_line({"cycle_count": 3}), "unreadable", "'cycle_count', which"),
        (make_line({"ocv_v": 5.0}, claim=_CLAIM), "unreadable", "'ocv_v', which"),
        (make_line(_OHMS, claim=_CLAIM), "unreadable", "which it cannot know"),
        (make_line({"ocv_v": "52"}), "unreadable", "ocv_v is no number"),
        (make_line({"ocv_v": True}), "unreadable", "ocv_v is no number"),
        (make_line({"ocv_v": 10**400}), "unreadable", "no number of an instrument"),
        (make_line({"ocv_v": 1e400}), "unreadable", "not one whole JSON"),
        (make_line({**_OHMS, "internal_resistance_mohm": 0}), "unreadable", "above"),
        (make_line({**_OHMS, "resistance_method": []}), "unreadable", "method is"),
        (make_line({**_OHMS, "resistance_method": "bms"}), "unreadable", "method is"),
        (make_line({"resistance_method": "ac_1khz"}), "unreadable", "together"),
        (make_line({"soc_pct": 7}, claim=_CLAIM), "unreadable", "together"),
        (make_line(claim={"cells_v": 3}), "unreadable", "no list of cells"),
        (make_line(claim={"cells_v": [None]}), "unreadable", "cells_v is no number"),
        (make_line(made_at=None), "unreadable", "made_at"),
        (make_line(made_at="2026-05-04T09:30:00"), "unreadable", "made_at"),
    ],
)
def test_a_line_that_is_no_measurement_is_named(
    tmp_path: Path, line: dict[str, Any], code: str, said: str
) -> None:
    path = write_lines(tmp_path / "a.measured", make_line({"ocv_v": 52.3}), line)

    with pytest.raises(ReadingError, match=r"a\.measured line 2") as caught:
        read_measured(path)

    assert caught.value.code.startswith(code)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "no_records"),
        (b"\n \n", "no_records"),
        (b'{"made_at": "20', "unreadable"),
        (b"[1]\n", "unreadable"),
        (b"[" * 100_000, "unreadable"),
        (b"\xff\xfe{\0}\0", "unreadable"),
        (b" " * 1_100_000, "too_large"),
        (None, "not_opened"),
    ],
)
def test_a_damaged_or_foreign_file_is_refused(
    tmp_path: Path, data: bytes | None, code: str
) -> None:
    path = tmp_path / "a.measured"
    if data is not None:
        path.write_bytes(data)

    with pytest.raises(ReadingError) as caught:
        read_measured(path)

    assert caught.value.code == code


def test_a_damaged_file_beside_a_recording_is_told_and_nothing_is_sent(
    tmp_path: Path, profile: Path, registry: PlayedRegistry
) -> None:
    log = write_pack(tmp_path / "packs")
    write_lines(log.with_suffix(".measured"), {"error": {"message": "No answer."}})

    done = send(profile, log)

    (failed,) = json.loads(done.stdout)["failed"]
    assert (failed["name"], failed["code"]) == ("a.log", "failed_measurement")
    assert registry.stored == {}

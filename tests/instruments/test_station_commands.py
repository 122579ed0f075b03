import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from instruments.cli import main
from instruments.drivers.plan import parse_pack, write_files
from instruments.reading import ReadingError
from instruments.station.checklist import ChecklistError
from instruments.station.entry import State
from instruments.station.files import Source, folder_sources, pair_sources
from instruments.station.queue import Queue
from tests.instruments.played_registry import KEY, Fault, PlayedRegistry
from tests.instruments.simulated_packs import make_plan_line
from tests.instruments.station_parts import NOW, make_body, make_checklist


def write_pack(folder: Path, name: str = "a", **checklist: Any) -> Path:
    folder.mkdir(exist_ok=True)
    filled = make_checklist(tested_at="2026-05-04T09:30:00+08:00", **checklist)
    line = make_plan_line(name=name, checklist=filled)
    write_files(parse_pack(line), folder, seed=1, period_s=60)
    return folder / f"{name}.log"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def send(profile: Path, *arguments: object) -> Result:
    period = ("--frame-period-s", 60)
    return run("send", "--profile", profile, "--json", *period, *arguments)


def test_one_file_with_its_checklist_reaches_the_registry(
    tmp_path: Path, profile: Path, registry: PlayedRegistry
) -> None:
    log = write_pack(tmp_path / "packs")
    checklist = tmp_path / "other.json"
    (tmp_path / "packs" / "a.json").rename(checklist)

    result = send(profile, log, "--checklist", checklist)

    assert result.exit_code == 0, result.output
    (body,) = registry.stored.values()
    assert body["discharge_capacity_ah"] == pytest.approx(9.0, rel=0.01)
    assert body["capacity_method"] == "full_discharge"
    assert body["resistance_method"] == "ac_1khz"
    assert body["internal_resistance_mohm"] == pytest.approx(180, rel=0.005)
    assert body["tested_at"] == "2026-05-04T09:30:00.000+08:00"
    assert body["software_version"].startswith("battery-station ")
    told = json.loads(result.stdout)
    assert told["queued"] == 0
    assert told["sent"] == 1
    assert told["receipts"] == [
        {
            "name": "a.log",
            "inspection_id": body["inspection_id"],
            "code": "0123-4567-89ab-cdef",
            "url": "http://127.0.0.1/b/0",
            "verdict": "green",
            "battery_code_in_force": "green",
            "case": None,
        }
    ]


def test_a_batch_is_a_folder_and_a_bad_file_stops_no_other(
    tmp_path: Path, profile: Path, registry: PlayedRegistry
) -> None:
    packs = tmp_path / "packs"
    for name in "abcd":
        write_pack(packs, name)
    (packs / "b.log").write_text("no frames")
    (packs / "c.json").write_text('{"maker": "x"}')
    (packs / "d.rc3563").unlink()
    (packs / "notes.txt").write_text("has no checklist and is left out")

    result = send(profile, "--batch", packs)

    assert result.exit_code == 2
    told = json.loads(result.stdout)
    assert [receipt["name"] for receipt in told["receipts"]] == ["a.log", "d.log"]
    assert [failed["name"] for failed in told["failed"]] == ["b.log", "c.log"]
    assert told["failed"][0]["code"] == "unknown_format"
    assert "owner_kind" in told["failed"][1]["fields"]
    methods = {body.get("resistance_method") for body in registry.stored.values()}
    assert methods == {"ac_1khz", None}


def test_the_same_files_again_make_no_second_inspection(
    tmp_path: Path, profile: Path, registry: PlayedRegistry
) -> None:
    write_pack(tmp_path / "packs")
    send(profile, "--batch", tmp_path / "packs")

    again = send(profile, "--batch", tmp_path / "packs")

    assert again.exit_code == 0
    assert "a.log: already in the queue" in again.stderr
    assert json.loads(again.stdout)["sent"] == 0
    assert len(registry.posts) == 1


def test_what_could_not_be_sent_is_sent_later_without_files(
    tmp_path: Path, profile: Path, registry: PlayedRegistry
) -> None:
    log = write_pack(tmp_path / "packs")
    wait = Fault(headers={"Retry-After": "3600"})
    registry.fault = lambda number, _items: wait if number == 0 else None

    first = send(profile, log)

    assert first.exit_code == 3
    assert json.loads(first.stdout)["queued"] == 1
    with Queue(tmp_path / "queue.sqlite3") as queue:
        queue.wait_until(NOW)
    assert send(profile).exit_code == 0
    assert len(registry.stored) == 1


def test_a_refusal_is_shown_until_a_corrected_checklist_replaces_it(
    tmp_path: Path, profile: Path, registry: PlayedRegistry
) -> None:
    log = write_pack(tmp_path / "packs", maker="wrong")
    registry.refuse = lambda item: "maker" if item["maker"] == "wrong" else None

    refused = send(profile, log)

    assert refused.exit_code == 4
    (told,) = json.loads(refused.stdout)["refused"]
    assert told["name"] == "a.log"
    assert told["detail"] == "maker: is not accepted"
    assert send(profile).exit_code == 4
    write_pack(tmp_path / "packs", maker="right")
    assert send(profile, log).exit_code == 0
    assert len(registry.stored) == 1


def test_people_read_lines(
    tmp_path: Path, profile: Path, registry: PlayedRegistry
) -> None:
    packs = tmp_path / "packs"
    for name in "abc":
        write_pack(packs, name, maker=name)
    (packs / "c.log").write_text("no frames")
    registry.refuse = lambda item: "maker" if item["maker"] == "b" else None

    period = ("--frame-period-s", 60)
    result = run("send", "--profile", profile, "--batch", packs, *period)

    first, second, third, *rest = result.stdout.splitlines()
    assert first == "a.log: green, battery 0123-4567-89ab-cdef is green"
    assert second == "b.log: refused: maker: is not accepted"
    assert third.startswith("c.log: No reader knows the content of c.log. ")
    assert rest == [
        "1 sent, 0 queued, 1 refused, 1 files not usable",
        "1 raw files uploaded, 1 waiting",
    ]
    assert "sending 2 readings, " in result.stderr
    assert ", the oldest " in result.stderr


def test_a_key_that_is_not_known_is_told_with_what_to_do(
    tmp_path: Path, profile: Path
) -> None:
    profile.write_text(profile.read_text().replace(KEY, "br_live_00000001_old"))

    log = write_pack(tmp_path / "packs")
    result = run("send", log, "--profile", profile, "--frame-period-s", 60)

    assert result.exit_code == 3
    assert "Ask for a new key" in result.stdout
    assert "401 Unknown key" in result.stdout


def test_waiting_sends_all(
    tmp_path: Path, profile: Path, registry: PlayedRegistry
) -> None:
    write_pack(tmp_path / "packs")
    again = Fault(status=503)
    registry.fault = lambda number, _items: again if number == 0 else None

    assert send(profile, "--batch", tmp_path / "packs", "--wait").exit_code == 0


def test_an_unbelievable_recording_is_not_sent(tmp_path: Path, profile: Path) -> None:
    log = write_pack(tmp_path / "packs")

    # a report a minute, read as one each 2 s: the counter and the current disagree
    result = run("send", log, "--profile", profile, "--json")

    assert result.exit_code == 2
    (failed,) = json.loads(result.stdout)["failed"]
    assert failed["code"] == "unbelievable"
    assert "--frame-period-s" in failed["detail"]


def test_a_station_may_state_the_period_of_its_logs(
    tmp_path: Path, profile: Path
) -> None:
    profile.write_text(profile.read_text() + "frame_period_s = 60\n")
    log = write_pack(tmp_path / "packs")

    assert run("send", log, "--profile", profile).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("a.log", "--checklist", "a", "--checklist", "b"), "1 recordings and 2"),
        (("--checklist", "a"), "0 recordings and 1 checklists"),
    ],
)
def test_files_and_checklists_go_in_pairs(
    profile: Path, arguments: tuple[str, ...], message: str
) -> None:
    result = run("send", "--profile", profile, *arguments)

    assert result.exit_code == 1
    assert message in result.stderr


def test_without_a_profile_nothing_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BATTERY_STATION_PROFILE", raising=False)

    result = run("send")

    assert result.exit_code == 1
    assert "give --profile FILE" in result.stderr


def test_the_queue_is_listed_and_exported(
    tmp_path: Path, profile: Path, registry: PlayedRegistry
) -> None:
    with Queue(tmp_path / "queue.sqlite3") as queue:
        keys = [queue.put(make_body(n), now=NOW, name="a").key for n in (1, 2, 3)]
        queue.settle([(keys[0], State.SENT, {})], now=NOW)
        queue.settle([(keys[1], State.REFUSED, {"detail": "no"})], now=NOW)

    listed = json.loads(run("queue", "list", "--profile", profile, "--json").stdout)
    lines = run("queue", "list", "--queue", tmp_path / "queue.sqlite3").stdout
    exported = run("queue", "export", "--profile", profile).stdout
    batch = run("queue", "export", "--profile", profile, "--json").stdout
    output = tmp_path / "unsent.jsonl"
    told = run("queue", "export", "--profile", profile, "--plain", "-o", output).stderr

    assert listed["counts"] == {"queued": 1, "sent": 1, "refused": 1}
    assert listed["oldest_age_s"] > 0
    assert [entry["state"] for entry in listed["entries"]] == [
        "sent",
        "refused",
        "queued",
    ]
    assert f"{keys[1]}  refused  a  (no)" in lines
    assert "1 queued, 1 sent, 1 refused; the oldest is " in lines
    assert json.loads(exported) == make_body(3)
    assert json.loads(batch) == {"inspections": [make_body(3)]}
    assert output.read_text(encoding="utf-8") == exported
    assert told == f"1 readings in {output}\n"


def test_an_empty_queue_is_listed(tmp_path: Path) -> None:
    result = run("queue", "list", "--queue", tmp_path / "queue.sqlite3")

    assert result.stdout == "0 queued, 0 sent, 0 refused\n"


def test_a_queue_that_cannot_be_opened_is_told(
    tmp_path: Path, profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "queue.sqlite3").mkdir()

    for arguments in (("send",), ("queue", "list"), ("queue", "export")):
        result = run(*arguments, "--profile", profile)
        assert result.exit_code == 1
        assert "queue.sqlite3" in result.stderr
    # without a profile and a name, the queue is the user's own
    monkeypatch.delenv("BATTERY_STATION_PROFILE", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert run("queue", "list").exit_code == 0
    assert (tmp_path / "data" / "battery-station" / "queue.sqlite3").is_file()


def test_a_folder_must_pair_each_checklist_with_one_recording(tmp_path: Path) -> None:
    log = write_pack(tmp_path / "packs")
    assert folder_sources(log.parent) == pair_sources([log], [])

    log.with_suffix(".csv").write_text("")
    with pytest.raises(ChecklistError, match=r"a\.json: 2 recordings lie beside it"):
        folder_sources(log.parent)
    log.with_suffix(".csv").unlink()
    log.unlink()
    with pytest.raises(ChecklistError, match="0 recordings"):
        folder_sources(log.parent)


def test_a_stick_may_give_every_name_in_capitals(tmp_path: Path) -> None:
    log = write_pack(tmp_path / "packs")
    checklist = log.with_suffix(".json").rename(log.with_suffix(".JSON"))

    (source,) = folder_sources(log.parent)

    assert (source.recording, source.checklist) == (log, checklist)


def test_a_source_is_known_by_all_its_bytes(tmp_path: Path) -> None:
    log = write_pack(tmp_path / "packs")
    (source,) = pair_sources([log], [])
    first = source.sha256()

    assert source.beside == (log.with_suffix(".rc3563"),)
    assert source.sha256() == first
    assert Source(recording=log, checklist=source.checklist).sha256() != first
    source.checklist.write_text("{}")
    assert source.sha256() != first
    source.checklist.unlink()
    with pytest.raises(ReadingError, match=r"a\.json cannot be opened"):
        source.sha256()

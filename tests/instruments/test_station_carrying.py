"""Readings corrected, typed in, and carried on a stick."""

import hashlib
import io
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from instruments.cli import main
from instruments.station import claims
from instruments.station.attached import FileCounts
from instruments.station.entry import State
from instruments.station.exports import ExportError, read_export, write_export
from instruments.station.queue import Queue
from instruments.station.sender import LEASE_S
from instruments.station.showing import spell_age
from tests.instruments.played_registry import KEY, PlayedRegistry
from tests.instruments.station_parts import NOW, make_body, make_checklist

OTHER_KEY = "br_live_00000002_" + "o" * 43


@pytest.fixture
def profile(tmp_path: Path, registry: PlayedRegistry) -> Path:
    return write_profile(tmp_path / "station.toml", registry.url)


def write_profile(path: Path, url: str, *, key: str = KEY) -> Path:
    path.write_text(
        f'url = "{url}"\nkey = "{key}"\nqueue = "{path.stem}.sqlite3"\n'
        'inspector_id = "A-17"\ninstrument_id = "EBC-1"\nstation_id = "XC-01"\n'
    )
    return path


def run(*arguments: object, given: str = "") -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments], input=given)


def refuse_one(path: Path, **body: Any) -> str:
    with Queue(path.with_suffix(".sqlite3")) as queue:
        key = queue.put(make_body(1, **body), now=NOW, name="a.log").key
        queue.settle([(key, State.REFUSED, {"detail": "no"})], now=NOW)
    return key


def test_a_corrected_reading_gets_a_new_key_that_is_linked_to_the_old(
    profile: Path, registry: PlayedRegistry
) -> None:
    key = refuse_one(profile, maker="wrong", model="x")

    done = run(
        *("queue", "edit", key, "--set", "maker=right", "--set", "ocv_v=41.5"),
        *("--set", "model=", "--profile", profile),
    )

    assert done.exit_code == 0, done.output
    with Queue(profile.with_suffix(".sqlite3")) as queue:
        old, new = queue.entries()
    body = json.loads(new.body)
    assert (old.replaced_by, new.replaces) == (new.key, key)
    assert new.key not in {key, ""}
    assert (body["inspection_id"], body["maker"], body["ocv_v"]) == (
        new.key,
        "right",
        41.5,
    )
    assert "model" not in body
    assert run("send", "--profile", profile).exit_code == 0
    assert list(registry.stored) == [new.key]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ((), "nothing to correct"),
        (("--set", "maker"), "write FIELD=VALUE"),
        (("--set", "colour=red"), "unknown field colour"),
        (("--set", "inspection_id=x"), "inspection_id: is made anew"),
    ],
)
def test_a_wrong_correction_is_refused_by_name(
    profile: Path, changes: tuple[str, ...], said: str
) -> None:
    done = run("queue", "edit", refuse_one(profile), *changes, "--profile", profile)
    assert (done.exit_code, said in done.stderr) == (1, True), done.stderr


def test_only_a_refused_reading_can_be_corrected(profile: Path) -> None:
    with Queue(profile.with_suffix(".sqlite3")) as queue:
        key = queue.put(make_body(1), now=NOW).key
    edit = ("queue", "edit", key, "--set", "maker=x", "--profile", profile)
    assert "is no refused reading" in run(*edit).stderr
    with Queue(profile.with_suffix(".sqlite3")) as queue:
        assert len(queue.entries()) == 1
    assert (
        "no reading no-such"
        in run(
            "queue", "edit", "no-such", "--set", "maker=x", "--profile", profile
        ).stderr
    )


def test_unsent_readings_are_carried_in_a_signed_file(
    tmp_path: Path, profile: Path, registry: PlayedRegistry
) -> None:
    with Queue(profile.with_suffix(".sqlite3")) as queue:
        keys = {queue.put(make_body(n), now=NOW).key for n in (1, 2, 3)}
    carried = tmp_path / "unsent.export"

    told = run("queue", "export", "--profile", profile, "-o", carried)

    assert told.stderr == f"3 readings in {carried}\n"
    assert carried.stat().st_mode & 0o077 == 0
    spare = write_profile(tmp_path / "spare.toml", registry.url)
    for new in (3, 0):
        done = run("queue", "import", carried, "--profile", spare)
        assert f"3 readings in unsent.export, {new} new" in done.stdout, done.output
    assert run("send", "--profile", spare).exit_code == 0
    assert registry.stored.keys() == keys


def test_a_file_that_was_changed_or_signed_by_another_is_refused(
    tmp_path: Path, profile: Path
) -> None:
    with Queue(profile.with_suffix(".sqlite3")) as queue:
        queue.put(make_body(1), now=NOW)
        content = write_export(queue.entries(), key=KEY, now=NOW)
    assert read_export(content, key=KEY) == [make_body(1)]
    lines = content.splitlines(keepends=True)
    for wrong in (
        content.replace(b"40.001", b"40.002"),
        lines[0] + lines[2],
        b"{}\n{}\n",
        b"",
        b"\xff\n",
        write_export((), key=OTHER_KEY, now=NOW),
    ):
        with pytest.raises(ExportError):
            read_export(wrong, key=KEY)
    bad = tmp_path / "bad.export"
    bad.write_bytes(content.replace(b"40.001", b"40.002"))
    assert "was changed" in run("queue", "import", bad, "--profile", profile).stderr


def test_without_a_key_nothing_is_signed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BATTERY_STATION_PROFILE", raising=False)
    queue = ("queue", "export", "--queue", tmp_path / "q.sqlite3")
    done = run(*queue, "-o", tmp_path / "x")
    assert (done.exit_code, "--plain leaves that out" in done.stderr) == (1, True)
    done = run(*queue, "--plain", "-o", tmp_path / "no" / "x")
    assert (done.exit_code, "No such file" in done.stderr) == (1, True)


def make_photo(path: Path) -> Path:
    exif = Image.Exif()
    exif[0x010F] = "a telephone"
    drawn = io.BytesIO()
    Image.new("RGB", (3000, 200), "green").save(drawn, "JPEG", exif=exif)
    path.write_bytes(drawn.getvalue())
    return path


def typed_in(**changes: Any) -> dict[str, Any]:
    measured = {"ocv_v": 54.2, "test_duration_s": 7200}
    return make_checklist(**measured, **changes)


def test_a_reading_is_typed_in_with_the_printouts_photo(
    tmp_path: Path, profile: Path, registry: PlayedRegistry
) -> None:
    fields = tmp_path / "fields.json"
    fields.write_text(json.dumps(typed_in()))
    photo = make_photo(tmp_path / "printout.jpg")

    done = run("enter", "--json", fields, "--photo", photo, "--profile", profile)

    assert done.exit_code == 0, done.output
    assert run("send", "--profile", profile).exit_code == 0
    (body,) = registry.stored.values()
    ((sha256, content),) = registry.files.items()
    assert body["photo_refs"] == [f"sha256:{sha256}"]
    assert (body["inspector_id"], body["station_id"]) == ("A-17", "XC-01")
    assert hashlib.sha256(content).hexdigest() == sha256
    with Image.open(io.BytesIO(content)) as seen:
        assert (seen.size, len(seen.getexif())) == ((2400, 160), 0)


def test_a_reading_is_asked_field_by_field(
    profile: Path, registry: PlayedRegistry
) -> None:
    told = {**typed_in(tested_at="2026-05-04T09:30:00+08:00"), "capacity_method": ""}
    asked = run("enter", "--profile", profile, given="\n" * 99).stderr
    answers = {True: "yes", False: "否"}
    names = [part.strip() for part in asked.split("Error")[0].split(":")]
    lines = [
        answers.get(told.get(name, ""), str(told.get(name, "")))
        for name in (one.split()[-1] if one else "" for one in names)
    ]

    done = run("enter", "--profile", profile, given="\n".join(lines) + "\n" * 40)

    assert done.exit_code == 0, done.output
    assert run("send", "--profile", profile).exit_code == 0
    (body,) = registry.stored.values()
    assert (body["leakage"], body["ccc_mark_present"], body["ocv_v"]) == (
        False,
        True,
        54.2,
    )
    assert body["capacity_method"] == "none"
    assert body["pack_code"] == "MK000001"


def test_what_is_missing_is_named_all_at_once(tmp_path: Path, profile: Path) -> None:
    fields = tmp_path / "fields.json"
    fields.write_text('{"maker": "x"}')
    done = run("enter", "--json", fields, "--profile", profile)
    assert done.exit_code == 1
    assert "owner_kind" in done.stderr
    assert "leakage" in done.stderr


def test_what_is_no_photo_is_refused(tmp_path: Path, profile: Path) -> None:
    fields, photo = tmp_path / "fields.json", tmp_path / "a.jpg"
    fields.write_text(json.dumps(typed_in()))
    photo.write_text("no photo")
    enter = ("enter", "--json", fields, "--profile", profile)
    assert "a.jpg is no JPEG" in run(*enter, "--photo", photo).stderr
    many = [part for _ in range(7) for part in ("--photo", photo)]
    assert "photo_refs: at most 6" in run(*enter, *many).stderr


def test_a_sender_that_was_killed_here_frees_the_queue_at_once(tmp_path: Path) -> None:
    with Queue(tmp_path / "queue.sqlite3") as queue:
        dead = subprocess.run(
            [sys.executable, "-c", "import os; print(os.getpid())"],
            capture_output=True,
            check=True,
            text=True,
        ).stdout.strip()
        mine = claims.new_holder()
        theirs = mine.replace(f" {os.getpid()} ", f" {dead} ")
        elsewhere = f"another-machine {dead} x"
        assert claims.claim(queue, elsewhere, now=NOW, lease_s=LEASE_S)
        assert not claims.claim(queue, mine, now=NOW, lease_s=LEASE_S)
        queue.release(elsewhere)
        assert claims.claim(queue, theirs, now=NOW, lease_s=LEASE_S)
        assert claims.claim(queue, mine, now=NOW, lease_s=LEASE_S)
        assert not claims.claim(queue, claims.new_holder(), now=NOW, lease_s=LEASE_S)


def test_a_queue_of_an_older_version_is_brought_up_with_its_readings(
    tmp_path: Path,
) -> None:
    path = tmp_path / "queue.sqlite3"
    with Queue(path) as queue:
        queue.put(make_body(1), now=NOW)
    old = sqlite3.connect(path)
    old.executescript(
        "drop table attached; drop table files;"
        "alter table outbox drop column replaces;"
        "alter table outbox drop column warnings;"
        "alter table outbox drop column clock; pragma user_version=0;"
    )
    old.close()
    with Queue(path) as queue:
        assert [entry.key for entry in queue.entries()] == [
            make_body(1)["inspection_id"]
        ]
        assert queue.files.counts() == FileCounts(waiting=0, uploaded=0, refused=0)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(3, "3 s"), (150, "2 min"), (7300, "2 h"), (200_000, "2 d"), (-1, "0 s")],
)
def test_ages_are_spelled_for_people(seconds: float, said: str) -> None:
    assert spell_age(seconds) == said

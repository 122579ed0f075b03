"""A report is a new file: it replaces nothing, and fails before anything runs."""

import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from battery_registry.cli import new_file, rescore_report
from battery_registry.store.tables.releases import ruleset_release, score_today
from tests.builders import Registry, make_body
from tests.cli.conftest import Run

STRICT = "cn-2024-strict"


def count(registry: Registry, table: Any) -> int:
    with registry.runtime.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def hand_in(client: FlaskClient, registry: Registry) -> None:
    answer = client.post(
        "/api/v1/inspections", json=make_body(), headers=registry.headers()
    )
    assert answer.status_code == 201


def test_a_report_replaces_nothing(
    run: Run, client: FlaskClient, registry: Registry, tmp_path: Path
) -> None:
    hand_in(client, registry)
    file, link, dangling = (tmp_path / name for name in ("kept", "link", "dangling"))
    file.write_text("kept")
    link.symlink_to(file)
    dangling.symlink_to(tmp_path / "nowhere")
    for there in (file, link, dangling, Path("/dev/null"), tmp_path):
        done = run("rescore", "--ruleset", STRICT, "--report", there)
        assert done.exit_code != 0
        assert re.search("is there already|is a directory", done.output), there
    assert file.read_text() == "kept"
    assert Path("/dev/null").is_char_device()
    names = {each.name for each in tmp_path.iterdir()}
    assert names >= {"kept", "link", "dangling"}
    assert "nowhere" not in names
    assert link.is_symlink()
    assert count(registry, score_today) == 0  # nothing ran
    new = tmp_path / "new"
    assert run("rescore", "--ruleset", STRICT, "--report", new).exit_code == 0
    assert count(registry, score_today) == 1
    assert not list(tmp_path.glob(".*.part"))


def test_a_folder_that_takes_no_file_is_told_at_once(
    run: Run, client: FlaskClient, registry: Registry
) -> None:
    hand_in(client, registry)
    done = run("rescore", "--ruleset", STRICT, "--report", "/proc/report.json")
    assert (done.exit_code, "/proc: " in done.output) == (1, True)
    assert count(registry, score_today) == 0


def test_what_comes_meanwhile_stays(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    with new_file.beginning(file) as new:
        new.out.write(b"ours")
        file.write_text("theirs")
        with pytest.raises(FileExistsError):
            new.keep()
    assert file.read_text() == "theirs"
    assert [each.name for each in tmp_path.iterdir()] == ["report.json"]


def test_a_report_that_cannot_be_kept_is_told_and_not_known(
    run: Run, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "report.json"
    write = rescore_report.write

    def late(*arguments: Any, **named: Any) -> str:
        file.write_text("theirs")
        return write(*arguments, **named)

    monkeypatch.setattr(rescore_report, "write", late)
    done = run("rescore", "--ruleset", STRICT, "--report", file)
    assert (done.exit_code, "File exists" in done.output) == (1, True)
    assert file.read_text() == "theirs"
    assert count(registry, ruleset_release) == 0

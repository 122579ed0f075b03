"""One real file's way from an instrument to the regulator's page."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.builders import PASSWORD
from tests.chromium import chromium
from tests.server import Server, serve

RECORDING = Path(
    "instrument_files/neware_ndax",
    "TESTCELL0001-B2-2025-M50T_NewareNDA_Investigation.ndax",
)
STATION = str(Path(sys.executable).with_name("battery-station"))
# What no instrument sees of a cell on the bench.
CHECKLIST: dict[str, Any] = {
    "unit_kind": "cell",
    "chemistry": "ternary",
    "maker": "LG",
    "model": "M50T",
    "pack_code": "M50T-B2-0001",
    "pack_code_scheme": "maker",
    "maker_label_present": True,
    "purchase_proof_present": True,
    "ccc_mark_present": True,
    "second_life": False,
    "label_nominal_voltage_v": 3.63,
    "label_rated_capacity_ah": 5.0,
    "housing_broken_exposed": False,
    "leakage": False,
    "deformation": "none",
    "burn_marks": False,
    "port_damaged": False,
    "ambient_temp_c": 24.0,
    "battery_surface_temp_c": 24.5,
    "soc_source": "after_full_charge",
    "owner_kind": "unknown",
}


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[Server]:
    with serve(database_url, tmp_path / "server.log") as running:
        yield running


@pytest.fixture
def page() -> Iterator[Page]:
    with chromium() as browser:
        yield browser.new_page(locale="en-GB")


def send(folder: Path, server: Server, recording: Path, **changes: Any) -> Any:
    """Send a recording as a station does; gives the summary it prints."""
    folder.mkdir()
    profile = folder / "station.toml"
    entries = {
        "url": server.url,
        "key": server.registry.keys["XC-01"],
        "inspector_id": "I-0001",
        "instrument_id": "EBC-1",
        "queue": str(folder / "queue.sqlite"),
    }
    lines = [f"{name} = {json.dumps(value)}" for name, value in entries.items()]
    profile.write_text("\n".join(lines), encoding="utf-8")
    checklist = folder / "checklist.json"
    checklist.write_text(json.dumps({**CHECKLIST, **changes}), encoding="utf-8")
    command = [STATION, "send", str(recording)]
    command += ["--checklist", str(checklist), "--profile", str(profile), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def sign_in(page: Page, server: Server, name: str) -> None:
    page.goto(f"{server.url}/sign-in?lang=en")
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()


def test_a_real_file_reaches_the_regulator(
    server: Server, shared_data: Path, tmp_path: Path, page: Page
) -> None:
    recording = shared_data / RECORDING
    green = send(tmp_path / "first", server, recording)["receipts"][0]
    assert green["verdict"] == "green"
    red = send(
        tmp_path / "second", server, recording, leakage=True, pack_code="M50T-B2-0002"
    )["receipts"][0]
    assert red["verdict"] == red["battery_code_in_force"] == "red"
    assert red["case"]["state"] == "flagged"

    sign_in(page, server, "regulator")
    page.goto(f"{server.url}/batteries/{green['code']}")
    expect(page.locator("body")).to_contain_text("5.65")
    expect(page.locator("body")).to_contain_text(re.compile("green", re.IGNORECASE))
    page.goto(f"{server.url}/red-list")
    expect(page.locator("table")).to_contain_text(red["code"])
    expect(page.locator("table")).not_to_contain_text(green["code"])


def test_the_same_file_sent_twice_is_one_inspection(
    server: Server, shared_data: Path, tmp_path: Path
) -> None:
    recording = shared_data / RECORDING
    first = send(tmp_path / "first", server, recording)
    profile = tmp_path / "first" / "station.toml"
    checklist = tmp_path / "first" / "checklist.json"
    command = [STATION, "send", str(recording), "--checklist", str(checklist)]
    command += ["--profile", str(profile), "--json"]
    again = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
    )
    assert again.returncode == 0, again.stderr
    assert len(first["receipts"]) == 1
    assert json.loads(again.stdout)["receipts"] == []

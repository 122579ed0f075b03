from datetime import date
from pathlib import Path

import pytest

from instruments.station.profile import (
    ProfileError,
    default_queue_path,
    find_profile_path,
    load_profile,
)

GOOD = {
    "url": '"https://registry.example/"',
    "key": '"br_live_00000001_k"',
    "inspector_id": '"A-17"',
    "instrument_id": '"EBC-1"',
}


def write_profile(folder: Path, **changes: str | None) -> Path:
    entries = {**GOOD, **changes}
    path = folder / "station.toml"
    lines = [f"{name} = {value}\n" for name, value in entries.items() if value]
    path.write_text("".join(lines), encoding="utf-8")
    return path


def test_a_profile_gives_the_settings_and_their_defaults(tmp_path: Path) -> None:
    profile = load_profile(write_profile(tmp_path, station_id='"XC-01"'))

    assert profile.url == "https://registry.example"
    assert profile.station_id == "XC-01"
    assert profile.resistance_dt_s == 10.0
    assert profile.frame_period_s is None
    assert profile.queue == default_queue_path()


def test_paths_are_taken_from_the_profiles_folder(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("br_live_from_file\n")
    path = write_profile(
        tmp_path, key=None, key_file='"key"', queue='"q.db"', resistance_dt_s="30"
    )

    profile = load_profile(path)

    assert profile.key == "br_live_from_file"
    assert profile.queue == tmp_path / "q.db"
    assert profile.resistance_dt_s == 30.0


@pytest.mark.parametrize("written", ["2026-05-04", '"2026-05-04"'])
def test_the_day_of_the_calibration_may_be_stated(tmp_path: Path, written: str) -> None:
    profile = load_profile(write_profile(tmp_path, calibrated_on=written))

    assert profile.calibrated_on == date(2026, 5, 4)
    assert load_profile(write_profile(tmp_path)).calibrated_on is None


def test_the_environment_names_a_profile(tmp_path: Path) -> None:
    path = write_profile(tmp_path)
    environ = {"BATTERY_STATION_PROFILE": str(path)}

    assert load_profile(None, environ=environ).inspector_id == "A-17"
    assert find_profile_path(Path("other"), environ=environ) == Path("other")


def test_the_key_is_not_shown(tmp_path: Path) -> None:
    assert "br_live" not in repr(load_profile(write_profile(tmp_path)))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"url": None}, "url"),
        ({"url": '"registry.example"'}, "url"),
        ({"url": '"https://[1"'}, "url"),
        ({"url": '"  "'}, "url"),
        ({"key": None}, "key"),
        ({"key": '"two words"'}, "key"),
        ({"key_file": '"both"'}, "key"),
        ({"key": None, "key_file": '"absent"'}, "key_file"),
        ({"inspector_id": None}, "inspector_id"),
        ({"inspector_id": '"A"'}, "inspector_id"),
        ({"instrument_id": "17"}, "instrument_id"),
        ({"station_id": '"X"'}, "station_id"),
        ({"resistance_dt_s": "true"}, "resistance_dt_s"),
        ({"resistance_dt_s": "nan"}, "resistance_dt_s"),
        ({"frame_period_s": "0"}, "frame_period_s"),
        ({"frame_period_s": '"60"'}, "frame_period_s"),
        ({"calibrated_on": "20260504"}, "calibrated_on"),
        ({"calibrated_on": '"last May"'}, "calibrated_on"),
        ({"calibrated_on": "2026-05-04T10:00:00Z"}, "calibrated_on"),
        ({"colour": '"red"'}, "colour"),
        ({"url": "= ="}, "profile"),
    ],
)
def test_what_is_missing_or_wrong_is_named(
    tmp_path: Path, changes: dict[str, str | None], field: str
) -> None:
    with pytest.raises(ProfileError, match=f"profile: {field}: ") as caught:
        load_profile(write_profile(tmp_path, **changes))

    assert caught.value.field == field


def test_without_a_profile_the_operator_is_told_how_to_give_one() -> None:
    with pytest.raises(ProfileError, match="BATTERY_STATION_PROFILE"):
        load_profile(None, environ={})

import base64
from pathlib import Path

import platformdirs
import pytest

from battery_registry.domain.custody import DEFAULT_DEADLINES
from battery_registry.settings import (
    _TIMED_STATES,
    SettingsError,
    from_environment,
)

KEY = base64.b64encode(b"k" * 32).decode()
GOOD = {
    "DATABASE_URL": "sqlite:///registry.sqlite",
    "BATTERY_REGISTRY_SECRET_KEY": KEY,
    "BATTERY_REGISTRY_DATA_KEY": KEY,
    "BATTERY_REGISTRY_LOOKUP_KEY": KEY,
    "BATTERY_REGISTRY_SIGNING_KEY": KEY,
    "BATTERY_REGISTRY_BASE_URL": "https://b.example.cn/",
}


def test_a_whole_environment_is_read() -> None:
    settings = from_environment(GOOD)
    assert settings.base_url == "https://b.example.cn"
    assert settings.is_https
    assert settings.data_key == b"k" * 32
    assert (settings.session_hours, settings.trusted_proxies) == (12, 0)


def test_deadlines_are_set_by_state() -> None:
    told = "isolated=5, in_transit=365"
    settings = from_environment({**GOOD, "BATTERY_REGISTRY_DEADLINE_DAYS": told})
    assert settings.deadline_days == {"isolated": 5, "in_transit": 365}
    assert from_environment(GOOD).deadline_days == {}


def test_the_states_that_have_deadlines_are_those_of_the_chain() -> None:
    assert {state.value for state in DEFAULT_DEADLINES} == _TIMED_STATES


def test_everything_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        from_environment({})
    for name in GOOD:
        assert name in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BATTERY_REGISTRY_DATA_KEY", "c2hvcnQ="),
        ("BATTERY_REGISTRY_DATA_KEY", "not base64!"),
        ("BATTERY_REGISTRY_BASE_URL", "ftp://b.example.cn"),
        ("BATTERY_REGISTRY_BASE_URL", "https://"),
        ("BATTERY_REGISTRY_BASE_URL", "http://x/y?z#q"),
        ("BATTERY_REGISTRY_BASE_URL", "https://b.example.cn/?"),
        ("BATTERY_REGISTRY_BASE_URL", "https://b.example.cn/#top"),
        ("BATTERY_REGISTRY_BASE_URL", "https://b.example .cn"),
        ("BATTERY_REGISTRY_BASE_URL", "https://[::1"),
        ("BATTERY_REGISTRY_BASE_URL", "https://b.example.cn:web"),
        ("DATABASE_URL", "garbage"),
        ("DATABASE_URL", "postgres:x"),
        ("DATABASE_URL", "mysql://x/y"),
        ("DATABASE_URL", "postgresql+asyncpg://x/y"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///"),
        ("DATABASE_URL", "sqlite://host/file"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "sqlite:///file::memory:?uri=true"),
        ("DATABASE_URL", "sqlite:///?mode=memory"),
        ("BATTERY_REGISTRY_SESSION_HOURS", "0"),
        ("BATTERY_REGISTRY_SESSION_HOURS", "a day"),
        ("BATTERY_REGISTRY_TRUSTED_PROXIES", "9"),
        ("BATTERY_REGISTRY_BLOB_DIR", "blobs"),
        ("BATTERY_REGISTRY_OFFER_HOURS", "0"),
        ("BATTERY_REGISTRY_MASS_TOLERANCE_PERCENT", "21"),
        ("BATTERY_REGISTRY_DEADLINE_DAYS", "isolated"),
        ("BATTERY_REGISTRY_DEADLINE_DAYS", "isolated=0"),
        ("BATTERY_REGISTRY_DEADLINE_DAYS", "isolated=366"),
        ("BATTERY_REGISTRY_DEADLINE_DAYS", "destroyed=3"),
    ],
)
def test_a_wrong_value_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        from_environment({**GOOD, name: value})


def test_a_wrong_database_is_refused_without_its_password() -> None:
    with pytest.raises(SettingsError) as refused:
        from_environment({**GOOD, "DATABASE_URL": "mysql://u:hidden@host/y"})
    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////srv/registry.sqlite3",
        "postgresql://u:p%5B@[::1]:5432/registry",
        "postgresql+psycopg:///registry?host=/run/postgresql",
    ],
)
def test_both_kinds_of_database_are_taken(url: str) -> None:
    assert from_environment({**GOOD, "DATABASE_URL": url}).database_url == url


def test_a_secret_can_lie_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text(base64.b64encode(b"f" * 32).decode() + "\n", encoding="utf-8")
    environ = {**GOOD, "BATTERY_REGISTRY_DATA_KEY_FILE": str(path)}
    del environ["BATTERY_REGISTRY_DATA_KEY"]
    assert from_environment(environ).data_key == b"f" * 32


def test_a_secret_given_twice_or_in_no_file_is_refused(tmp_path: Path) -> None:
    path = str(tmp_path / "none")
    with pytest.raises(SettingsError, match="both set"):
        from_environment({**GOOD, "BATTERY_REGISTRY_DATA_KEY_FILE": path})
    environ = {**GOOD, "DATABASE_URL": "", "DATABASE_URL_FILE": path}
    with pytest.raises(SettingsError, match="DATABASE_URL_FILE cannot be read"):
        from_environment(environ)


@pytest.mark.parametrize(
    ("changes", "folder"),
    [
        ({}, "blobs"),
        ({"DATABASE_URL": "sqlite:////srv/a.sqlite?timeout=1"}, "/srv/blobs"),
        (
            {"DATABASE_URL": "postgresql://h/r", "BATTERY_REGISTRY_DATA": "/srv/own"},
            "/srv/own/blobs",
        ),
        ({"BATTERY_REGISTRY_BLOB_DIR": "/srv/kept"}, "/srv/kept"),
    ],
)
def test_recordings_lie_beside_sqlite_or_where_it_is_said(
    changes: dict[str, str], folder: str
) -> None:
    assert str(from_environment({**GOOD, **changes}).blob_folder) == folder


def test_recordings_of_a_database_server_have_a_place_by_default() -> None:
    found = from_environment({**GOOD, "DATABASE_URL": "postgresql://h/r"}).blob_folder
    assert found == platformdirs.user_data_path("battery-registry") / "blobs"


def test_old_public_keys_are_read_as_the_key_set_spells_them() -> None:
    name = "BATTERY_REGISTRY_OLD_PUBLIC_KEYS"
    told = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    read = from_environment({**GOOD, name: f"{told}, {told}"})
    assert [len(raw) for raw in read.old_public_keys] == [32, 32]
    assert from_environment(GOOD).old_public_keys == ()
    with pytest.raises(SettingsError, match=name):
        from_environment({**GOOD, name: told[:-2]})

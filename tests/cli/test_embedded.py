import stat
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from battery_registry import settings
from battery_registry.cli import embedded, main
from battery_registry.cli.failure import WrongSettingsError

NAMES = (
    "DATABASE_URL",
    "BATTERY_REGISTRY_SECRET_KEY",
    "BATTERY_REGISTRY_DATA_KEY",
    "BATTERY_REGISTRY_LOOKUP_KEY",
    "BATTERY_REGISTRY_SIGNING_KEY",
)


def run(home: Path, *arguments: str, **variables: str) -> Result:
    cleared: dict[str, str | None] = dict.fromkeys(NAMES)
    environ = {**cleared, "BATTERY_REGISTRY_DATA": str(home), **variables}
    return CliRunner().invoke(main, arguments, env=environ, catch_exceptions=False)


def test_the_first_command_makes_a_registry_that_only_its_owner_reads(
    tmp_path: Path,
) -> None:
    home = tmp_path / "new" / "registry"
    done = run(home, "org", "add", "ab", "--name", "A", "--kind", "dealer")
    assert done.exit_code == 0, done.output
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    keys = {path.name: path for path in home.glob("*.key")}
    assert set(keys) == {"secret.key", "data.key", "lookup.key", "signing.key"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in keys.values()} == {0o600}
    assert len({path.read_bytes() for path in keys.values()}) == 4
    before = {name: path.read_bytes() for name, path in keys.items()}
    assert "ab" in run(home, "org", "list").stdout
    assert {name: path.read_bytes() for name, path in keys.items()} == before


def test_a_lost_key_is_not_replaced(tmp_path: Path) -> None:
    run(tmp_path, "db", "upgrade")
    (tmp_path / "data.key").unlink()
    done = run(tmp_path, "org", "list")
    assert (done.exit_code, "data.key missing" in done.stderr) == (2, True)
    assert not (tmp_path / "data.key").exists()


def test_a_registry_from_before_it_signed_anything_gets_a_key(tmp_path: Path) -> None:
    run(tmp_path, "db", "upgrade")
    (tmp_path / "signing.key").unlink()
    assert run(tmp_path, "org", "list").exit_code == 0
    assert (tmp_path / "signing.key").exists()


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = run(tmp_path / "file" / "registry", "org", "list")
    assert (done.exit_code, "cannot be used" in done.stderr) == (1, True)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", ["", "_FILE"])
def test_one_setting_alone_is_half_a_configuration(
    tmp_path: Path, name: str, form: str
) -> None:
    done = run(tmp_path, "org", "list", **{f"{name}{form}": "/nowhere"})
    assert done.exit_code == 2
    named = [other for other in NAMES if f"{other} is not set" in done.stderr]
    assert named == [other for other in NAMES if other != name]
    assert list(tmp_path.iterdir()) == []


def test_an_address_alone_leaves_it_embedded(tmp_path: Path) -> None:
    environ = {
        "BATTERY_REGISTRY_DATA": str(tmp_path),
        "BATTERY_REGISTRY_BASE_URL": "https://a.example",
        "DATABASE_URL": "",
    }
    embedded.prepare(tmp_path)
    options = settings.from_environment(embedded.complete(environ))
    assert options.base_url == "https://a.example"
    assert options.database_url == f"sqlite:///{tmp_path}/registry.sqlite3"
    bare = embedded.complete({"BATTERY_REGISTRY_DATA": str(tmp_path)}, port=8123)
    assert bare["BATTERY_REGISTRY_BASE_URL"] == "http://127.0.0.1:8123"


def test_without_a_folder_it_is_the_users_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/data-home")
    assert embedded.folder({}) == Path("/data-home/battery-registry")
    assert embedded.folder({"BATTERY_REGISTRY_DATA": "here"}) == Path.cwd() / "here"


def test_two_that_start_at_once_agree_on_the_keys(tmp_path: Path) -> None:
    start = threading.Barrier(8)
    seen: list[tuple[bytes, ...]] = []

    def prepare() -> None:
        start.wait()
        embedded.prepare(tmp_path)
        seen.append(tuple(p.read_bytes() for p in sorted(tmp_path.glob("*.key"))))

    threads = [threading.Thread(target=prepare) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 8
    assert len(set(seen)) == 1
    assert len(seen[0]) == 4
    assert {path.suffix for path in tmp_path.iterdir()} == {".key"}


def test_a_database_without_its_keys_is_refused_before_any_is_made(
    tmp_path: Path,
) -> None:
    (tmp_path / "registry.sqlite3").touch()
    with pytest.raises(WrongSettingsError):
        embedded.prepare(tmp_path)
    assert not list(tmp_path.glob("*.key"))

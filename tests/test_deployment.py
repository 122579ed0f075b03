"""What is shipped for production, checked as far as it goes without an engine.

No test here builds or starts an image; ``docs/operations.md`` says so too.
"""

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent
COMPOSE_FILE = ROOT / "docker-compose.yml"
OURS = ("web", "worker", "migrate")
EVERY_SERVICE = (*OURS, "proxy", "db")


def program(name: str) -> str:
    """The program's path; in CI it must be there."""
    beside_python = Path(sys.executable).parent / name
    found = str(beside_python) if beside_python.exists() else shutil.which(name)
    if found is None:
        assert not os.environ.get("CI"), f"{name} must be installed in CI"
        pytest.skip(f"{name} is not installed")
    return found


def run(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe").load(COMPOSE_FILE)
    return loaded


def service(name: str) -> dict[str, Any]:
    found: dict[str, Any] = compose()["services"][name]
    return found


def test_compose_file_follows_the_specification() -> None:
    done = run(
        program("check-jsonschema"),
        "--builtin-schema",
        "vendor.compose-spec",
        str(COMPOSE_FILE),
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_compose_file_resolves() -> None:
    done = run(program("docker-compose"), "config", "-q", SITE_ADDRESS="a.example")
    assert done.returncode == 0, done.stderr


def test_compose_refuses_to_guess_the_public_name() -> None:
    done = run(program("docker-compose"), "config", "-q")
    assert done.returncode != 0
    assert "SITE_ADDRESS" in done.stderr


def test_dockerfile_passes_its_linter() -> None:
    done = run(program("hadolint"), "Dockerfile")
    assert done.returncode == 0, done.stdout


def test_there_is_nothing_but_the_services_we_know() -> None:
    assert set(compose()["services"]) == set(EVERY_SERVICE)


@pytest.mark.parametrize("name", EVERY_SERVICE)
def test_service_is_hardened(name: str) -> None:
    found = service(name)
    assert not str(found["user"]).startswith(("0", "root"))
    assert found["read_only"] is True
    assert found["cap_drop"] == ["ALL"]
    assert found.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "proxy" else [])
    assert "no-new-privileges:true" in found["security_opt"]
    assert found["init"] is True
    assert not found.get("privileged", False)
    assert any(mount.startswith("/tmp") for mount in found["tmpfs"])  # noqa: S108 - read, not written
    assert found["pids_limit"] > 0
    assert found["mem_limit"]
    assert {"max-size", "max-file"} <= set(found["logging"]["options"])


@pytest.mark.parametrize("name", OURS)
def test_our_services_run_as_10001_from_one_image(name: str) -> None:
    found = service(name)
    assert found["user"] == "10001:10001"
    assert found["image"] == service("web")["image"]
    assert found["stop_grace_period"] == "30s"


@pytest.mark.parametrize("name", [*OURS, "db"])
def test_secrets_come_as_files(name: str) -> None:
    found = service(name)
    for variable, value in found["environment"].items():
        is_secret = variable == "DATABASE_URL" or variable.endswith(
            ("_KEY", "PASSWORD")
        )
        assert not is_secret, f"{variable} stands in the open"
        if variable.endswith("_FILE"):
            assert Path(value).name in found["secrets"]
    assert set(found["secrets"]) <= set(compose()["secrets"])


def test_every_setting_without_a_default_is_given() -> None:
    given = {name.removesuffix("_FILE") for name in service("web")["environment"]}
    assert given >= {
        "DATABASE_URL",
        "BATTERY_REGISTRY_SECRET_KEY",
        "BATTERY_REGISTRY_DATA_KEY",
        "BATTERY_REGISTRY_LOOKUP_KEY",
        "BATTERY_REGISTRY_SIGNING_KEY",
        "BATTERY_REGISTRY_BASE_URL",
    }


def test_nothing_starts_before_the_schema_is_there() -> None:
    for name in ("web", "worker"):
        waits = service(name)["depends_on"]
        assert waits["migrate"] == {"condition": "service_completed_successfully"}
    assert service("migrate")["depends_on"]["db"] == {"condition": "service_healthy"}
    assert service("migrate")["command"] == ["db", "upgrade"]
    assert service("migrate")["restart"] == "no"


@pytest.mark.parametrize("name", ["proxy", "web", "worker", "db"])
def test_service_says_whether_it_is_well(name: str) -> None:
    assert service(name)["healthcheck"]["test"][0] == "CMD"


def test_only_the_proxy_is_reached_and_it_does_not_reach_the_database() -> None:
    networks = {name: set(service(name)["networks"]) for name in EVERY_SERVICE}
    assert [n for n in EVERY_SERVICE if "ports" in service(n)] == ["proxy"]
    assert networks["proxy"] & networks["db"] == set()
    assert networks["db"] == {"data"}
    internal = {k for k, v in compose()["networks"].items() if v.get("internal")}
    assert internal == {"front", "data"}
    assert networks["web"] | networks["worker"] <= internal


def test_secrets_are_made_once_and_only_once(tmp_path: Path) -> None:
    script = tmp_path / "make-secrets.sh"
    shutil.copy(ROOT / "deploy/make-secrets.sh", script)
    assert run(str(script)).returncode == 0
    made = {file.name: file.read_text() for file in (tmp_path / "secrets").iterdir()}
    assert set(made) == set(compose()["secrets"])
    assert made["database_password"].strip() in made["database_url"]
    assert made["data_key"] != made["lookup_key"]
    assert run(str(script)).returncode == 0
    assert {f.name: f.read_text() for f in (tmp_path / "secrets").iterdir()} == made


def test_the_wheel_holds_every_file_of_the_packages(tmp_path: Path) -> None:
    """A page or a migration that is left out shows only in production otherwise."""
    source = tmp_path / "source"
    source.mkdir()
    packages = ("battery_registry", "instruments")
    without = shutil.ignore_patterns("__pycache__")
    for folder in packages:
        shutil.copytree(ROOT / folder, source / folder, ignore=without)
    for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, source)
    wanted = {
        file.relative_to(source).as_posix()
        for folder in packages
        for file in (source / folder).rglob("*")
        if file.is_file()
    }
    build = "from setuptools import build_meta; build_meta.build_wheel('.')"
    done = subprocess.run(
        [sys.executable, "-c", build],
        cwd=source,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    [wheel] = source.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        assert wanted - set(archive.namelist()) == set()


def test_the_locks_pin_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for lock, asked in {
        "requirements-run.lock": project["dependencies"],
        "requirements.lock": [
            *project["dependencies"],
            *project["optional-dependencies"]["dev"],
        ],
    }.items():
        text = (ROOT / lock).read_text()
        pinned = {line.split("==")[0] for line in text.splitlines() if "==" in line}
        names = {_name(requirement) for requirement in asked}
        assert names - pinned == set(), lock
        assert "://" not in text
        assert text.count("==") <= text.count("--hash=sha256:")


def _name(requirement: str) -> str:
    end = next((i for i, c in enumerate(requirement) if c in "[<>=;! "), None)
    return requirement[:end].lower()

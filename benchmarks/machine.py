"""What a run was made on; without it its figures mean nothing."""

import os
import platform
import subprocess
import time
from importlib import metadata
from pathlib import Path
from statistics import median
from typing import Any

from battery_registry.store import durability
from battery_registry.store.db import Database

_PACKAGES = (
    "fastnda",
    "flask",
    "gunicorn",
    "pandas",
    "polars",
    "psycopg",
    "sqlalchemy",
)
_PAGE = b"\0" * 8192
_FSYNC_S = 0.5


def describe(database: Database | None) -> dict[str, Any]:
    """Describe the machine, the database if any, and the versions of what matters."""
    stored: dict[str, Any] = {"database": "no database", "durability": {}}
    if database is not None:
        stored = {
            "database": durability.version(database),
            "durability": {
                guarantee.name: guarantee.value
                for guarantee in durability.guarantees(database)
            },
        }
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "load": round(os.getloadavg()[0], 2),
        "system": platform.platform(),
        "python": platform.python_version(),
        **stored,
        "packages": {name: metadata.version(name) for name in _PACKAGES},
        "commit": _commit(),
    }


def fsync_us(folder: Path) -> float:
    """Measure what one small durable write costs here, in microseconds."""
    path, costs = folder / "fsync", []
    file = os.open(path, os.O_RDWR | os.O_CREAT)
    try:
        deadline = time.perf_counter() + _FSYNC_S
        while time.perf_counter() < deadline:
            start = time.perf_counter()
            os.pwrite(file, _PAGE, 0)
            os.fdatasync(file)
            costs.append(time.perf_counter() - start)
    finally:
        os.close(file)
        path.unlink()
    return round(median(costs) * 1e6, 1)


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()


def _commit() -> str | None:
    asked = ["git", "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        told = subprocess.run(  # noqa: S603 - a fixed command
            asked,
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return told.stdout.strip()

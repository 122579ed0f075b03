"""The stations at work: simulated instruments, then ``battery-station``.

The station side is a program of its own, which knows nothing of the registry;
it is run as one, and what it says is read from its JSON.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from battery_registry.cli.demo import city
from battery_registry.cli.demo.packs import Planned
from battery_registry.cli.demo.record import Access
from battery_registry.cli.failure import FailedError

_PROGRAM: Final = "battery-station"
# A whole test has some 200 frames at this pace, as a logger on a B20H writes.
_FRAME_PERIOD_S: Final = 60.0
_LIMIT_S: Final = 300
_PACE = ("--frame-period-s", str(_FRAME_PERIOD_S))


@dataclass(frozen=True, kw_only=True, slots=True)
class Bench:
    """One station's folder: its profile, its queue, its recordings."""

    folder: Path
    code: str

    @property
    def profile(self) -> Path:
        """Where the profile is."""
        return self.folder / "station.toml"

    @property
    def recordings(self) -> Path:
        """Where the instruments' files and the checklists are."""
        return self.folder / "recordings"

    def recording(self, pack: Planned) -> Path:
        """Where the frames of a pack are."""
        return self.recordings / f"{pack.name}.log"


def bench(data: Path, code: str) -> Bench:
    """Name a station's folder."""
    return Bench(folder=data / "stations" / code, code=code)


def set_up(data: Path, access: Access, *, url: str) -> None:
    """Give every station a profile with its key, which only its owner may read."""
    for plan in city.STATIONS:
        place = bench(data, plan.code)
        place.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        entries: dict[str, str | float] = {
            "url": url,
            "key": access.key_of(plan.code),
            "station_id": plan.code,
            "inspector_id": plan.inspector,
            "instrument_id": city.EBC,
            "queue": "queue.sqlite3",
            "frame_period_s": _FRAME_PERIOD_S,
        }
        _write_profile(place.profile, entries)


def with_empty_queue(place: Bench) -> Path:
    """Write a second profile: the same station after its queue was lost."""
    text = place.profile.read_text(encoding="utf-8")
    path = place.folder / "new-queue.toml"
    path.write_text(text.replace("queue.sqlite3", "new-queue.sqlite3"), "utf-8")
    path.chmod(0o600)
    return path


def measure(data: Path, packs: Sequence[Planned], *, seed: int) -> None:
    """Let the simulated instruments of every station measure its packs."""
    _at_every_station(data, packs, lambda place, own: _measure(place, own, seed))


def send(data: Path, packs: Sequence[Planned]) -> dict[str, Mapping[str, Any]]:
    """Let every station send its readings; gives the receipts by pack."""
    told = _at_every_station(data, packs, lambda place, _own: _send(place))
    return {name: receipt for receipts in told for name, receipt in receipts.items()}


def send_again(place: Bench, pack: Planned) -> Mapping[str, Any]:
    """Send one reading that was sent before, from a queue that has forgotten it."""
    recording = str(place.recording(pack))
    told = _run("send", recording, "--profile", with_empty_queue(place), "--json")
    return receipts_of(told)[pack.name]


def read(place: Bench, pack: Planned) -> Mapping[str, Any]:
    """Read a recording as ``battery-station read`` does."""
    recording = str(place.recording(pack))
    rated = str(pack.draft.model.rated_ah)
    return _run("read", recording, "--json", "--rated-ah", rated, *_PACE)


def receipts_of(told: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Order the receipts of a run of ``send`` by the packs' names."""
    return {Path(one["name"]).stem: one for one in told["receipts"]}


def _measure(place: Bench, packs: Sequence[Planned], seed: int) -> None:
    plan = place.folder / "plan.jsonl"
    lines = (json.dumps(pack.as_line(), ensure_ascii=False) for pack in packs)
    plan.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    options = ("--plan", plan, "--out", place.recordings, "--seed", str(seed))
    _run("simulate", "ebc", *options, *_PACE)
    for pack in packs:
        if not pack.draft.has_resistance_test:
            place.recording(pack).with_suffix(".rc3563").unlink()


def _send(place: Bench) -> dict[str, Mapping[str, Any]]:
    batch, profile = str(place.recordings), str(place.profile)
    return receipts_of(_run("send", "--batch", batch, "--profile", profile, "--json"))


def _at_every_station(
    data: Path, packs: Iterable[Planned], work: Any
) -> list[dict[str, Mapping[str, Any]]]:
    """Do work at the stations that have packs, as many at once as there are cores."""
    by_station: dict[str, list[Planned]] = {}
    for pack in packs:
        by_station.setdefault(pack.station, []).append(pack)
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as workers:
        done = [
            workers.submit(work, bench(data, code), own)
            for code, own in by_station.items()
        ]
    return [one.result() for one in done]


def _run(*arguments: str | Path) -> dict[str, Any]:
    """Run the station's program and read the object it prints, if any.

    Raises:
        FailedError: It is not installed, or did not do all it was asked.
    """
    command = [_program(), *map(str, arguments)]
    try:
        done = subprocess.run(  # noqa: S603 - our own program, no shell
            command, capture_output=True, check=True, text=True, timeout=_LIMIT_S
        )
    except subprocess.CalledProcessError as error:
        said = (error.stderr or error.stdout).strip()
        raise FailedError(f"{_PROGRAM} {arguments[0]}: {said[-500:]}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise FailedError(f"{_PROGRAM} {arguments[0]}: {error}") from error
    told: dict[str, Any] = json.loads(done.stdout) if done.stdout.strip() else {}
    return told


def _program() -> str:
    """Find the station's program: beside this Python, else on the path.

    Raises:
        FailedError: It is at neither place.
    """
    beside = Path(sys.executable).with_name(_PROGRAM)
    found = str(beside) if beside.exists() else shutil.which(_PROGRAM)
    if found is None:
        raise FailedError(f"{_PROGRAM} is not installed beside this program")
    return found


def _write_profile(path: Path, entries: Mapping[str, str | float]) -> None:
    path.touch(mode=0o600)
    # A JSON text or number is a TOML one too.
    lines = (f"{name} = {json.dumps(value)}\n" for name, value in entries.items())
    path.write_text("".join(lines), encoding="utf-8")

"""A plan of simulated packs: JSON lines, one pack each."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from instruments.drivers.pack_model import PackError, SimulatedPack
from instruments.drivers.simulated_ebc import format_log, make_frames
from instruments.drivers.simulated_rc3563 import make_packets

_PACK_FIELDS = frozenset(field.name for field in fields(SimulatedPack))


class PlanError(ValueError):
    """A plan that cannot be carried out; the message names line and field."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedPack:
    """One line of a plan.

    Args:
        pack: The pack to simulate.
        checklist: What the inspector notes, written as it is.
    """

    pack: SimulatedPack
    checklist: Mapping[str, Any]


def read_plan(path: Path) -> tuple[PlannedPack, ...]:
    """Every pack of a plan, in order.

    Raises:
        PlanError: The file cannot be read, a line is no pack, or a name
            occurs twice.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise PlanError(f"{path}: {error}") from error
    planned: dict[str, PlannedPack] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            found = parse_pack(json.loads(line))
        except (ValueError, RecursionError) as error:
            raise PlanError(f"{path.name} line {number}: {error}") from error
        if found.pack.name in planned:
            message = f"{path.name} line {number}: name: {found.pack.name} occurs twice"
            raise PlanError(message)
        planned[found.pack.name] = found
    return tuple(planned.values())


def parse_pack(entry: object) -> PlannedPack:
    """One pack from parsed JSON.

    Raises:
        PackError: A field is missing, unknown or out of its range.
    """
    if not isinstance(entry, dict):
        raise PackError("pack", "must be a JSON object")
    values = dict(entry)
    checklist = values.pop("checklist", {})
    if not isinstance(checklist, dict):
        raise PackError("checklist", "must be a JSON object")
    for field in sorted(values.keys() - _PACK_FIELDS):
        raise PackError(field, "is not a field of a pack")
    for field in sorted(_PACK_FIELDS - values.keys() - {"start_soc"}):
        raise PackError(field, "is missing")
    if not isinstance(values["name"], str):
        raise PackError("name", "must be a text")
    return PlannedPack(pack=SimulatedPack(**values), checklist=checklist)


def write_files(
    planned: PlannedPack, folder: Path, *, seed: int, period_s: float
) -> None:
    """Write ``NAME.log``, ``NAME.rc3563`` and ``NAME.json`` of one pack."""
    pack = planned.pack
    frames = make_frames(pack, seed=seed, period_s=period_s)
    log, packets = folder / f"{pack.name}.log", folder / f"{pack.name}.rc3563"
    log.write_text(format_log(frames), encoding="ascii")
    packets.write_bytes(make_packets(pack, seed=seed))
    text = json.dumps(planned.checklist, ensure_ascii=False, indent=2)
    checklist = folder / f"{pack.name}.json"
    checklist.write_text(text + "\n", encoding="utf-8")

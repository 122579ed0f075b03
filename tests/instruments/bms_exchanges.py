"""The captured exchanges with battery management systems, and their families."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from instruments.codecs.bms.families import FAMILIES, Decode

FOLDER = "bms_ble_aiobmsble"
# its module leaves the check sum 00
UNCHECKED = "ej_bms__update_sf_no_crc.json"


def read_chunks(path: Path) -> list[bytes]:
    exchange = json.loads(path.read_text())["exchange"]
    return [bytes.fromhex(part["hex"]) for part in exchange if part["dir"] == "rx"]


def find_decode(name: str) -> Decode:
    if name == UNCHECKED:
        return FAMILIES["ej_unchecked"]
    return FAMILIES[name.split("_bms__", maxsplit=1)[0]]


def read_exchanges(
    instrument_files: Path,
) -> Iterator[tuple[str, list[bytes], dict[str, Any]]]:
    """Name, what the system sent, and what it was decoded to elsewhere."""
    folder = instrument_files / FOLDER
    document = json.loads((folder / "expected.json").read_text())
    for name, expected in document["files"].items():
        yield name, read_chunks(folder / name), expected

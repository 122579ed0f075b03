"""A file with the registry's public keys, as somebody fetched it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from battery_registry.cli.failure import FailedError


def read(file: Path) -> Mapping[str, Any]:
    """Read a JSON Web Key Set.

    Raises:
        FailedError: It is none.
    """
    try:
        told = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise FailedError(f"{file} is no key set") from error
    if not isinstance(told, dict):
        raise FailedError(f"{file} is no key set")
    return told

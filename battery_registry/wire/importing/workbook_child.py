"""Reads one workbook in a process of its own: bytes in, one JSON list a row out.

Run by path, never imported by the service. The reader lays a sheet out as one
block as wide and high as its farthest cell: a workbook of two kilobytes can
ask for any memory, and a failed allocation ends the process that asked. So it
has a process to end, with limits that the operating system keeps.
"""

import datetime as dt
import io
import json
import resource
import sys
from collections.abc import Iterator
from typing import Any, Final

import python_calamine

MOST_BYTES: Final = 2 * 1024**3
"""Memory; a million empty rows of thirty columns still fit."""
MOST_SECONDS: Final = 60
"""Time of the processor, not of the clock."""
MOST_COLUMNS: Final = 500
_MAGIC: Final = b"PK\x03\x04"
# From here on a number of Excel has lost its last digits.
_EXACT: Final = 1e15
# A workbook knows no zones; its times are the city's.
_CITY_OFFSET: Final = "+08:00"


def main() -> int:
    """Read standard input, write standard output; 1 when it cannot be read."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    content = sys.stdin.buffer.read()
    if not content.startswith(_MAGIC):
        return 1
    try:
        for row in _rows(content):
            sys.stdout.write(json.dumps(row) + "\n")
    except Exception:
        # Whatever it is, the file is at fault; the other side says so.
        return 1
    # Said last, so that half a sheet is never taken for a whole one.
    sys.stdout.write("null\n")
    sys.stdout.flush()
    return 0


def _rows(content: bytes) -> Iterator[list[str]]:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    sheet = book.get_sheet_by_index(0)
    if sheet.width > MOST_COLUMNS:
        raise ValueError
    for row in sheet.iter_rows():
        yield [text(cell) for cell in row]


def text(cell: Any) -> str:
    """Spell a cell as a person sees it."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return _number(cell)
    if isinstance(cell, dt.datetime):
        if cell.time() == dt.time():
            return cell.date().isoformat()
        return f"{cell.isoformat()}{_CITY_OFFSET}"
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return str(cell)


def _number(cell: float) -> str:
    if not cell.is_integer():
        return repr(cell)
    # Spelled as Excel shows it, so that nobody takes it for a serial number.
    return str(int(cell)) if abs(cell) < _EXACT else f"{cell:.15e}"


if __name__ == "__main__":
    sys.exit(main())

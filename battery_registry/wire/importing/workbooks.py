"""Rows of the first sheet of a workbook, each cell as the text a person sees."""

import datetime as dt
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

import python_calamine

from battery_registry.domain import RegistryError

_MOST_UNPACKED_BYTES: Final = 512 * 1024 * 1024
_MOST_COLUMNS: Final = 500
# A workbook knows no zones; its times are the city's.
_CITY_OFFSET: Final = "+08:00"


class UnreadableWorkbookError(RegistryError):
    """The workbook is damaged, locked, too large, or none."""

    code = "import_workbook"


def rows(file: BinaryIO) -> Iterator[list[str]]:
    """Yield the first sheet's rows, header first.

    Raises:
        UnreadableWorkbookError: It cannot be read.
    """
    _check_size(file)
    file.seek(0)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(file)
        sheet = book.get_sheet_by_index(0)
        width, lines = sheet.width, sheet.iter_rows()
        for row in lines if width <= _MOST_COLUMNS else ():
            yield [_text(cell) for cell in row]
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        # A panic of the reader's own language derives from nothing narrower.
        raise UnreadableWorkbookError(field="file") from error


def _check_size(file: BinaryIO) -> None:
    """Refuse what opens into more than a workbook of stations ever holds."""
    try:
        with zipfile.ZipFile(file) as packed:
            size = sum(each.file_size for each in packed.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableWorkbookError(field="file") from error
    if size > _MOST_UNPACKED_BYTES:
        raise UnreadableWorkbookError(field="file")


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        if cell.time() == dt.time():
            return cell.date().isoformat()
        return f"{cell.isoformat()}{_CITY_OFFSET}"
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return str(cell)

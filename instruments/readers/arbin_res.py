"""Arbin's .res, an Access database, without Access."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
from access_parser import AccessParser

from instruments.readers.assemble import assemble
from instruments.readers.interface import Hints, Match
from instruments.readers.record_table import Table
from instruments.readers.tables.arbin import VENDOR
from instruments.readers.titles import Title, place_columns, require, take_apart
from instruments.reading import ReadingError
from instruments.recording import Recording

_MAGIC = (b"\x00\x01\x00\x00Standard Jet DB", b"\x00\x01\x00\x00Standard ACE DB")
_RECORDS = "Channel_Normal_Table"
_TEST = "Global_Table"


class ArbinRes:
    """Arbin MITS results, version 4 to 7."""

    name = "arbin_res"
    isolated = True

    def sniff(self, head: bytes, file_name: str) -> Match:
        """An Access database; most that reach a station are Arbin's."""
        if not head.startswith(_MAGIC):
            return Match(score=0, reason="no Access database")
        score = 90 if file_name.lower().endswith(".res") else 75
        return Match(score=score, reason="an Access database")

    def read(self, path: Path, hints: Hints) -> Recording:
        """Read the table of records.

        Raises:
            ReadingError: It is no database of Arbin's, or several tests' at once.
        """
        database = AccessParser(str(path))
        if _RECORDS not in database.catalog:
            raise ReadingError(
                "unknown_database",
                f"{path.name} is an Access database, but not Arbin's: it has no "
                f"table {_RECORDS}.",
                "Export the test as csv.",
            )
        columns: dict[str, list[Any]] = database.parse_table(_RECORDS)
        notes: list[str] = []
        _keep_one_test(columns, notes)
        titles = [take_apart(name) for name in columns]
        places = place_columns(titles, VENDOR, notes)
        require(places, titles)
        table = Table(
            columns={
                role: pl.Series(columns[place.title], dtype=pl.Float64, strict=False)
                for role, place in places.items()
            },
            places=places,
            extra=_unused(titles, {place.index for place in places.values()}),
            notes=tuple(notes),
        )
        table = _in_order(table, columns.get("Data_Point"))
        recording = assemble(table, VENDOR, month_first=hints.month_first)
        return replace(recording, reader=self.name)


def _keep_one_test(columns: dict[str, list[Any]], notes: list[str]) -> None:
    """Of several tests in one database the first; the others are named."""
    tests = columns.get("Test_ID", [])
    others = sorted({str(test) for test in tests[1:] if test != tests[0]})
    if not others:
        return
    keep = [test == tests[0] for test in tests]
    for name, values in columns.items():
        columns[name] = [v for v, kept in zip(values, keep, strict=True) if kept]
    notes.append(f"only test {tests[0]} was read; also there: {', '.join(others)}")


def _unused(titles: list[Title], used: set[int]) -> tuple[str, ...]:
    return tuple(t.text for index, t in enumerate(titles) if index not in used)


def _in_order(table: Table, points: list[Any] | None) -> Table:
    """By record number: a database keeps its rows in any order."""
    if points is None or all(a <= b for a, b in pairwise(points)):
        return table
    order = pl.Series(points, strict=False).arg_sort()
    columns = {role: column.gather(order) for role, column in table.columns.items()}
    return Table(
        columns=columns, places=table.places, extra=table.extra, notes=table.notes
    )

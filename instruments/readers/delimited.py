"""Text tables of any vendor: one engine, one `Vendor` for each."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import polars as pl

from instruments.readers.assemble import assemble
from instruments.readers.interface import Hints, Match
from instruments.readers.record_table import Table
from instruments.readers.roles import QUANTITIES, Role, Vendor
from instruments.readers.text import (
    Header,
    candidate_headers,
    decodings,
    encoding_notes,
    encodings_of,
    has_decimal_comma,
    is_binary,
    is_wrapped,
    split_line,
    split_lines,
)
from instruments.readers.titles import (
    Place,
    Title,
    find_columns,
    marks_found,
    place_columns,
    require,
    take_apart,
    with_units_below,
)
from instruments.reading import ReadingError
from instruments.recording import Recording

_HEAD_CHARS = 256 * 1024
_MARKS_SCORE = 80
_PREAMBLE_SCORE = 20
_HIGHEST = 95
_ENOUGH_MARKS = 0.6


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """A text with one of its lines taken as the header."""

    lines: tuple[str, ...]
    header: Header
    titles: tuple[Title, ...]

    @property
    def preamble(self) -> str:
        """The lines above the header."""
        return "\n".join(self.lines[: self.header.line])

    @property
    def below(self) -> list[str]:
        """The fields of the line below the header."""
        lines = self.lines[self.header.line + 1 : self.header.line + 2]
        return split_line(lines[0], self.header.separator) if lines else []

    def roles(self, vendor: Vendor) -> set[Role]:
        """The vendor's columns that the header names."""
        return set(find_columns(list(self.titles), vendor))


class Delimited:
    """A reader made of one vendor's table."""

    vendor: Vendor

    @property
    def name(self) -> str:
        """The vendor's."""
        return self.vendor.name

    def sniff(self, head: bytes, file_name: str) -> Match:
        """How many of the vendor's marks a header line carries."""
        if is_binary(head):
            return Match(score=0, reason="not a text")
        return max(
            (self._judge(text) for text in texts(head)), key=lambda match: match.score
        )

    def _judge(self, text: str) -> Match:
        layout = find_layout(text, self.vendor)
        found = 0 if layout is None else marks_found(list(layout.titles), self.vendor)
        share = found / len(self.vendor.marks)
        above = text if layout is None else layout.preamble
        known = sum(
            bool(re.search(p, above, re.MULTILINE)) for p in self.vendor.preamble
        )
        if share < _ENOUGH_MARKS and not known:
            return Match(score=0, reason=f"no header of {self.vendor.title}")
        score = round(_MARKS_SCORE * share) + (_PREAMBLE_SCORE if known else 0)
        reason = f"{found} of {len(self.vendor.marks)} marks of {self.vendor.title}"
        if known:
            reason += ", and its lines above the table"
        return Match(score=min(score, _HIGHEST), reason=reason)

    def read(self, path: Path, hints: Hints) -> Recording:
        """Read a whole file.

        Raises:
            ReadingError: It is not this vendor's, or damaged.
        """
        return read_table(path.read_bytes(), self.vendor, hints)


@lru_cache(maxsize=4)
def texts(head: bytes) -> tuple[str, ...]:
    """The head of a file in every encoding that takes it."""
    return tuple(text for text, _ in decodings(head, cut=True))


@lru_cache(maxsize=4)
def _headers(
    text: str,
) -> tuple[tuple[str, ...], tuple[tuple[Header, tuple[Title, ...]], ...]]:
    lines = split_lines(text)
    return tuple(lines), tuple(
        (header, tuple(take_apart(field) for field in header.fields))
        for header in candidate_headers(lines)
    )


def find_layout(text: str, vendor: Vendor) -> Layout | None:
    """The line that names most of the vendor's columns; None without any."""
    lines, headers = _headers(text)
    best, most = None, 1
    for header, titles in headers:
        count = len(find_columns(list(titles), vendor))
        if count > most:
            best, most = Layout(lines=lines, header=header, titles=titles), count
    return best


def read_table(data: bytes, vendor: Vendor, hints: Hints) -> Recording:
    """Read a text in the encoding in which its header says most.

    Raises:
        ReadingError: In none of them.
    """
    error = ReadingError(
        "not_a_table", f"The header line of {vendor.title} is missing."
    )
    layouts = _layouts(data, vendor)
    for number, (layout, encoding) in enumerate(layouts):
        notes = encoding_notes(encoding)
        try:
            places = place_columns(list(layout.titles), vendor, notes)
            require(places, list(layout.titles), vendor)
        except ReadingError as refused:
            # a wrong encoding shows as a unit or a column that nobody knows
            error = error if number else refused
            continue
        body = _body(data, encoding)
        if body is not None:
            header = layout.header
            if is_wrapped(layout.lines[header.line], header.separator):
                body = body.replace(b'"', b"")
            table = _table(body, layout, places, vendor, notes)
            return assemble(table, vendor, month_first=hints.month_first)
    raise error


def _layouts(data: bytes, vendor: Vendor) -> list[tuple[Layout, str]]:
    """In every encoding that takes the head; the one with most columns first."""
    head_bytes, cut = data[:_HEAD_CHARS], len(data) > _HEAD_CHARS
    found = []
    for head, encoding in decodings(head_bytes, cut=cut, encodings=encodings_of(data)):
        layout = find_layout(head, vendor)
        if layout is not None:
            titles = with_units_below(layout.titles, layout.below, vendor)
            found.append((replace(layout, titles=titles), encoding))
    # sorting keeps the order of the encodings among equals
    return sorted(found, key=lambda pair: -len(pair[0].roles(vendor)))


def _table(
    body: bytes,
    layout: Layout,
    places: dict[Role, Place],
    vendor: Vendor,
    notes: list[str],
) -> Table:
    """The columns of the whole file, as written."""
    wanted = {role: place.index for role, place in places.items()}
    used = set(wanted.values())
    return Table(
        columns=read_columns(body, layout.header, wanted),
        places=places,
        comma=has_decimal_comma(
            layout.lines,
            layout.header,
            [wanted[Role.VOLTAGE], wanted[Role.CURRENT]],
            [index for role, index in wanted.items() if role in QUANTITIES],
        ),
        first_line=layout.header.line + 2,
        started=_started(layout.preamble, vendor),
        extra=tuple(
            title.text.strip()
            for index, title in enumerate(layout.titles)
            if title.text.strip() and index not in used
        ),
        notes=tuple(notes),
    )


def _body(data: bytes, encoding: str) -> bytes | None:
    """The whole file in UTF-8; None when it is not in this encoding."""
    if not data.isascii():
        try:
            data = data.decode(encoding).encode("utf-8", "replace")
        except UnicodeDecodeError:
            return None
    if b"\r" in data and b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    return data.replace(b"\x00", b"")


def read_columns(
    body: bytes, header: Header, wanted: dict[Role, int]
) -> dict[Role, pl.Series]:
    """The wanted columns as text; short records end in nulls, long ones are cut.

    Raises:
        ReadingError: Fields cannot be told apart.
    """
    start = 0
    for _ in range(header.line + 1):
        start = body.find(b"\n", start) + 1
        if start == 0:
            start = len(body)
            break
    width = max(len(header.fields), *wanted.values()) + 1
    places = sorted(wanted.values())
    try:
        frame = parse(header.separator, width, places, memoryview(body)[start:])
    except pl.exceptions.PolarsError as error:
        raise ReadingError(
            "bad_table",
            "The file's records cannot be told apart.",
            "Export the file again.",
        ) from error
    return {role: frame[f"c{index}"] for role, index in wanted.items()}


def parse(
    separator: str, width: int, places: Sequence[int], *records: memoryview
) -> pl.DataFrame:
    """The fields at these places as text, in columns ``c0``, ``c1`` and on."""
    # polars counts the columns in the first line: one that has them all
    body = b"".join([separator.encode() * (width - 1), b"\n", *records])
    # a quote that is never closed would swallow the rest of the file
    quotes = body.count(b'"')
    frame = pl.read_csv(
        body,
        has_header=False,
        separator=separator,
        schema={f"c{index}": pl.String for index in range(width)},
        columns=list(places),
        truncate_ragged_lines=True,
        quote_char='"' if quotes and quotes % 2 == 0 else None,
    )
    return frame.slice(1)


def _started(preamble: str, vendor: Vendor) -> str | None:
    for pattern in vendor.started:
        match = re.search(pattern, preamble, re.MULTILINE)
        if match:
            return match[1].strip(' \t,;"')
    return None

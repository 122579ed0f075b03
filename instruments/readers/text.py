"""Bytes to lines and fields: encoding, separator, decimal sign, header line."""

import csv
import re
from codecs import getincrementaldecoder
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

ENCODINGS = ("utf-8-sig", "gb18030", "latin-1")
SEPARATORS = ("\t", ",", ";", "|")
# a header stands within so many lines; the longest seen is BioLogic's, at 104
MAX_PREAMBLE = 400
_MAX_LINE = 20_000
# titles that are looked at, over all the lines that may be a header
_MAX_CANDIDATES = 20_000
_PIECE_BYTES = 16 * 1024 * 1024
_SAMPLE_ROWS = 50
_LETTER = re.compile(r"[^\W\d_]")
_COMMA_NUMBER = re.compile(
    r"^\s*[-+]?(?:\d{1,3}(?:\.\d{3})+|\d+),\d+(?:[eE][-+]?\d+)?\s*$"
)
# 41,000 is also how a thousand is written, where the separator is a comma
_GROUPED = re.compile(r"^\s*[-+]?[1-9]\d{0,2},\d{3}\s*$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Header:
    """The line that names the columns.

    Args:
        line: Its place, from 0.
        separator: Between its fields.
        fields: Its titles.
    """

    line: int
    separator: str
    fields: tuple[str, ...]


def encodings_of(data: bytes) -> tuple[str, ...]:
    """What a whole file may be written in: UTF-8 alone, or else the others."""
    if data.isascii():
        return ENCODINGS[:1]
    decoder = getincrementaldecoder("utf-8")()
    try:
        for place in range(0, len(data), _PIECE_BYTES):
            piece = data[place : place + _PIECE_BYTES]
            decoder.decode(piece, final=place + _PIECE_BYTES >= len(data))
    except UnicodeDecodeError:
        return ENCODINGS[1:]
    return ENCODINGS[:1]


def decodings(
    data: bytes, *, cut: bool = False, encodings: Sequence[str] = ENCODINGS
) -> Iterator[tuple[str, str]]:
    """Text and encoding, for every encoding that takes these bytes.

    What is UTF-8 is nothing else: other texts are not by chance.

    Args:
        data: The bytes.
        cut: They are the head of a longer file: a character cut at the end is
            not a wrong encoding.
        encodings: To try, in this order.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield data.decode("utf-16", errors="replace"), "utf-16"
        return
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            if not cut or error.start < len(data) - 4:
                continue
            text = data[: error.start].decode(encoding)
        yield text, encoding
        if encoding == ENCODINGS[0]:
            return


def is_binary(head: bytes) -> bool:
    """Whether bytes are no text in any encoding here."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    return b"\x00" in head[:4096]


def split_lines(text: str) -> list[str]:
    r"""Lines ended by ``\n``, ``\r\n`` or ``\r``, and by nothing else."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def is_wrapped(line: str, separator: str) -> bool:
    """Whether one pair of quotes holds a whole line of several fields."""
    line = line.strip()
    ends = line.startswith('"') and line.endswith('"')
    return ends and line.count('"') == 2 and separator in line


def split_line(line: str, separator: str) -> list[str]:
    """The fields of one line, quotes taken off."""
    if '"' not in line:
        return line.split(separator)
    if is_wrapped(line, separator):
        return line.strip().strip('"').split(separator)
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return line.split(separator)


def candidate_headers(lines: Sequence[str]) -> Iterator[Header]:
    """Lines that may be a header, with every separator that they hold."""
    candidates = 0
    for number, line in enumerate(lines[:MAX_PREAMBLE]):
        if len(line) > _MAX_LINE:
            continue
        for separator in SEPARATORS:
            if separator in line:
                fields = tuple(split_line(line, separator))
                if _is_titles(fields):
                    candidates += len(fields)
                    yield Header(line=number, separator=separator, fields=fields)
        if candidates > _MAX_CANDIDATES:
            return


def _is_titles(fields: Sequence[str]) -> bool:
    """Whether words are most of the fields; in a record they are few."""
    words = sum(bool(_LETTER.search(field)) for field in fields)
    return words > 1 and 2 * words >= sum(bool(field.strip()) for field in fields)


def has_decimal_comma(
    lines: Sequence[str], header: Header, *places: Sequence[int]
) -> bool:
    """Whether numbers are written as ``3,7``.

    Args:
        lines: The text.
        header: Of the table.
        places: Columns of numbers, the surest first; the next are asked where
            one holds whole numbers only.
    """
    rows = [
        split_line(line, header.separator)
        for line in lines[header.line + 1 : header.line + 1 + _SAMPLE_ROWS]
    ]
    for group in places:
        fields = [row[place] for row in rows for place in group if place < len(row)]
        commas = [field for field in fields if _COMMA_NUMBER.match(field)]
        points = sum("." in f and not _COMMA_NUMBER.match(f) for f in fields)
        if commas or points:
            grouped = header.separator == "," and all(map(_GROUPED.match, commas))
            return len(commas) > points and not grouped
    return False


def encoding_notes(encoding: str) -> list[str]:
    """What to say about an encoding; nothing about the usual one."""
    return [] if encoding == ENCODINGS[0] else [f"the text was read as {encoding}"]

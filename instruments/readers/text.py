"""Bytes to lines and fields: encoding, separator, decimal sign, header line."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

ENCODINGS = ("utf-8-sig", "gb18030", "latin-1")
SEPARATORS = ("\t", ",", ";", "|")
# a header stands within so many lines; the longest seen is BioLogic's, at 104
MAX_PREAMBLE = 400
_MAX_LINE = 20_000
_SAMPLE_ROWS = 50
_LETTER = re.compile(r"[^\W\d_]")
_COMMA_NUMBER = re.compile(r"^\s*[-+]?\d+,\d+(?:[eE][-+]?\d+)?\s*$")


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


def decodings(data: bytes, *, cut: bool = False) -> Iterator[tuple[str, str]]:
    """Text and encoding, for every encoding that takes these bytes.

    Args:
        data: The bytes.
        cut: They are the head of a longer file: a character cut at the end is
            not a wrong encoding.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield data.decode("utf-16", errors="replace"), "utf-16"
        return
    for encoding in ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            if not cut or error.start < len(data) - 4:
                continue
            text = data[: error.start].decode(encoding)
        yield text, encoding
        if data.isascii():
            return


def is_binary(head: bytes) -> bool:
    """Whether bytes are no text in any encoding here."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    return b"\x00" in head[:4096]


def split_lines(text: str) -> list[str]:
    r"""Lines ended by ``\n``, ``\r\n`` or ``\r``, and by nothing else."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def split_line(line: str, separator: str) -> list[str]:
    """The fields of one line, quotes taken off."""
    if '"' not in line:
        return line.split(separator)
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return line.split(separator)


def candidate_headers(lines: Sequence[str]) -> Iterator[Header]:
    """Every line that may be a header, with every separator that it holds."""
    for number, line in enumerate(lines[:MAX_PREAMBLE]):
        if len(line) > _MAX_LINE:
            continue
        for separator in SEPARATORS:
            if separator in line:
                fields = tuple(split_line(line, separator))
                if _is_titles(fields):
                    yield Header(line=number, separator=separator, fields=fields)


def _is_titles(fields: Sequence[str]) -> bool:
    """Whether words are most of the fields; in a record they are few."""
    words = sum(bool(_LETTER.search(field)) for field in fields)
    return words > 1 and 2 * words >= sum(bool(field.strip()) for field in fields)


def has_decimal_comma(lines: Sequence[str], header: Header, places: list[int]) -> bool:
    """Whether the measured columns are written as ``3,7``."""
    yes = no = 0
    for line in lines[header.line + 1 : header.line + 1 + _SAMPLE_ROWS]:
        fields = split_line(line, header.separator)
        for place in places:
            if place < len(fields):
                yes += bool(_COMMA_NUMBER.match(fields[place]))
                no += "." in fields[place]
    return yes > no


def encoding_notes(encoding: str) -> list[str]:
    """What to say about an encoding; nothing about the usual one."""
    return [] if encoding == ENCODINGS[0] else [f"the text was read as {encoding}"]

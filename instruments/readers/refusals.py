"""Files that stations do bring and that hold no records we can read; said politely."""

import re
from pathlib import Path

from instruments.readers.interface import Hints, Match
from instruments.reading import ReadingError
from instruments.recording import Recording

_HEAD_BYTES = 4096
# start of the content, code, what it is, what to do
_KNOWN: tuple[tuple[re.Pattern[bytes], str, str, str], ...] = (
    (
        re.compile(rb"BIO-LOGIC MODULAR FILE"),
        "binary_biologic",
        "is BioLogic's binary .mpr, whose layout is not public",
        'Export it as text (.mpt) in EC-Lab: "Experiment, Export as Text".',
    ),
    (
        re.compile(rb"\s*MACCOR, INC\.\s+AC Impedance Test"),
        "impedance_spectrum",
        "is an impedance spectrum of Maccor's: frequencies, no records over time",
        "Choose the file of the test itself.",
    ),
    (
        re.compile(rb",(?:test_id|Test_ID),(?:device_id|Device_ID),"),
        "only_metadata",
        "is the description of an Arbin test, without its records",
        "Choose the file of the same name without _Metadata.",
    ),
    (
        re.compile(rb"(?:EC|BT)-Lab (?:SETTING|LOG) FILE"),
        "only_settings",
        "holds BioLogic's settings, no records",
        "Export the test itself as text (.mpt).",
    ),
    (
        re.compile(rb"%PDF-"),
        "printed_report",
        "is a printed report (PDF)",
        "Type its values in by hand, with a photo of the printout.",
    ),
)


class NotRecords:
    """Knows what it cannot read, so that the operator is told what to do."""

    name = "not_records"

    def sniff(self, head: bytes, file_name: str) -> Match:
        """The first bytes of a format that is refused."""
        known = _find(head)
        if known is None:
            return Match(score=0, reason="none of the formats that are refused")
        return Match(score=60, reason=f"it {known[1]}")

    def read(self, path: Path, hints: Hints) -> Recording:
        """Refuse it.

        Raises:
            ReadingError: Always, with what to do instead.
        """
        with path.open("rb") as file:
            code, what, advice = _find(file.read(_HEAD_BYTES)) or (
                "unknown_format",
                "is of an unknown format",
                "Export it as csv.",
            )
        raise ReadingError(code, f"{path.name} {what}.", advice)


def _find(head: bytes) -> tuple[str, str, str] | None:
    for pattern, code, what, advice in _KNOWN:
        if pattern.match(head[:_HEAD_BYTES]):
            return code, what, advice
    return None

"""Logs of the reports of ZKETECH EBC testers: text of decimals or hex, or raw bytes.

Such a log has no time. The testers' software polls every 2 s, which the real
log's counter confirms (71 mAh at 0.5 A over 255 reports), so 2 s is assumed,
said, and nothing that needs a true time is derived unless the operator states
the period.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from instruments.codecs.zketech import (
    END,
    REPORT_LENGTH,
    START,
    EbcFrame,
    FrameError,
    decode,
)
from instruments.codecs.zketech_recording import make_recording
from instruments.readers.interface import Hints, Match
from instruments.reading import ReadingError
from instruments.recording import Recording

ASSUMED_PERIOD_S = 2.0
_DECIMAL_LINE = re.compile(r"^\s*250(?:[\s,;]+\d{1,3}){17}[\s,;]+248\s*$")
_HEX_LINE = re.compile(r"^\s*fa[\s:]*(?:[0-9a-f]{2}[\s:]*){17}f8\s*$", re.IGNORECASE)
_SNIFF_LINES = 50


class ZketechLog:
    """Reports of an EBC tester, one a line or one after another."""

    name = "zketech_log"

    def sniff(self, head: bytes, file_name: str) -> Match:
        """Lines or runs of 19 bytes between FA and F8."""
        if _raw_frames(head[: REPORT_LENGTH * _SNIFF_LINES]):
            return Match(score=90, reason="starts with a valid 19-byte report")
        lines = head.decode("latin-1").splitlines()[:_SNIFF_LINES]
        filled = [line for line in lines if line.strip()]
        framed = [line for line in filled if _line_bytes(line) is not None]
        if not framed:
            return Match(score=0, reason="no line is a report of 19 bytes")
        share = len(framed) / len(filled)
        return Match(
            score=round(95 * share),
            reason=f"{len(framed)} of {len(filled)} lines are reports of 19 bytes",
        )

    def read(self, path: Path, hints: Hints) -> Recording:
        """Decode every report; broken ones are counted, not guessed at.

        Raises:
            ReadingError: Not one report is whole.
        """
        data = path.read_bytes()
        raw: Sequence[bytes | None] = _raw_frames(data)
        if not raw:
            lines = data.decode("latin-1").splitlines()
            raw = [_line_bytes(line) for line in lines if line.strip()]
        frames, broken = _decoded(raw)
        if not frames:
            raise ReadingError(
                "no_records",
                f"{path.name} holds no whole report of an EBC tester.",
                "A report is 19 bytes from FA to F8 with its check byte.",
            )
        notes = [f"{broken} reports are damaged and were left out"] if broken else []
        period = hints.frame_period_s
        if period is None:
            notes.append(
                f"the log has no time: {ASSUMED_PERIOD_S:g} s between reports assumed"
            )
        else:
            notes.append(f"the log has no time: {period:g} s between reports declared")
        return make_recording(
            frames,
            time_s=[i * (period or ASSUMED_PERIOD_S) for i in range(len(frames))],
            reader=self.name,
            time_assumed=period is None,
            warnings=tuple(notes),
        )


def _decoded(raw: Sequence[bytes | None]) -> tuple[list[EbcFrame], int]:
    frames, broken = [], 0
    for data in raw:
        try:
            frames.append(decode(data or b""))
        except FrameError:
            broken += 1
    return frames, broken


def _line_bytes(line: str) -> bytes | None:
    """The 19 bytes a line spells, None when it spells no report."""
    if _DECIMAL_LINE.match(line):
        numbers = [int(number) for number in re.findall(r"\d+", line)]
        return bytes(numbers) if max(numbers) < 256 else None
    if _HEX_LINE.match(line):
        return bytes.fromhex(re.sub(r"[\s:]", "", line))
    return None


def _raw_frames(data: bytes) -> list[bytes]:
    """Reports in raw bytes; the marks occur nowhere else in a stream."""
    if data[:1] != bytes([START]):
        return []
    chunks = (bytes([START]) + chunk for chunk in data.split(bytes([START]))[1:])
    return [c[:REPORT_LENGTH] for c in chunks if c[REPORT_LENGTH - 1 :][:1] == _END]


_END = bytes([END])

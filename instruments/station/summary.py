"""What a run of ``battery-station send`` tells: one object, or lines to read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from instruments.station.attached import Attachment, FileCounts
from instruments.station.entry import Entry, State
from instruments.station.post import problem_text
from instruments.station.queue import Queue
from instruments.station.sender import Report, Stop
from instruments.station.showing import spell_age
from instruments.station.uploads import Uploaded

EXIT_FILE = 2
EXIT_QUEUED = 3
EXIT_REFUSED = 4
_ADVICE = {
    Stop.NEW_KEY: (
        "The registry does not accept this station's key. Ask for a new key and put it "
        "into the profile; nothing is lost."
    ),
    Stop.WRONG_ADDRESS: (
        "This is not the registry's address. Check url in the profile; nothing is lost."
    ),
    Stop.WAITING: "The registry cannot be reached. Send again later; nothing is lost.",
    Stop.BUSY: "Another sender is at work on this queue; it sends these readings too.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """A file that gave no inspection.

    Args:
        name: The file's name.
        code: Stable word for programs.
        message: What is wrong, one sentence.
        fields: Fields at fault, empty when it is the whole.
    """

    name: str
    code: str
    message: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """One run, from the files to the receipts.

    Args:
        report: What the sender did.
        sent: Readings received in this run.
        refused: Refused readings that nothing has replaced, of all runs.
        queued: How many readings still wait.
        failures: Files that gave no inspection.
        oldest_age_s: Age of the oldest reading that still waits, None without one.
        files: How many raw files and photos are where.
        refused_files: Those that the registry does not take.
        uploaded: What this run did with them.
        warned: Readings kept or sent in this run or refused, that were warned of.
        disk_used_frac: How full the queue's disk is, 0 to 1.
    """

    report: Report
    sent: tuple[Entry, ...]
    refused: tuple[Entry, ...]
    queued: int
    failures: tuple[Failure, ...]
    oldest_age_s: float | None
    files: FileCounts
    refused_files: tuple[Attachment, ...]
    uploaded: Uploaded
    warned: tuple[Entry, ...]
    disk_used_frac: float

    @property
    def exit_code(self) -> int:
        """0 all sent, 4 refused present, 3 still queued, 2 a file failed."""
        if self.refused:
            return EXIT_REFUSED
        if self.queued or self.files.waiting:
            return EXIT_QUEUED
        return EXIT_FILE if self.failures else 0

    def as_json(self) -> dict[str, Any]:
        """The run as plain JSON values."""
        return {
            "queued": self.queued,
            "oldest_age_s": self.oldest_age_s,
            "sent": len(self.sent),
            "stop": self.report.stop.value,
            "error": self.report.error,
            "refused": [_refusal(entry) for entry in self.refused],
            "receipts": [_receipt(entry) for entry in self.sent],
            "failed": [
                {
                    "name": failure.name,
                    "code": failure.code,
                    "detail": failure.message,
                    "fields": list(failure.fields),
                }
                for failure in self.failures
            ],
            "warnings": [
                {
                    "name": entry.name,
                    "inspection_id": entry.key,
                    "warnings": list(entry.warnings),
                }
                for entry in self.warned
            ],
            "files": self._files(),
            "disk_used_pct": round(100 * self.disk_used_frac, 1),
        }

    def _files(self) -> dict[str, Any]:
        return {
            "uploaded": self.uploaded.uploaded,
            "waiting": self.files.waiting,
            "error": self.uploaded.error,
            "refused": [
                {"name": one.name, "sha256": one.sha256, "detail": one.refused}
                for one in self.refused_files
            ],
        }

    def lines(self) -> list[str]:
        """The run for people, the verdicts first."""
        lines = [_sent_line(entry) for entry in self.sent]
        lines += [
            f"{entry.name}: refused: {problem_text(entry.problem or {})}"
            for entry in self.refused
        ]
        lines += [f"{failure.name}: {failure.message}" for failure in self.failures]
        lines += [
            f"{one.name}: file not taken: {one.refused}" for one in self.refused_files
        ]
        age_s = self.oldest_age_s
        oldest = "" if age_s is None else f" (the oldest {spell_age(age_s)} old)"
        lines.append(
            f"{len(self.sent)} sent, {self.queued} queued{oldest}, "
            f"{len(self.refused)} refused, {len(self.failures)} files not usable"
        )
        if self.uploaded.uploaded or self.files.waiting:
            told = f"{self.uploaded.uploaded} raw files uploaded"
            why = f" ({self.uploaded.error})" if self.uploaded.error else ""
            lines.append(f"{told}, {self.files.waiting} waiting{why}")
        advice = _ADVICE.get(self.report.stop)
        if advice is not None:
            lines.append(f"{advice} ({self.report.error})")
        return lines


def summarize(
    queue: Queue,
    report: Report,
    failures: Sequence[Failure],
    *,
    kept: Sequence[str],
    uploaded: Uploaded,
    disk_used: float,
    now: datetime,
) -> Summary:
    """The summary of a run that has just ended; ``kept`` are the keys it queued."""
    refused = tuple(
        entry for entry in queue.entries(State.REFUSED) if entry.replaced_by is None
    )
    age = queue.oldest_age(now)
    told = dict.fromkeys([*kept, *report.sent, *(entry.key for entry in refused)])
    return Summary(
        report=report,
        sent=tuple(queue.get(key) for key in report.sent),
        refused=refused,
        warned=tuple(entry for entry in map(queue.get, told) if entry.warnings),
        queued=queue.counts()[State.QUEUED],
        failures=tuple(failures),
        oldest_age_s=None if age is None else round(age.total_seconds()),
        files=queue.files.counts(),
        refused_files=queue.files.refused(),
        uploaded=uploaded,
        disk_used_frac=disk_used,
    )


def _member(told: object, *path: str) -> Any:
    """A member of nested JSON, None when it is not there."""
    for name in path:
        told = told.get(name) if isinstance(told, dict) else None
    return told


def _receipt(entry: Entry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "inspection_id": entry.key,
        "code": _member(entry.receipt, "battery", "code"),
        "url": _member(entry.receipt, "battery", "url"),
        "verdict": _member(entry.receipt, "verdict", "code"),
        "battery_code_in_force": _member(entry.receipt, "battery_code_in_force"),
        "case": _member(entry.receipt, "case"),
    }


def _refusal(entry: Entry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "inspection_id": entry.key,
        "detail": problem_text(entry.problem or {}),
        "problem": entry.problem,
    }


def _sent_line(entry: Entry) -> str:
    told = _receipt(entry)
    case = _member(told, "case", "state")
    return (
        f"{entry.name}: {told['verdict']}, battery {told['code']} "
        f"is {told['battery_code_in_force']}{f', case {case}' if case else ''}"
    )

"""What a run of ``battery-station send`` tells: one object, or lines to read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from instruments.station.entry import Entry, State
from instruments.station.post import problem_text
from instruments.station.queue import Queue
from instruments.station.sender import Report, Stop

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
    """

    report: Report
    sent: tuple[Entry, ...]
    refused: tuple[Entry, ...]
    queued: int
    failures: tuple[Failure, ...]

    @property
    def exit_code(self) -> int:
        """0 all sent, 4 refused present, 3 still queued, 2 a file failed."""
        if self.refused:
            return EXIT_REFUSED
        if self.queued:
            return EXIT_QUEUED
        return EXIT_FILE if self.failures else 0

    def as_json(self) -> dict[str, Any]:
        """The run as plain JSON values."""
        return {
            "queued": self.queued,
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
        }

    def lines(self) -> list[str]:
        """The run for people, the verdicts first."""
        lines = [_sent_line(entry) for entry in self.sent]
        lines += [
            f"{entry.name}: refused: {problem_text(entry.problem or {})}"
            for entry in self.refused
        ]
        lines += [f"{failure.name}: {failure.message}" for failure in self.failures]
        lines.append(
            f"{len(self.sent)} sent, {self.queued} queued, "
            f"{len(self.refused)} refused, {len(self.failures)} files not usable"
        )
        advice = _ADVICE.get(self.report.stop)
        if advice is not None:
            lines.append(f"{advice} ({self.report.error})")
        return lines


def summarize(queue: Queue, report: Report, failures: Sequence[Failure]) -> Summary:
    """The summary of a run that has just ended."""
    refused = queue.entries(State.REFUSED)
    return Summary(
        report=report,
        sent=tuple(queue.get(key) for key in report.sent),
        refused=tuple(entry for entry in refused if entry.replaced_by is None),
        queued=queue.counts()[State.QUEUED],
        failures=tuple(failures),
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

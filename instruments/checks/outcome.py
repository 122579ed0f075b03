"""What a check says."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """What a check asks of the operator."""

    OK = "ok"
    WARN = "warn"
    REFUSE = "refuse"


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """The outcome of one check.

    Args:
        code: Stable word for programs.
        severity: ``refuse`` means: do not send this reading.
        sentence: What was compared and what came out.
    """

    code: str
    severity: Severity
    sentence: str

    def as_json(self) -> dict[str, Any]:
        """The check as plain JSON values."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "sentence": self.sentence,
        }

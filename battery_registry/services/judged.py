"""What was found out about an inspection before any of it is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from battery_registry.domain.code_in_force import Decision
from battery_registry.domain.retests import Trial
from battery_registry.domain.submission import Submission
from battery_registry.scoring.evaluation import Evaluation
from battery_registry.scoring.quality.plausibility import Finding
from battery_registry.services.qualification import Qualification
from battery_registry.services.recognition import Recognised


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """An inspection with everything that was found out about it."""

    submission: Submission
    qualification: Qualification
    battery: Recognised
    verdict: Evaluation
    record: Mapping[str, Any]
    record_json: str
    doubts: tuple[Finding, ...]
    decision: Decision
    trial: Trial | None = None

    @property
    def clears(self) -> bool:
        """Whether it ends the battery's red, as an independent retest."""
        return self.trial is not None and self.trial.clears

"""What the registry knows of the batteries of a delivery from before."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from battery_registry.domain.submission import Submission
from battery_registry.scoring.background import Background
from battery_registry.scoring.evaluation import Code
from battery_registry.scoring.history import Past, look_back
from battery_registry.scoring.measurement import Circumstances
from battery_registry.scoring.reference import UNKNOWN_MODEL, ModelReference
from battery_registry.scoring.ruleset import RuleSet
from battery_registry.services.recognition import Recognised
from battery_registry.store import history
from battery_registry.store.history import ModelKey


class History:
    """Earlier inspections and model references, kept up to date.

    Two inspections of one delivery can be of the same battery, so what the
    first one found is known to the second.
    """

    def __init__(
        self,
        past: Mapping[UUID, Sequence[Past]],
        references: Mapping[ModelKey, ModelReference],
        ruleset: RuleSet,
    ) -> None:
        """Start from what the store knows."""
        self._past = {battery_id: list(ones) for battery_id, ones in past.items()}
        self._references = references
        self._ruleset = ruleset

    def look_back(
        self,
        battery: Recognised,
        submission: Submission,
        circumstances: Circumstances,
        *,
        set_aside: Collection[datetime] = (),
    ) -> Background:
        """Say what was known before this inspection.

        Args:
            battery: The battery.
            submission: The inspection.
            circumstances: By whom it was made, and with what.
            set_aside: Times of tests that it is not held against.
        """
        key = model_of(submission)
        reference = self._references.get(key) if key else None
        return look_back(
            submission.measurement,
            circumstances,
            past=[
                one
                for one in self._past.get(battery.battery_id, ())
                if one.measurement.tested_at not in set_aside
            ],
            reference=reference or UNKNOWN_MODEL,
            ruleset=self._ruleset,
        )

    def remember(
        self,
        battery: Recognised,
        submission: Submission,
        circumstances: Circumstances,
        code: Code,
    ) -> None:
        """Keep an inspection for the next one of its battery, unless it is void."""
        if code not in (Code.VOID, Code.NOT_COVERED):
            self._past.setdefault(battery.battery_id, []).append(
                Past(measurement=submission.measurement, circumstances=circumstances)
            )


def prepare(
    session: Session,
    *,
    submissions: Sequence[Submission],
    battery_ids: Collection[UUID],
    ruleset: RuleSet,
) -> History:
    """Read what is known: one query for the batteries, one for the models.

    Neither is asked for a delivery of new batteries of no model.
    """
    models = {key for one in submissions if (key := model_of(one)) is not None}
    return History(
        history.find_past(session, battery_ids=battery_ids),
        history.find_references(session, models=models),
        ruleset,
    )


def model_of(submission: Submission) -> ModelKey | None:
    """Get the model as the station names it; None when it does not."""
    maker, model = submission.identity.maker, submission.identity.model
    if maker is None or model is None:
        return None
    return (maker, model, submission.measurement.unit_kind.value)

"""Recognise a retest among the inspections that are handed in.

Nobody says of an inspection that it is a retest: whatever comes in for a
battery whose retest is open is held against the rules, and what came of it is
kept, whether it counts or not.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from battery_registry.domain import retests
from battery_registry.domain.custody import State
from battery_registry.domain.custody_clearing import CLEARABLE
from battery_registry.domain.retests import (
    Attempt,
    Finding,
    RetestState,
    Tested,
    Trial,
)
from battery_registry.domain.roles import Role
from battery_registry.domain.submission import Submission
from battery_registry.scoring.evaluation import Code
from battery_registry.services import clearing, reviewing
from battery_registry.services import retests as opening
from battery_registry.services.qualification import Post, Qualification
from battery_registry.services.recognition import Recognised
from battery_registry.store import custody as kept
from battery_registry.store import retests as kept_retests
from battery_registry.store.batteries import KnownBattery
from battery_registry.store.tables.appeals import retest_inspection
from battery_registry.store.writes import Writes


class Retesting:
    """The open retests of one delivery, kept up to date."""

    def __init__(
        self,
        session: Session,
        *,
        battery_ids: Collection[UUID],
        post: Post,
        now: datetime,
    ) -> None:
        """Find them.

        Args:
            session: The transaction, which holds the batteries.
            battery_ids: Those with an open case; without any nothing is asked.
            post: The station that hands in.
            now: The time of the request, aware.
        """
        self._session, self._post, self._now = session, post, now
        self._open = kept_retests.find_open(session, battery_ids=battery_ids)

    def set_aside(
        self,
        battery: Recognised,
        submission: Submission,
        qualification: Qualification,
    ) -> frozenset[datetime]:
        """Say which earlier tests an inspection is not held against, by their times.

        The reds of the case, for an independent test under an open retest: it
        is to stand against them, so they cannot weigh on it. None otherwise.
        """
        retest = self._open.get(battery.battery_id)
        if retest is None:
            return frozenset()
        tested = self._tested(submission, qualification)
        if retests.find_dependence(tested, retest) is not None:
            return frozenset()
        return frozenset(red.tested_at for red in retest.reds)

    def judge(
        self,
        battery: Recognised,
        submission: Submission,
        qualification: Qualification,
        *,
        code: Code,
        is_doubted: bool,
    ) -> Trial | None:
        """Hold an inspection against the rules; None where no retest is open.

        Args:
            battery: The battery.
            submission: The inspection.
            qualification: Who measured with what, and whether they were fit.
            code: What it was judged.
            is_doubted: One of its readings is impossible or doubtful.
        """
        retest = self._open.get(battery.battery_id)
        if retest is None or battery.known is None:
            return None
        fit = qualification.circumstances
        attempt = Attempt(
            tested=self._tested(submission, qualification),
            code=code,
            is_valid=fit.calibration_valid
            and fit.training_valid
            and submission.clock_synced is not False
            and not is_doubted,
        )
        finding = _as_it_stands(retests.judge(attempt, retest), attempt, battery.known)
        return Trial(
            retest=retest,
            inspection_id=submission.inspection_id,
            tested=attempt.tested,
            finding=finding,
            state=retests.state_after(finding, retest),
        )

    def record(self, writes: Writes, trial: Trial, *, public_code: str) -> None:
        """Keep what came of it; the case is cleared where the red has ended.

        Args:
            writes: What the use case writes.
            trial: As ``judge`` found it.
            public_code: The battery's label.
        """
        battery_id = trial.retest.battery_id
        writes.add(
            retest_inspection,
            battery_id=battery_id,
            retest_id=trial.retest.retest_id,
            inspection_id=trial.inspection_id,
            counts=trial.finding is Finding.COUNTS,
            finding=trial.finding.value,
            at=self._now,
        )
        if trial.state is RetestState.OPEN:
            self._keep_open(trial)
            return
        del self._open[battery_id]
        opening.end_open(
            self._session,
            writes,
            battery_id=battery_id,
            public_code=public_code,
            state=trial.state,
            now=self._now,
        )
        if trial.clears:
            self._clear(writes, trial, public_code)

    def _tested(self, submission: Submission, qualification: Qualification) -> Tested:
        return Tested(
            station_id=self._post.station_id,
            instrument_id=qualification.instrument_id,
            inspector_id=qualification.inspector_id,
            tested_at=submission.measurement.tested_at,
            recording_sha256=submission.recording_sha256,
        )

    def _keep_open(self, trial: Trial) -> None:
        if trial.finding is Finding.COUNTS:
            self._open[trial.retest.battery_id] = replace(
                trial.retest, greens=(*trial.retest.greens, trial.tested)
            )

    def _clear(self, writes: Writes, trial: Trial, public_code: str) -> None:
        found = kept.lock_case(self._session, public_code=public_code)
        if found is None:
            raise LookupError(trial.retest.case_id)
        case, row = found
        clearing.clear(
            self._session,
            writes,
            case=case,
            row=row,
            actor_role=Role.INSPECTOR,
            actor_organisation_code=self._post.organisation_code,
            evidence={
                "retest_id": str(trial.retest.retest_id),
                "inspection_id": str(trial.inspection_id),
            },
            now=self._now,
        )
        reviewing.end_appeal(
            self._session,
            writes,
            battery_id=trial.retest.battery_id,
            public_code=public_code,
            now=self._now,
        )


def _as_it_stands(finding: Finding, attempt: Attempt, known: KnownBattery) -> Finding:
    """Count nothing where there is no whole battery, or a later red is in force."""
    if finding is not Finding.COUNTS:
        return finding
    if known.case_state is None or State(known.case_state) not in CLEARABLE:
        return Finding.NOT_AT_HAND
    if attempt.tested.tested_at <= known.in_force.tested_at:
        return Finding.NOT_LATER
    return finding

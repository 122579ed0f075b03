"""What became of others' events."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from battery_registry.domain.epcis.capturing import (
    Job,
    OnError,
    Outcome,
    Result,
    fault_rows,
)
from battery_registry.domain.epcis.shapes import Fault

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def make_job(*outcomes: Outcome) -> Job:
    return Job(
        job_id=UUID(int=1),
        on_error=OnError.PROCEED,
        results=tuple(Result(outcome=outcome) for outcome in outcomes),
        created_at=NOW,
        finished_at=NOW,
    )


@pytest.mark.parametrize("outcome", Outcome)
def test_only_a_refused_event_is_a_failure(outcome: Outcome) -> None:
    job = make_job(Outcome.ACCEPTED, outcome)
    assert job.success is (outcome is not Outcome.REJECTED)
    assert job.count(outcome) == 1 + (outcome is Outcome.ACCEPTED)
    assert make_job().success


def test_faults_are_spelled_with_their_places() -> None:
    fault = Fault(pointer="/disposition", told="unknown_term|red")
    assert fault_rows([fault]) == [
        {"pointer": "/disposition", "fault": "unknown_term|red"}
    ]

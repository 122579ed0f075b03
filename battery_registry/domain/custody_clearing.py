"""The one step by which a red ends without destruction.

It is no hand-over and nobody can tell it: a passed retest and an upheld appeal
take it, and nothing else does. What was recalled for safety's sake is recalled
no more; in EPCIS the event unsets ``recalled``.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

from battery_registry.domain import Kind, RegistryError
from battery_registry.domain.custody import (
    Case,
    CaseClosedError,
    CustodyEvent,
    State,
    is_terminal,
)
from battery_registry.domain.roles import Role

BIZ_STEP: Final = "inspecting"
DISPOSITION: Final = "available"
# A battery that nobody can find, or that is no whole one any more, is not
# what was tested; the first must be found before.
CLEARABLE: Final = frozenset(State) - {
    State.MISSING,
    State.DISMANTLED,
    State.DESTROYED,
    State.CLEARED,
}


class NotClearableError(RegistryError):
    """The battery is missing, or taken apart."""

    code: ClassVar[str] = "custody_not_clearable"
    kind: ClassVar[Kind] = Kind.CONFLICT


def check_clearable(state: State) -> None:
    """Refuse to clear where there is no whole battery at hand.

    Raises:
        CaseClosedError: If the case is destroyed or cleared already.
        NotClearableError: If the battery is missing or taken apart.
    """
    if is_terminal(state):
        raise CaseClosedError(state=state.value)
    if state not in CLEARABLE:
        raise NotClearableError(extra={"state": state.value}, state=state.value)


def clear(
    case: Case,
    *,
    event_id: UUID,
    actor_role: Role,
    actor_organisation_code: str,
    evidence: Mapping[str, object],
    now: datetime,
) -> tuple[Case, CustodyEvent]:
    """End a case: the battery is red no more, and stays with who holds it.

    Args:
        case: The case as it stands.
        event_id: Id of the event.
        actor_role: The role of who tested, or decided.
        actor_organisation_code: Their organisation.
        evidence: What it rests on: ``retest_id`` or ``appeal_id``.
        now: The time of the clearing, aware.

    Raises:
        CaseClosedError: If the case is destroyed or cleared already.
        NotClearableError: If the battery is missing or taken apart.
    """
    check_clearable(case.state)
    # A hand-over may be dated by a clock that runs a little ahead of ours.
    occurred_at = max(now, case.state_since)
    after = replace(
        case,
        state=State.CLEARED,
        state_since=occurred_at,
        due_at=None,
        seq=case.seq + 1,
    )
    return after, CustodyEvent(
        event_id=event_id,
        case_id=case.case_id,
        battery_id=case.battery_id,
        seq=after.seq,
        from_state=case.state,
        to_state=State.CLEARED,
        giver=case.holder,
        receiver=case.holder,
        occurred_at=occurred_at,
        recorded_at=now,
        action="OBSERVE",
        biz_step=BIZ_STEP,
        disposition=DISPOSITION,
        persistent_dispositions=(),
        actor_role=actor_role,
        actor_organisation_code=actor_organisation_code,
        evidence=dict(evidence),
    )

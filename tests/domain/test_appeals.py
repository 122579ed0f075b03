"""Who may decide an appeal: nobody who had a part in it."""

from dataclasses import replace
from uuid import UUID

import pytest

from battery_registry.domain import Kind
from battery_registry.domain.appeals import NotIndependentError, check_decider
from battery_registry.domain.caller import Caller
from battery_registry.domain.roles import OrganisationKind, Role

HOUSE, PERSON, STATION, INSPECTOR = (UUID(int=number) for number in range(1, 5))
PERSON_DECIDES = Caller(
    organisation_id=HOUSE,
    organisation_code="city-market",
    organisation_kind=OrganisationKind.REGULATOR,
    role=Role.REGULATOR,
    person_id=PERSON,
)
KEY_DECIDES = replace(PERSON_DECIDES, person_id=None, key_prefix="k1")


def decide(
    caller: Caller,
    *,
    houses: tuple[UUID, ...] = (STATION,),
    inspectors: tuple[UUID, ...] = (INSPECTOR,),
    filed_by: tuple[str, str] = ("xicheng-checks", f"person:{INSPECTOR}"),
) -> None:
    check_decider(
        caller,
        inspecting_organisations=houses,
        inspectors=inspectors,
        filed_by=filed_by,
    )


@pytest.mark.parametrize("caller", [PERSON_DECIDES, KEY_DECIDES])
def test_who_had_no_part_decides(caller: Caller) -> None:
    decide(caller)
    decide(caller, filed_by=("city-market", "person:another"))
    decide(caller, filed_by=("another-house", caller.actor))


@pytest.mark.parametrize("caller", [PERSON_DECIDES, KEY_DECIDES])
def test_nobody_decides_for_their_house_or_about_their_own_appeal(
    caller: Caller,
) -> None:
    with pytest.raises(NotIndependentError) as refused:
        decide(caller, houses=(STATION, HOUSE))
    assert refused.value.code == "appeal_not_independent"
    assert refused.value.kind is Kind.FORBIDDEN
    with pytest.raises(NotIndependentError):
        decide(caller, filed_by=("city-market", caller.actor))


def test_a_person_who_ever_inspected_it_does_not_decide() -> None:
    with pytest.raises(NotIndependentError):
        decide(PERSON_DECIDES, inspectors=(INSPECTOR, PERSON))
    decide(KEY_DECIDES, inspectors=(INSPECTOR, PERSON))

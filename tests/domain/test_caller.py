from dataclasses import replace
from uuid import UUID

import pytest

from battery_registry.domain import Kind
from battery_registry.domain.caller import (
    EVERYTHING,
    PUBLIC,
    Caller,
    NotAllowedError,
    Reach,
    Scope,
    SignInRequiredError,
    only,
    scope_of,
)
from battery_registry.domain.roles import OrganisationKind, Role

ORGANISATION = UUID(int=1)
STATION = UUID(int=2)


def make_caller(
    role: Role, *, station_id: UUID | None = None, district_code: str | None = None
) -> Caller:
    return Caller(
        organisation_id=ORGANISATION,
        organisation_code="xicheng-tests",
        organisation_kind=OrganisationKind.STATION_OPERATOR,
        role=role,
        station_id=station_id,
        district_code=district_code,
    )


POLICY = only(
    regulator=Reach.OWN_DISTRICT,
    inspector=Reach.OWN_STATION,
    collector=Reach.OWN_ORGANISATION,
    auditor=Reach.ALL,
)


@pytest.mark.parametrize(
    ("caller", "scope"),
    [
        (
            make_caller(Role.REGULATOR, district_code="110102"),
            Scope(district_code="110102"),
        ),
        (make_caller(Role.REGULATOR), EVERYTHING),
        (make_caller(Role.INSPECTOR, station_id=STATION), Scope(station_id=STATION)),
        (make_caller(Role.COLLECTOR), Scope(organisation_id=ORGANISATION)),
        (make_caller(Role.AUDITOR, station_id=STATION), EVERYTHING),
    ],
)
def test_each_role_sees_as_far_as_its_reach(caller: Caller, scope: Scope) -> None:
    assert scope_of(POLICY, caller=caller) == scope


def test_a_public_route_asks_nobody_and_hides_nothing() -> None:
    assert scope_of(PUBLIC, caller=None) == EVERYTHING
    assert scope_of(PUBLIC, caller=make_caller(Role.DEALER)) == EVERYTHING


def test_a_stranger_must_sign_in() -> None:
    with pytest.raises(SignInRequiredError) as refusal:
        scope_of(POLICY, caller=None)
    assert refusal.value.kind is Kind.UNAUTHENTICATED


@pytest.mark.parametrize("role", [Role.DEALER, Role.ADMIN, Role.INSPECTOR])
def test_a_role_without_a_place_or_a_station_is_refused(role: Role) -> None:
    with pytest.raises(NotAllowedError) as refusal:
        scope_of(POLICY, caller=make_caller(role))
    assert refusal.value.kind is Kind.FORBIDDEN
    assert refusal.value.params == {"role": role.value}


def test_a_policy_for_a_role_that_is_not_there_cannot_be_declared() -> None:
    with pytest.raises(ValueError, match="visitor"):
        only(visitor=Reach.ALL)


def test_a_person_and_a_key_are_told_apart() -> None:
    person = replace(make_caller(Role.REGULATOR), person_id=STATION)
    key = replace(make_caller(Role.REGULATOR), key_prefix="br_live_ab")
    assert (person.actor, key.actor) == (f"person:{STATION}", "key:br_live_ab")

"""Who asks, what a route allows, and how far a caller sees. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Self
from uuid import UUID

from battery_registry.domain import Kind, RegistryError
from battery_registry.domain.roles import OrganisationKind, Role


class Reach(StrEnum):
    """How far a role sees on a route."""

    ALL = "all"
    OWN_DISTRICT = "own_district"
    OWN_ORGANISATION = "own_organisation"
    OWN_STATION = "own_station"


class SignInRequiredError(RegistryError):
    """Nobody, or nobody we know, is asking."""

    code = "sign_in_required"
    kind = Kind.UNAUTHENTICATED


class NotAllowedError(RegistryError):
    """The caller's role may not do this."""

    code = "not_allowed"
    kind = Kind.FORBIDDEN


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """Somebody whose key or sign-in we checked.

    Args:
        organisation_id: The organisation they act for.
        organisation_code: Its public code.
        organisation_kind: What sort of organisation.
        role: What they are for.
        station_id: The station they are bound to, if any.
        station_code: Its code.
        district_code: The district they answer for; None is the whole city.
        staff_number: A person's pseudonymous number; None for a key.
        name: What to call the person on their own pages.
        person_id: The person; None for a key.
        key_prefix: The key, by the part of it that is no secret; None for a person.
    """

    organisation_id: UUID
    organisation_code: str
    organisation_kind: OrganisationKind
    role: Role
    station_id: UUID | None = None
    station_code: str | None = None
    district_code: str | None = None
    staff_number: str | None = None
    name: str | None = None
    person_id: UUID | None = None
    key_prefix: str | None = None

    @property
    def actor(self) -> str:
        """Who it is, so that a second one can be told from the first.

        A key counts as one: it is given to one person or one program.
        """
        if self.person_id is not None:
            return f"person:{self.person_id}"
        return f"key:{self.key_prefix}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """What part of the registry an answer may show; None does not narrow."""

    district_code: str | None = None
    organisation_id: UUID | None = None
    station_id: UUID | None = None

    def within(self, district_code: str | None) -> Self:
        """Narrow to a district, if one is asked for; nobody leaves their own."""
        if district_code is None or self.district_code is not None:
            return self
        return replace(self, district_code=district_code)


EVERYTHING = Scope()


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """Who may use a route: everybody, or these roles, each with its reach."""

    roles: Mapping[Role, Reach]
    is_public: bool = False


PUBLIC = Policy(roles=MappingProxyType({}), is_public=True)


def only(**reaches: Reach) -> Policy:
    """Declare a policy: ``only(regulator=Reach.OWN_DISTRICT)``."""
    return Policy(
        roles=MappingProxyType({Role(role): reach for role, reach in reaches.items()})
    )


def scope_of(policy: Policy, *, caller: Caller | None) -> Scope:
    """Say what the caller may see on a route.

    Raises:
        SignInRequiredError: The route is not public and nobody is known.
        NotAllowedError: The caller's role has no place here, or the caller
            lacks the organisation's part that the reach needs.
    """
    if policy.is_public:
        return Scope()
    if caller is None:
        raise SignInRequiredError
    reach = policy.roles.get(caller.role)
    if reach is None:
        raise NotAllowedError(role=caller.role.value)
    return _narrow(reach, caller)


def _narrow(reach: Reach, caller: Caller) -> Scope:
    if reach is Reach.OWN_STATION:
        if caller.station_id is None:
            raise NotAllowedError(role=caller.role.value)
        return Scope(station_id=caller.station_id)
    if reach is Reach.OWN_ORGANISATION:
        return Scope(organisation_id=caller.organisation_id)
    if reach is Reach.OWN_DISTRICT:
        return Scope(district_code=caller.district_code)
    return Scope()

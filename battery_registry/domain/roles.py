"""Who takes part: kinds of organisation, and the roles of their people."""

from enum import StrEnum


class OrganisationKind(StrEnum):
    """What an organisation is in the registry for."""

    STATION_OPERATOR = "station_operator"
    COLLECTOR = "collector"
    CARRIER = "carrier"
    RECYCLER = "recycler"
    REGULATOR = "regulator"
    DEALER = "dealer"
    REGISTRY_OPERATOR = "registry_operator"


class Role(StrEnum):
    """What a person or a key may do; a carrier's drivers are collectors."""

    INSPECTOR = "inspector"
    COLLECTOR = "collector"
    RECYCLER = "recycler"
    DEALER = "dealer"
    REGULATOR = "regulator"
    AUDITOR = "auditor"
    ADMIN = "admin"

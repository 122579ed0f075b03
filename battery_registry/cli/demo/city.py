"""Who takes part in the simulated city; every code here is fixed.

The districts are Beijing's, everybody and everything else is made up.
"""

from dataclasses import dataclass
from typing import Final

from battery_registry.domain.roles import OrganisationKind, Role

EBC: Final = "EBC-1"
EBC_EXPIRED: Final = "EBC-2"
# Where the expired tester stands, and where the untrained inspector works.
EXPIRED_AT: Final = "CY-02"
UNTRAINED_AT: Final = "FT-01"
UNTRAINED: Final = "I-0099"


@dataclass(frozen=True, kw_only=True, slots=True)
class OrganisationPlan:
    """An organisation, and the role that its own key has, if it has one."""

    code: str
    name: str
    kind: OrganisationKind
    key_role: Role | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StationPlan:
    """A station; its inspector signs in as its code in small letters."""

    code: str
    operator: str
    district: str
    name_zh: str
    name_en: str
    address_zh: str
    address_en: str
    inspector: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonPlan:
    """Somebody who signs in."""

    sign_in: str
    role: Role
    organisation: str
    staff_number: str
    name: str
    station: str | None = None
    district: str | None = None
    is_trained: bool = False


_WEST, _EAST = "west-city-testing", "east-city-testing"

ORGANISATIONS: Final = (
    OrganisationPlan(
        code=_WEST,
        name="示范城西检测 West City Testing (demo)",
        kind=OrganisationKind.STATION_OPERATOR,
    ),
    OrganisationPlan(
        code=_EAST,
        name="示范城东检测 East City Testing (demo)",
        kind=OrganisationKind.STATION_OPERATOR,
    ),
    OrganisationPlan(
        code="ring-road-collection",
        name="示范环路回收 Ring Road Collection (demo)",
        kind=OrganisationKind.COLLECTOR,
        key_role=Role.COLLECTOR,
    ),
    OrganisationPlan(
        code="canal-collection",
        name="示范运河回收 Canal Collection (demo)",
        kind=OrganisationKind.COLLECTOR,
        key_role=Role.COLLECTOR,
    ),
    OrganisationPlan(
        code="steady-haulage",
        name="示范稳行危货运输 Steady Haulage (demo)",
        kind=OrganisationKind.CARRIER,
        key_role=Role.COLLECTOR,
    ),
    OrganisationPlan(
        code="greencell-recycling",
        name="示范绿芯再生 Greencell Recycling (demo)",
        kind=OrganisationKind.RECYCLER,
        key_role=Role.RECYCLER,
    ),
    OrganisationPlan(
        code="northgate-recycling",
        name="示范北门再生 Northgate Recycling (demo)",
        kind=OrganisationKind.RECYCLER,
        key_role=Role.RECYCLER,
    ),
    OrganisationPlan(
        code="city-supervision",
        name="示范市级监管 City Supervision (demo)",
        kind=OrganisationKind.REGULATOR,
        key_role=Role.REGULATOR,
    ),
    OrganisationPlan(
        code="wheel-shop",
        name="示范车轮二手车行 Wheel Shop (demo)",
        kind=OrganisationKind.DEALER,
        key_role=Role.DEALER,
    ),
    OrganisationPlan(
        code="registry-office",
        name="示范登记处 Registry Office (demo)",
        kind=OrganisationKind.REGISTRY_OPERATOR,
        key_role=Role.ADMIN,
    ),
)


def _station(
    code: str, operator: str, district: str, name: tuple[str, str], number: int
) -> StationPlan:
    name_zh, name_en = name
    return StationPlan(
        code=code,
        operator=operator,
        district=district,
        name_zh=f"{name_zh}检测站",
        name_en=f"{name_en} test station",
        address_zh=f"示范路{number}号",
        address_en=f"{number} Example Road",
        inspector=f"I-{number:04d}",
    )


STATIONS: Final = (
    _station("XC-01", _WEST, "110102", ("西城一", "Xicheng 1"), 1),
    _station("XC-02", _WEST, "110102", ("西城二", "Xicheng 2"), 2),
    _station("DC-01", _EAST, "110101", ("东城一", "Dongcheng 1"), 3),
    _station("CY-01", _EAST, "110105", ("朝阳一", "Chaoyang 1"), 4),
    _station("CY-02", _EAST, "110105", ("朝阳二", "Chaoyang 2"), 5),
    _station("HD-01", _WEST, "110108", ("海淀一", "Haidian 1"), 6),
    _station("FT-01", _WEST, "110106", ("丰台一", "Fengtai 1"), 7),
    _station("TZ-01", _EAST, "110112", ("通州一", "Tongzhou 1"), 8),
)

_INSPECTORS = tuple(
    PersonPlan(
        sign_in=f"inspector-{station.code.lower()}",
        role=Role.INSPECTOR,
        organisation=station.operator,
        staff_number=station.inspector,
        name=f"检测员 {station.inspector}",
        station=station.code,
        is_trained=True,
    )
    for station in STATIONS
)

PEOPLE: Final = (
    *_INSPECTORS,
    PersonPlan(
        sign_in="inspector-untrained",
        role=Role.INSPECTOR,
        organisation=_WEST,
        staff_number=UNTRAINED,
        name=f"检测员 {UNTRAINED}",
        station=UNTRAINED_AT,
    ),
    PersonPlan(
        sign_in="collector",
        role=Role.COLLECTOR,
        organisation="ring-road-collection",
        staff_number="C-0001",
        name="回收员 C-0001",
    ),
    PersonPlan(
        sign_in="driver",
        role=Role.COLLECTOR,
        organisation="steady-haulage",
        staff_number="C-0002",
        name="驾驶员 C-0002",
    ),
    PersonPlan(
        sign_in="recycler",
        role=Role.RECYCLER,
        organisation="greencell-recycling",
        staff_number="R-0001",
        name="拆解员 R-0001",
    ),
    PersonPlan(
        sign_in="regulator",
        role=Role.REGULATOR,
        organisation="city-supervision",
        staff_number="G-0001",
        name="监管员 G-0001",
    ),
    PersonPlan(
        sign_in="regulator-haidian",
        role=Role.REGULATOR,
        organisation="city-supervision",
        staff_number="G-0002",
        name="监管员 G-0002",
        district="110108",
    ),
    PersonPlan(
        sign_in="auditor",
        role=Role.AUDITOR,
        organisation="city-supervision",
        staff_number="A-0001",
        name="审计员 A-0001",
    ),
    PersonPlan(
        sign_in="dealer",
        role=Role.DEALER,
        organisation="wheel-shop",
        staff_number="D-0001",
        name="车商 D-0001",
    ),
    PersonPlan(
        sign_in="admin",
        role=Role.ADMIN,
        organisation="registry-office",
        staff_number="O-0001",
        name="管理员 O-0001",
    ),
)

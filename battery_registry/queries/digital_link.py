"""Which battery does a GS1 Digital Link mean?"""

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from battery_registry.domain.code import PublicCode
from battery_registry.domain.gs1.digital_link import DigitalLink
from battery_registry.domain.submission import CodeScheme
from battery_registry.store.tables.batteries import battery, maker_code

_GTIN: Final = "01"
_SERIAL: Final = "21"
_ASSET: Final = "8004"


def find_code(session: Session, *, link: DigitalLink) -> PublicCode | None:
    """Find the public code of the one battery that an address means.

    Only a trade item with its serial number, or an asset, is one battery; case
    does not count, as nowhere in makers' codes.
    """
    value = _value(link)
    if value is None:
        return None
    found = session.execute(
        select(battery.c.public_code)
        .join(maker_code, maker_code.c.battery_id == battery.c.battery_id)
        .where(
            maker_code.c.scheme == CodeScheme.GS1.value,
            maker_code.c.issuer == "",
            maker_code.c.value == value,
        )
    ).scalar()
    return None if found is None else PublicCode(found)


def _value(link: DigitalLink) -> str | None:
    ai, key = link.key
    if ai == _ASSET:
        return f"{_ASSET}{key}".upper()
    serial = dict(link.qualifiers).get(_SERIAL)
    if ai != _GTIN or serial is None:
        return None
    return f"{_GTIN}{key}{_SERIAL}{serial}".upper()

"""Which battery does a GS1 Digital Link mean?"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from battery_registry.domain.code import PublicCode
from battery_registry.domain.gs1.digital_link import DigitalLink
from battery_registry.domain.submission import CodeScheme
from battery_registry.store.tables.batteries import battery, maker_code


def find_code(session: Session, *, link: DigitalLink) -> PublicCode | None:
    """Find the public code of the one battery that an address means.

    Only a trade item with its serial number, or an asset, is one battery.
    """
    if link.item is None:
        return None
    found = session.execute(
        select(battery.c.public_code)
        .join(maker_code, maker_code.c.battery_id == battery.c.battery_id)
        .where(
            maker_code.c.scheme == CodeScheme.GS1.value,
            maker_code.c.issuer == "",
            maker_code.c.value == link.item,
        )
    ).scalar()
    return None if found is None else PublicCode(found)

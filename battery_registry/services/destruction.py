"""What must be true before a battery counts as destroyed."""

from typing import Any, ClassVar

from sqlalchemy import Row
from sqlalchemy.orm import Session

from battery_registry.domain import Kind, RegistryError, mass_balance
from battery_registry.domain.custody import CustodyEvent, EvidenceMissingError
from battery_registry.domain.custody_terms import Terms
from battery_registry.domain.mass_balance import weighed_kg
from battery_registry.store import manifests


class HeldError(RegistryError):
    """A count of the manifest that the battery came with is not settled."""

    code: ClassVar[str] = "custody_held"
    kind: ClassVar[Kind] = Kind.CONFLICT


def check(
    session: Session, event: CustodyEvent, *, row: Row[Any], terms: Terms
) -> None:
    """Refuse a destruction that is held, or whose mass is not accounted for.

    Args:
        session: The transaction, which holds the case.
        event: The destruction.
        row: The case's row before it.
        terms: The tolerance in force.

    Raises:
        HeldError: Its manifest's incident stands open.
        EvidenceMissingError: Nobody ever weighed the battery.
        MassUnbalancedError: The fractions are not what came in.
    """
    incident_id = manifests.find_hold(session, battery_id=event.battery_id)
    if incident_id is not None:
        raise HeldError(extra={"incident_id": str(incident_id)})
    mass_in = row.mass_kg or weighed_kg(event.evidence)
    if mass_in is None:
        raise EvidenceMissingError(field="mass_kg", to_state=event.to_state.value)
    mass_balance.check(
        event.evidence, mass_in_kg=mass_in, tolerance_frac=terms.mass_tolerance_frac
    )

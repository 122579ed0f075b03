"""Try blocks of rows out: everything is done, then taken back."""

from dataclasses import dataclass, field

from battery_registry.context import Runtime
from battery_registry.domain.canonical import canonical_sha256
from battery_registry.wire.importing import taking_in
from battery_registry.wire.importing.sheets import Row
from battery_registry.wire.importing.taking_in import Fate, Taken


@dataclass(slots=True)
class DryRun:
    """Tries blocks out; what it has met it must know itself, as nothing is kept.

    Args:
        registry: What they are tried against.
        station: Code of the station that measured; None takes each row's own.
    """

    registry: Runtime
    station: str | None
    bodies: dict[str, bytes] = field(default_factory=dict)

    def take(self, rows: list[Row]) -> list[Taken]:
        """Try a block out, rows that came before as what they then would be."""
        again = {row.number for row in rows if self._came_before(row)}
        fresh = [row for row in rows if row.number not in again]
        taken = taking_in.try_out(self.registry, fresh, self.station)
        for one in taken:
            if one.fate is Fate.ACCEPTED:
                self.bodies[one.row.raw["inspection_id"]] = _body(one.row)
        met = [
            Taken(row=row, fate=Fate.DUPLICATE) for row in rows if row.number in again
        ]
        return sorted([*taken, *met], key=lambda one: one.row.number)

    def _came_before(self, row: Row) -> bool:
        told = row.raw.get("inspection_id") if isinstance(row.raw, dict) else None
        if not isinstance(told, str) or told not in self.bodies:
            return False
        return self.bodies[told] == _body(row)


def _body(row: Row) -> bytes:
    return canonical_sha256(row.raw)

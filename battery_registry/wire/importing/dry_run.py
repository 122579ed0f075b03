"""Try blocks of rows out: everything is done, then taken back."""

from dataclasses import dataclass, field

from battery_registry.context import Runtime
from battery_registry.domain.canonical import canonical_sha256
from battery_registry.domain.registration import InspectionIdReusedError
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
        met = {row.number: again for row in rows if (again := self._again(row))}
        fresh = [row for row in rows if row.number not in met]
        taken = taking_in.try_out(self.registry, fresh, self.station)
        for one in taken:
            if one.fate is Fate.ACCEPTED:
                self.bodies[one.row.raw["inspection_id"]] = _body(one.row)
        return sorted([*taken, *met.values()], key=lambda one: one.row.number)

    def _again(self, row: Row) -> Taken | None:
        """What an id that came before makes of a row; None for a new one."""
        told = row.raw.get("inspection_id") if isinstance(row.raw, dict) else None
        before = self.bodies.get(told) if isinstance(told, str) else None
        if before is None:
            return None
        if before == _body(row):
            return Taken(row=row, fate=Fate.DUPLICATE)
        refusal = InspectionIdReusedError(field="inspection_id")
        return Taken(row=row, fate=Fate.REFUSED, refusal=refusal)


def _body(row: Row) -> bytes:
    return canonical_sha256(row.raw)

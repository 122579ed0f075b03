"""What instruments beside the recording gave: a tester's display, a BMS's claim.

Two of them that give the same field must agree: which one is right, no program
can know.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import isclose
from typing import Any

from instruments.station.checklist import ChecklistError

# what a measured value is rounded to, finer than any instrument here
_SAME = 1e-6
_SOC_FIELDS = ("soc_pct", "soc_source")


@dataclass(frozen=True, kw_only=True, slots=True)
class Measurement:
    """What one instrument gave.

    Args:
        name: Where it stands, for the operator.
        fields: Fields of an inspection by name.
        cells_v: Volts of each cell, where a BMS tells them.
    """

    name: str
    fields: Mapping[str, Any]
    cells_v: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """What all instruments beside the recording gave together.

    Args:
        fields: Fields of an inspection by name.
        cells_v: Volts of each cell, where a BMS tells them.
    """

    fields: Mapping[str, Any] = field(default_factory=dict)
    cells_v: tuple[float, ...] = ()

    @property
    def resistances_mohm(self) -> tuple[float, ...]:
        """The resistance tester's milliohm, none without one."""
        mohm = self.fields.get("internal_resistance_mohm")
        return () if mohm is None else (mohm,)

    def fields_for(self, checklist: Mapping[str, Any]) -> dict[str, Any]:
        """The fields that go into an inspection with this checklist.

        A state of charge is left out where the checklist names another source
        of it: it is of another moment, and both may be right.
        """
        source = checklist.get("soc_source")
        left_out = _SOC_FIELDS if source not in {None, "bms"} else ()
        return {n: v for n, v in self.fields.items() if n not in left_out}


NOTHING = Beside()


def merge(measurements: Iterable[Measurement]) -> Beside:
    """All measurements as one.

    Raises:
        ChecklistError: Two contradict each other, with the field's name.
    """
    found: dict[str, tuple[Any, str]] = {}
    cells_v: tuple[float, ...] = ()
    for one in measurements:
        cells_v = one.cells_v or cells_v
        for name, value in one.fields.items():
            known, where = found.setdefault(name, (value, one.name))
            if not is_same(known, value):
                message = (
                    f"{name}: {where} says {known}, {one.name} says {value}; "
                    "keep the one that holds"
                )
                raise ChecklistError(message, name)
    fields = {name: value for name, (value, _) in found.items()}
    return Beside(fields=fields, cells_v=cells_v)


def refuse_contradictions(
    measured: Mapping[str, Any], checklist: Mapping[str, Any]
) -> None:
    """What an instrument measured is never overwritten by hand.

    Raises:
        ChecklistError: The checklist says otherwise, with the field's name.
    """
    for name in sorted(measured.keys() & checklist.keys()):
        if not is_same(measured[name], checklist[name]):
            message = (
                f"{name}: the instrument says {measured[name]}, "
                f"the checklist says {checklist[name]}"
            )
            raise ChecklistError(message, name)


def is_same(measured: object, stated: object) -> bool:
    """Whether two values of a field are one, but for how they were rounded."""
    if isinstance(measured, float) and isinstance(stated, (int, float)):
        return isclose(measured, stated, rel_tol=_SAME)
    return measured == stated

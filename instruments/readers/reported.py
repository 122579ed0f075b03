"""Resistances that the instrument itself wrote; kept as reported, never derived."""

from collections.abc import Sequence

import numpy as np

from instruments.readers.record_table import Table
from instruments.readers.roles import Role, Vendor
from instruments.reading import ReportedResistance, ResistanceMethod
from instruments.recording import Step

# an instrument's words for "none": below its resolution, and out of its range
_NONE_MOHM = (0.0, 1e9)


def reported_resistances(
    table: Table, vendor: Vendor, steps: Sequence[Step]
) -> tuple[ReportedResistance, ...]:
    """The last value of each column of resistances that is one.

    Zero means "below resolution" and is left out, as is an overflow.
    """
    found = []
    for role, method in (
        (Role.AC_RESISTANCE, ResistanceMethod.AC_1KHZ),
        (Role.DC_RESISTANCE, vendor.dc_method),
    ):
        if role not in table.columns:
            continue
        place = table.places[role]
        mohm = table.measured(role) * 1000.0
        known = np.flatnonzero((mohm > _NONE_MOHM[0]) & (mohm < _NONE_MOHM[1]))
        if len(known):
            row = int(known[-1])
            step = next((s.number for s in steps if s.start <= row < s.stop), None)
            found.append(
                ReportedResistance(
                    method=method,
                    title=place.title,
                    resistance_mohm=float(mohm[row]),
                    step=step,
                )
            )
    return tuple(found)

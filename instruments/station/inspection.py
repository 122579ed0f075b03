"""From a reading and a checklist to one inspection on the wire. Pure.

What an instrument measured is never overwritten by hand: a checklist that says
otherwise is refused with the field's name. What no instrument gave is taken
from the checklist, and what is still missing is named all at once.
"""

from collections.abc import Mapping
from datetime import datetime
from math import isclose
from typing import Any
from uuid import UUID

from instruments.reading import Reading, Resistance, ResistanceMethod
from instruments.station.checklist import missing_fields_error
from instruments.station.measurement import (
    NOTHING,
    Beside,
    refuse_contradictions,
)
from instruments.station.profile import Profile
from instruments.station.wire import REQUIRED

# a record this near (share of the time) is the one the station reads at
_SAME_TIME = 0.05
_SHORTEST_TEST_S, _LONGEST_TEST_S = 10.0, 1_000_000.0
_STATION_FIELDS = ("inspection_id", "tested_at", "software_version")


def compose(
    reading: Reading,
    checklist: Mapping[str, Any],
    profile: Profile,
    *,
    inspection_id: UUID,
    tested_at: datetime,
    software_version: str,
    beside: Beside = NOTHING,
) -> dict[str, Any]:
    """One inspection in the wire format.

    Args:
        reading: What the recording gave.
        checklist: The inspector's fields, checked by ``read_checklist``.
        profile: The station; its inspector and instrument stand unless the
            checklist names others.
        inspection_id: Made once for this measurement.
        tested_at: Aware.
        software_version: 1 to 32 characters.
        beside: What other instruments gave; a resistance tester stands before
            the recording's own resistance and open-circuit voltage.

    Raises:
        ChecklistError: The checklist contradicts an instrument, or mandatory
            fields are missing.
    """
    measured = measured_fields(
        reading,
        resistance_dt_s=profile.resistance_dt_s,
        others=beside.fields_for(checklist),
    )
    refuse_contradictions(measured, checklist)
    filled = {
        "capacity_method": "none",
        **_station_fields(profile),
        **({} if "pack_code" in checklist else {"pack_code_scheme": "none"}),
        **{f: v for f, v in checklist.items() if f not in _STATION_FIELDS},
        **measured,
        "inspection_id": str(inspection_id),
        "tested_at": tested_at.isoformat(timespec="milliseconds"),
        "software_version": software_version,
    }
    missing = [field for field in REQUIRED if filled.get(field) is None]
    if missing:
        raise missing_fields_error(missing)
    return filled


def measured_fields(
    reading: Reading, *, resistance_dt_s: float, others: Mapping[str, Any]
) -> dict[str, Any]:
    """The wire fields that come from instruments; none that was not obtained."""
    own: dict[str, Any] = {
        **_capacity_fields(reading),
        **_max_voltage_fields(reading),
        **_duration_fields(reading),
    }
    if reading.ocv_v is not None:
        own["ocv_v"] = round(reading.ocv_v, 4)
    if reading.recording_sha256:
        own["recording_sha256"] = reading.recording_sha256
    # a pulse's current and seconds belong to no other's resistance
    if "internal_resistance_mohm" not in others:
        own |= _resistance_fields(reading, resistance_dt_s)
    return {**own, **others}


def _capacity_fields(reading: Reading) -> dict[str, Any]:
    if reading.discharge_capacity_ah is None:
        return {}
    return {
        "discharge_capacity_ah": round(reading.discharge_capacity_ah, 4),
        "capacity_method": reading.capacity_method.value,
    }


def _resistance_fields(reading: Reading, dt_s: float) -> dict[str, Any]:
    found = find_pulse(reading.resistances, dt_s)
    if found is None:
        return {}
    return {
        "internal_resistance_mohm": round(found.resistance_mohm, 3),
        "resistance_method": found.method.value,
        "pulse_current_a": round(found.di_a, 4),
        "pulse_seconds": round(found.dt_s, 3),
    }


def find_pulse(resistances: tuple[Resistance, ...], dt_s: float) -> Resistance | None:
    """The DC pulse resistance read at ``dt_s``, within 5 %; None without one.

    Another time is never taken instead: resistance grows with it.
    """
    pulses = [
        r
        for r in resistances
        if r.method is ResistanceMethod.DC_PULSE
        and isclose(r.dt_s, dt_s, rel_tol=_SAME_TIME)
    ]
    return min(pulses, key=lambda r: abs(r.dt_s - dt_s), default=None)


def _max_voltage_fields(reading: Reading) -> dict[str, Any]:
    if reading.max_voltage_v is None or reading.max_voltage_method is None:
        return {}
    return {
        "max_output_voltage_v": round(reading.max_voltage_v, 4),
        "max_output_voltage_method": reading.max_voltage_method.value,
    }


def _duration_fields(reading: Reading) -> dict[str, Any]:
    """The recording's length; of one too long for a test, the discharge's."""
    seconds = reading.duration_s
    capacity_ah, current_a = reading.discharge_capacity_ah, reading.discharge_current_a
    if seconds > _LONGEST_TEST_S and capacity_ah and current_a:
        seconds = capacity_ah / current_a * 3600.0
    if not _SHORTEST_TEST_S <= seconds <= _LONGEST_TEST_S:
        return {}
    return {"test_duration_s": round(seconds, 1)}


def _station_fields(profile: Profile) -> dict[str, Any]:
    fields = {
        "inspector_id": profile.inspector_id,
        "instrument_id": profile.instrument_id,
    }
    if profile.station_id is not None:
        fields["station_id"] = profile.station_id
    return fields

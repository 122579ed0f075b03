"""What an inspection measured, as a sensor element with UN/ECE Rec 20 units."""

from typing import Any, Final

from battery_registry.domain.epcis.happenings import Inspected
from battery_registry.domain.epcis.names import Names, instant

# Name of the reading, EPCIS measurement type, unit.
_REPORTS: Final = (
    ("internal_resistance_mohm", "Resistance", "E45"),
    ("max_output_voltage_v", "Voltage", "VLT"),
    ("discharge_capacity_ah", "ElectricCharge", "AMH"),
    ("capacity_fade_pct", "Dimensionless", "P1"),
    ("ambient_temp_c", "Temperature", "CEL"),
)
_ALARM: Final = "ALARM_CONDITION"


def element(told: Inspected, *, names: Names) -> dict[str, Any]:
    """Tell the readings; the ones that gave the red code bear an alarm.

    A red by what was seen, not measured, has an alarm without a value.
    """
    measured = {name: getattr(told, name) for name, _, _ in _REPORTS}
    reports = [
        {
            "type": kind,
            **({"exception": _ALARM} if name in told.alarms else {}),
            "value": measured[name],
            "uom": unit,
        }
        for name, kind, unit in _REPORTS
        if measured[name] is not None
    ]
    seen = told.alarms - {name for name, value in measured.items() if value is not None}
    reports += [
        {"type": "Dimensionless", "exception": _ALARM, "stringValue": name}
        for name in sorted(seen)
    ]
    return {
        "sensorMetadata": {
            "time": instant(told.tested_at),
            "deviceID": names.instrument(told.station_code, told.instrument_code),
        },
        "sensorReport": reports,
    }

"""The Battery Data Format, in machine names and in labels, old and new."""

from instruments.readers.delimited import Delimited
from instruments.readers.roles import Role, Vendor

VENDOR = Vendor(
    name="bdf_csv",
    title="the Battery Data Format",
    columns={
        Role.TIME: ("test_time",),
        Role.STEP_TIME: ("step_time",),
        Role.DATE: ("date_time", "unix_time", "date_time_iso8601", "datetime"),
        Role.VOLTAGE: ("voltage",),
        Role.CURRENT: ("current",),
        Role.CAPACITY: ("step_capacity", "step_cumulative_capacity"),
        Role.CHARGE_CAPACITY: (
            *("charging_capacity", "cumulative_charging_capacity"),
            *("step_charging_capacity", "charge_capacity"),
        ),
        Role.DISCHARGE_CAPACITY: (
            *("discharging_capacity", "cumulative_discharging_capacity"),
            *("step_discharging_capacity", "discharge_capacity"),
        ),
        Role.NET_CAPACITY: ("net_capacity", "cumulative_capacity"),
        Role.CYCLE: ("cycle_count", "cycle_index", "cycle_number"),
        Role.STEP: ("step_count", "step_index", "step_id", "step_number"),
        Role.STATE: ("step_type", "step_name"),
        Role.TEMPERATURE: (
            *("surface_temperature", "surface_temperature_t1", "temperature_t1"),
            *("temperature", "cell_temperature", "ambient_temperature"),
        ),
    },
    units={},
    marks=(
        ("test_time",),
        ("voltage",),
        ("current",),
    ),
    # LAND writes "Voltage/V"
    spelled=r"(?i)^(?:voltage(?:_volt| / m?V)|current(?:_ampere| / m?A))$",
    states={},
    month_first=False,
)


class BdfCsv(Delimited):
    """Battery Data Format csv."""

    vendor = VENDOR

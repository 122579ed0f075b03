"""PEC's csv: a long preamble of the test's data, hours as ``00:00:01.000``."""

from instruments.readers.delimited import Delimited
from instruments.readers.roles import Role, Vendor

VENDOR = Vendor(
    name="pec_csv",
    title="PEC's csv",
    columns={
        Role.TIME: ("Total Time",),
        Role.STEP_TIME: ("Step Time",),
        Role.DATE: ("Real Time",),
        Role.VOLTAGE: ("Voltage",),
        Role.CURRENT: ("Current",),
        Role.CHARGE_CAPACITY: ("Charge Capacity",),
        Role.DISCHARGE_CAPACITY: ("Discharge Capacity",),
        Role.CYCLE: ("Cycle",),
        Role.STEP: ("Step",),
        Role.DC_RESISTANCE: ("Internal Resistance 1",),
        Role.TEMPERATURE: ("Temp", "Temperature"),
    },
    units={},
    marks=(
        ("Position Start Time", "Load On Time"),
        ("Real Time",),
        ("ReasonCode", "Instruction Name"),
        ("Rack", "Shelf", "Cell ID"),
    ),
    preamble=(r"^TestRegime Name", r"^Request Year"),
    started=(r"^Start Time:,([^\n,]+)",),
    states={},
)


class PecCsv(Delimited):
    """PEC's csv export."""

    vendor = VENDOR

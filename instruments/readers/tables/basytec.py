"""Basytec's text; its header line starts with ``~``."""

from instruments.readers.delimited import Delimited
from instruments.readers.roles import Role, Vendor

VENDOR = Vendor(
    name="basytec_text",
    title="Basytec's text",
    columns={
        Role.TIME: ("~Time", "Time"),
        Role.DATE: ("DateTime", "~DateTime", "Date/Time"),
        Role.STEP_TIME: ("t-Step", "~t-Step"),
        Role.VOLTAGE: ("U", "Voltage"),
        Role.CURRENT: ("I", "Current"),
        Role.CAPACITY: ("Ah-Step",),
        Role.NET_CAPACITY: ("Ah",),
        Role.CYCLE: ("Cyc-Count",),
        Role.STEP: ("Line",),
        Role.STATE: ("Command",),
        Role.TEMPERATURE: ("T1", "T", "Temp", "Temperature"),
    },
    units={Role.CAPACITY: "Ah", Role.NET_CAPACITY: "Ah"},
    marks=(("DataSet",), ("Command", "Line"), ("t-Step", "t-Set", "t-Cyc"), ("U",)),
    preamble=(r"^~Resultfile from Basytec",),
    started=(r"^~Start of Test: *([^\n]+)",),
    states={},
    month_first=False,
)


class BasytecText(Delimited):
    """Basytec's text export."""

    vendor = VENDOR

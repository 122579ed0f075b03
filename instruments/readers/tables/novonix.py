"""Novonix's csv: a summary and a protocol above, hours, steps by number."""

from instruments.readers.delimited import Delimited
from instruments.readers.roles import Role, Vendor

VENDOR = Vendor(
    name="novonix_csv",
    title="Novonix's csv",
    columns={
        Role.TIME: ("Run Time", "Run-Time"),
        Role.STEP_TIME: ("Step Time",),
        Role.DATE: ("Date and Time",),
        Role.VOLTAGE: ("Potential", "Voltage"),
        Role.CURRENT: ("Current",),
        Role.NET_CAPACITY: ("Capacity",),
        Role.CYCLE: ("Cycle Number",),
        Role.STEP: ("Step Number",),
        Role.TEMPERATURE: ("Temperature",),
    },
    units={},
    marks=(
        ("Date and Time",),
        ("Run Time",),
        ("Potential",),
        ("Circuit Temperature", "Step position", "Step Type"),
    ),
    preamble=(r"^Novonix", r"^\[Summary\]"),
    started=(r"^Started: *([^\n]+)",),
    states={},
    month_first=False,
)


class NovonixCsv(Delimited):
    """Novonix's csv export."""

    vendor = VENDOR

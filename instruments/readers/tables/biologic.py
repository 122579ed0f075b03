"""BioLogic's text: EC-Lab's and BT-Lab's .mpt and .txt."""

from instruments.readers.delimited import Delimited
from instruments.readers.roles import Role, Vendor

VENDOR = Vendor(
    name="biologic_text",
    title="BioLogic's text",
    columns={
        Role.TIME: ("time",),
        Role.VOLTAGE: ("Ecell", "Ewe", "<Ewe>", "Ewe-Ece", "<Ecell>"),
        Role.CURRENT: ("I", "<I>"),
        Role.NET_CAPACITY: ("(Q-Qo)", "Q charge/discharge"),
        Role.CYCLE: ("cycle number",),
        Role.STEP: ("Ns",),
        Role.TEMPERATURE: ("Temperature", "Temp", "T"),
    },
    units={},
    marks=(
        ("time",),
        ("Ecell", "Ewe", "<Ewe>", "<Ecell>", "Ewe-Ece"),
        ("Ns", "Ns changes", "mode", "ox/red", "counter inc.", "cycle number"),
        ("(Q-Qo)", "dq", "Q charge/discharge", "control/V/mA", "I Range", "P"),
    ),
    preamble=(r"^(?:EC|BT)-Lab ASCII FILE", r"^Nb header lines"),
    started=(
        r"^Acquisition started on : *([^\n]+)",
        r"^Technique started on : *([^\n]+)",
    ),
    states={},
)


class BiologicText(Delimited):
    """BioLogic's text export."""

    vendor = VENDOR

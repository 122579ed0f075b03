"""Maccor's text exports: tabs or commas, minutes or days, amounts of current."""

from instruments.readers.delimited import Delimited
from instruments.readers.roles import Role, Vendor
from instruments.recording import StepKind

VENDOR = Vendor(
    name="maccor_text",
    title="Maccor's text",
    columns={
        Role.TIME: ("TestTime", "Test Time", "Test"),
        Role.STEP_TIME: ("StepTime", "Step Time"),
        Role.DATE: ("DPt Time", "DPTTime", "Date", "Datetime"),
        Role.VOLTAGE: ("Voltage", "Volts", "mVolts"),
        Role.CURRENT: ("Current", "Amps", "mAmps", "uAmps"),
        Role.CAPACITY: (
            *("Cap.", "Capacity", "Amp-hr", "AmpHr", "Amp-hours"),
            *("mAmp-hr", "uAmp-hr"),
        ),
        Role.CYCLE: ("Cycle C", "Cyc#", "Cyc", "Cycle", "Cycle P"),
        Role.STEP: ("Step",),
        Role.STATE: ("Md", "State", "Mode"),
        Role.AC_RESISTANCE: ("ACImp", "AC Imp", "ACR"),
        Role.DC_RESISTANCE: ("DCIR", "DC IR"),
        Role.TEMPERATURE: (
            *("Temp 1", "EV Temp", "Temperature", "Temperature Cell", "Temp"),
        ),
    },
    # its plain numbers of time are minutes unless the title says seconds
    units={
        Role.TIME: "min",
        Role.STEP_TIME: "min",
        Role.VOLTAGE: "V",
        Role.CURRENT: "A",
        Role.CAPACITY: "Ah",
    },
    assumed=frozenset({Role.TIME, Role.STEP_TIME}),
    marks=(
        ("Rec", "Rec#", "Rec Num"),
        ("DPt Time", "DPTTime"),
        ("ES", "Cycle P", "Cycle C", "Cyc#", "Watt-hr", "Ener."),
    ),
    preamble=(r"^[^\w\n]{0,10}Today'{0,2}s Date", r"^Tester\s+Maccor", r"^MACCOR"),
    started=(
        r"^Started[\s:,]+([^\n]+)",
        r"Date of Test:?[\s,]+(\d[^\t\n,]{0,60}?) *(?:Filename|\t|,|$)",
    ),
    states={
        "S": StepKind.OTHER,
        "O": StepKind.REST,
        "P": StepKind.REST,
        "A": StepKind.OTHER,
        "F": StepKind.OTHER,
        "I": StepKind.OTHER,
    },
)


class MaccorText(Delimited):
    """Maccor's text export."""

    vendor = VENDOR

"""Arbin's csv: the names of MITS 4 to 7 and those of MITS 8 and later."""

from instruments.readers.delimited import Delimited
from instruments.readers.roles import Role, Vendor
from instruments.reading import ResistanceMethod

VENDOR = Vendor(
    name="arbin_csv",
    title="Arbin's csv",
    columns={
        Role.TIME: ("Test_Time",),
        Role.STEP_TIME: ("Step_Time",),
        Role.DATE: ("Date Time", "DateTime", "Date_Time"),
        Role.VOLTAGE: ("Voltage",),
        Role.CURRENT: ("Current",),
        Role.CHARGE_CAPACITY: ("Charge_Capacity",),
        Role.DISCHARGE_CAPACITY: ("Discharge_Capacity",),
        Role.CYCLE: ("Cycle_Index",),
        Role.STEP: ("Step_Index",),
        Role.TEMPERATURE: (
            *("Aux_Temperature_1", "Aux_Temperature", "Temperature", "Temp 1"),
            *("Aux_Temperature(C)_1", "Aux_Temperature(℃)_1", "Temperature_1"),
            *("Aux_Temperature(°C)_1", "Cell_Temperature"),
        ),
        Role.AC_RESISTANCE: ("ACR", "AC_Impedance"),
        Role.DC_RESISTANCE: ("Internal_Resistance",),
    },
    # the old export names none: seconds, volts, amperes, ampere-hours
    units={
        Role.TIME: "s",
        Role.STEP_TIME: "s",
        Role.VOLTAGE: "V",
        Role.CURRENT: "A",
        Role.CHARGE_CAPACITY: "Ah",
        Role.DISCHARGE_CAPACITY: "Ah",
        Role.DC_RESISTANCE: "Ohm",
    },
    # ten pulses up and down, averaged
    dc_method=ResistanceMethod.DC_SYMMETRIC,
    marks=(
        ("Data_Point",),
        ("Test_Time",),
        ("Charge_Capacity", "Discharge_Capacity"),
        ("Internal_Resistance", "dV/dt", "Charge_Energy", "Step_Index", "Cycle_Index"),
    ),
    states={},
)


class ArbinCsv(Delimited):
    """Arbin's csv export."""

    vendor = VENDOR

"""Any csv: by titles that speak for themselves, or by a mapping file."""

from pathlib import Path

from instruments.readers.delimited import (
    Delimited,
    find_layout,
    read_table,
    texts,
)
from instruments.readers.interface import Hints, Match
from instruments.readers.mapping import mapped_vendor
from instruments.readers.roles import Role, Vendor
from instruments.readers.text import is_binary
from instruments.recording import Recording

VENDOR = Vendor(
    name="generic_csv",
    title="a csv with units in its titles",
    columns={
        Role.TIME: (
            # "Time" alone is often the step's
            *("Test Time", "Total Time", "Elapsed Time", "Elapsed", "Run Time"),
            *("Program Duration", "Program Time", "Prog Time"),
            *("总时间", "测试时间", "累计时间", "Time", "t", "时间", "记录时间"),
            *("Seconds", "Minutes", "Hours", "Timestamp", "Zeit", "Temps"),
        ),
        Role.STEP_TIME: ("Step Time", "Step Duration", "工步时间", "相对时间"),
        Role.DATE: (
            *("Date Time", "Datetime", "Date", "Absolute Time", "Timestamp"),
            *("日期", "日期时间", "绝对时间", "系统时间"),
        ),
        Role.VOLTAGE: (
            *("Voltage", "Volt", "Volts", "U", "V", "Ecell", "Potential"),
            *("Cell Voltage", "Pack Voltage", "Terminal Voltage", "电压", "总电压"),
            *("实际电压", "电池电压", "Battery Voltage", "Spannung", "Tension"),
            *("mV", "mVolts"),
        ),
        Role.CURRENT: (
            *("Current", "Curr", "Amps", "I", "A", "Pack Current", "电流", "总电流"),
            *("实际电流", "电池电流", "Battery Current", "Strom", "Courant"),
            *("mA", "mAmps"),
        ),
        Role.CAPACITY: (
            *("Capacity", "Cap", "Ah", "mAh", "容量", "Kapazität", "Step Capacity"),
        ),
        Role.CHARGE_CAPACITY: ("Charge Capacity", "Chg Cap", "充电容量"),
        Role.DISCHARGE_CAPACITY: ("Discharge Capacity", "Dchg Cap", "放电容量"),
        Role.NET_CAPACITY: ("Net Capacity", "AhAccu"),
        Role.CYCLE: (
            "Cycle",
            "Cycle Index",
            "Cycle Number",
            "循环",
            "循环号",
            "循环序号",
        ),
        Role.STEP: (
            *("Step", "Step Index", "Step Number", "Step ID"),
            *("工步", "工步号", "工步序号", "步骤"),
        ),
        Role.STATE: (
            "State",
            "Status",
            "Mode",
            "Step Type",
            "状态",
            "工步类型",
            "模式",
        ),
        Role.DC_RESISTANCE: ("Internal Resistance", "Resistance", "IR", "DCIR", "内阻"),
        Role.TEMPERATURE: (
            *("Temperature", "Temp", "T", "T1", "Cell Temperature", "温度"),
            "Temperatur",
        ),
    },
    units={},
    marks=(("Voltage",), ("Current",), ("Time",)),
    states={},
    month_first=False,
)
_SCORE = 35


class GenericCsv(Delimited):
    """What is left: found only when no vendor's table fits."""

    vendor = VENDOR

    def sniff(self, head: bytes, file_name: str) -> Match:
        """A line that names voltage, current and a time."""
        if not is_binary(head):
            for text in texts(head):
                layout = find_layout(text, self.vendor)
                roles = () if layout is None else layout.roles(self.vendor)
                measured = {Role.VOLTAGE, Role.CURRENT}.issubset(roles)
                if measured and not {Role.TIME, Role.DATE}.isdisjoint(roles):
                    return Match(
                        score=_SCORE, reason="a header of time, voltage and current"
                    )
        return Match(score=0, reason="no header of time, voltage and current")

    def read(self, path: Path, hints: Hints) -> Recording:
        """Read by the mapping file, else by the titles.

        Raises:
            ReadingError: The mapping or the file is wrong.
        """
        vendor = self.vendor
        if hints.mapping is not None:
            vendor = mapped_vendor(hints.mapping)
        return read_table(path.read_bytes(), vendor, hints)

"""Neware BTSDA's flat csv: one line a record."""

from instruments.readers.delimited import Delimited
from instruments.readers.roles import Resets, Role, Vendor

VENDOR = Vendor(
    name="neware_csv",
    title="Neware's flat csv",
    columns={
        Role.TIME: (
            *("Total Time", "Cumulative Time", "Test Time", "总时间"),
            *("累计时间", "测试时间", "总计时间", "Record Time", "记录时间"),
        ),
        Role.STEP_TIME: (
            *("Time", "Step Time", "Relative Time", "时间", "工步时间"),
            *("相对时间", "步次时间"),
        ),
        Role.DATE: (
            *("Date", "Absolute Time", "Real Time", "Realtime", "绝对时间"),
            *("系统时间", "日期", "日期时间"),
        ),
        Role.VOLTAGE: ("Voltage", "Volt", "Vol", "电压", "实际电压"),
        Role.CURRENT: ("Current", "Cur", "Curr", "电流", "实际电流"),
        Role.CAPACITY: ("Capacity", "Cap", "容量"),
        Role.CHARGE_CAPACITY: (
            *("Chg. Cap.", "Chg. Capacity", "Charge Capacity", "Capacity of charge"),
            *("Capacitance_Chg", "CapaCity_Chg", "充电容量", "单工步充电容量"),
        ),
        Role.DISCHARGE_CAPACITY: (
            *("DChg. Cap.", "DChg. Capacity", "Discharge Capacity"),
            *("Capacity of discharge", "Capacitance_DChg", "CapaCity_DChg"),
            *("放电容量", "单工步放电容量"),
        ),
        Role.CYCLE: ("Cycle Index", "Cycle", "Cycle ID", "循环号", "循环序号", "循环"),
        # the executed step before the programme's
        Role.STEP: (
            *("Step Number", "工步序号", "Step Index", "Step", "Step ID"),
            *("Steps", "工步号", "工步", "步次"),
        ),
        Role.STATE: (
            *("Step Type", "Status", "State", "Step Name", "工步类型", "工步状态"),
            *("状态", "步次类型", "工作模式", "工步名称"),
        ),
        Role.DC_RESISTANCE: ("DCIR", "Internal Resistance", "内阻", "直流内阻"),
        Role.TEMPERATURE: ("T1", "Temperature", "Aux. T1", "Temp", "温度", "T"),
    },
    units={},
    marks=(
        (
            *("DataPoint", "Record Number", "Record ID", "Record Index", "Record"),
            *("数据序号", "记录序号", "记录号", "数据点"),
        ),
        ("Step Type", "Status", "State", "工步类型", "状态", "步次类型", "工步状态"),
        (
            *("Cycle Index", "Cycle", "Cycle ID", "循环号", "循环序号", "循环"),
            *("DChg. Cap.", "放电容量"),
        ),
        (
            *("Step Index", "Step Number", "Step ID", "Step", "Steps"),
            *("工步号", "工步序号", "步次"),
        ),
        (
            *("Total Time", "Cumulative Time", "Absolute Time", "Relative Time"),
            *("Date", "Realtime", "总时间", "累计时间", "绝对时间", "相对时间"),
        ),
    ),
    states={},
    resets=Resets.STEP,
    month_first=False,
)


class NewareCsv(Delimited):
    """Neware's flat export, English or Chinese, in any of its units."""

    vendor = VENDOR

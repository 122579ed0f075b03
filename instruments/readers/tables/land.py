"""LANHE/LAND's csv, native and as SINTEF's laboratory exports it."""

from instruments.readers.delimited import Delimited
from instruments.readers.roles import Role, Vendor

VENDOR = Vendor(
    name="land_csv",
    title="LAND's csv",
    columns={
        Role.TIME: ("TestTime", "test_time", "测试时间", "总时间"),
        Role.STEP_TIME: ("StepTime", "step_time", "工步时间", "步骤时间"),
        Role.DATE: (
            *("SysTime", "System Time", "date_time_iso_string", "DateTime"),
            *("系统时间", "绝对时间", "日期时间"),
        ),
        Role.VOLTAGE: ("Voltage", "电压"),
        Role.CURRENT: ("Current", "电流"),
        Role.CAPACITY: ("Capacity", "Cap", "容量"),
        Role.CHARGE_CAPACITY: ("charge_capacity", "CapC", "充电容量"),
        Role.DISCHARGE_CAPACITY: ("discharge_capacity", "CapD", "放电容量"),
        Role.CYCLE: ("Cycle-Index", "cycle_index", "Cycle", "循环序号", "循环号"),
        Role.STEP: ("Step-Index", "step_index", "Step", "工步序号", "工步号", "步骤"),
        Role.STATE: (
            *("Step-State", "State", "step_name", "Step Name", "Mode"),
            *("工步状态", "充放电状态", "状态", "工作模式", "步骤状态"),
        ),
        Role.DC_RESISTANCE: ("DCIR", "内阻", "直流内阻"),
        Role.TEMPERATURE: (
            "AuxTemp",
            "temperature_1",
            "Temperature",
            "温度",
            "辅助温度",
        ),
    },
    units={},
    marks=(
        ("TestTime", "测试时间"),
        (
            *("SysTime", "System Time", "date_time_iso_string"),
            *("系统时间", "SOC|DOD", "SpeCap", "比容量"),
        ),
        ("Step-State", "step_name", "State", "工步状态", "充放电状态", "步骤状态"),
        ("StepTime", "工步时间", "步骤时间"),
    ),
    states={},
)


class LandCsv(Delimited):
    """LAND's csv export."""

    vendor = VENDOR

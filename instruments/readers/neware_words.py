"""The words of Neware's csv exports, English and Chinese."""

from instruments.recording import StepKind
from instruments.units import Quantity

# the words of the English and the Chinese export
NAMES = {
    "cycle": ("Cycle Index", "循环号", "循环序号"),
    "charge": ("Chg. Cap.", "充电容量"),
    "discharge": ("DChg. Cap.", "放电容量"),
    "step": ("Step Number", "工步序号"),
    "step_index": ("Step Index", "工步号"),
    "step_type": ("Step Type", "工步类型"),
    "record": ("DataPoint", "数据序号", "记录序号"),
    "total_time": ("Total Time", "总时间"),
    "current": ("Current", "电流"),
    "voltage": ("Voltage", "电压"),
    "capacity": ("Capacity", "容量"),
    "date": ("Date", "绝对时间"),
    "temperature": ("T1", "温度"),
}
KINDS = {
    "Rest": StepKind.REST,
    "搁置": StepKind.REST,
    "静置": StepKind.REST,
    "CC Chg": StepKind.CHARGE,
    "CV Chg": StepKind.CHARGE,
    "CCCV Chg": StepKind.CHARGE,
    "恒流充电": StepKind.CHARGE,
    "恒压充电": StepKind.CHARGE,
    "恒流恒压充电": StepKind.CHARGE,
    "CC DChg": StepKind.DISCHARGE,
    "CP DChg": StepKind.DISCHARGE,
    "恒流放电": StepKind.DISCHARGE,
    "恒功率放电": StepKind.DISCHARGE,
}
QUANTITIES = {
    "charge": Quantity.CHARGE,
    "discharge": Quantity.CHARGE,
    "capacity": Quantity.CHARGE,
    "current": Quantity.CURRENT,
    "voltage": Quantity.VOLTAGE,
}

"""What the quantities of a vehicle are called."""

from anlan.connectors.frames import Measure
from anlan.connectors.gb32960.tables import ALARMS

_ROWS = """
speed 车速 km/h
mileage 累计里程 km
voltage 总电压 V
current 总电流 A
soc 电量 %
insulation 绝缘电阻 kΩ
accelerator 加速踏板行程 %
brake 制动踏板状态 %
state 车辆状态 -
charge 充电状态 -
lon 经度 °
lat 纬度 °
cell_voltage_max 电池单体电压最高值 V
cell_voltage_min 电池单体电压最低值 V
temperature_max 电池最高温度 ℃
temperature_min 电池最低温度 ℃
alarm_level 最高报警等级 -
engine.rpm 发动机转速 r/min
engine.consumption 发动机燃料消耗率 L/100km
fuel_cell.voltage 燃料电池电压 V
fuel_cell.current 燃料电池电流 A
fuel_cell.consumption 燃料消耗率 kg/100km
fuel_cell.hydrogen_temperature_max 氢系统最高温度 ℃
fuel_cell.hydrogen_concentration_max 氢气最高浓度 mg/kg
fuel_cell.hydrogen_pressure_max 氢气最高压力 MPa
motor.controller_temperature 驱动电机控制器温度 ℃
motor.rpm 驱动电机转速 r/min
motor.torque 驱动电机转矩 N·m
motor.temperature 驱动电机温度 ℃
motor.controller_voltage 电机控制器输入电压 V
motor.controller_current 电机控制器直流母线电流 A
"""
_NAMES = {
    key: (title, "" if unit == "-" else unit)
    for key, title, unit in (row.split() for row in _ROWS.strip().splitlines())
} | {name: (word, "") for name, word in ALARMS}


def measure(quantity: str) -> Measure | None:
    """Of `NAME`, `engine.NAME`, `fuel_cell.NAME` and `motor-1.NAME`."""
    part, dot, name = quantity.rpartition(".")
    number = part.removeprefix("motor-") if part.startswith("motor-") else ""
    key = f"motor.{name}" if number else f"{part}{dot}{name}"
    found = _NAMES.get(key)
    return (
        Measure(key, f"{found[0]}{f'（{number}号）' if number else ''}", found[1])
        if found
        else None
    )

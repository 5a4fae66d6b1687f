"""What the quantities of a vehicle are called."""

from anlan.connectors.frames import Measure

_ROWS = """
lon 经度 °
lat 纬度 °
altitude 海拔高度 m
speed 速度 km/h
direction 方向 °
mileage 里程 km
fuel 油量 L
emergency 紧急报警 -
overspeed 超速报警 -
fatigue 疲劳驾驶 -
danger 危险预警 -
power_cut 主电源掉电 -
area 进出区域 -
deviation 路线偏离 -
stolen 车辆被盗 -
collision 碰撞预警 -
rollover 侧翻预警 -
adas 高级驾驶辅助报警类型 -
dsm 驾驶员状态监测报警类型 -
blind_zone 盲区监测报警类型 -
warning 报警信息类型 -
"""
_MEASURES = {
    name: Measure(name, title, "" if unit == "-" else unit)
    for name, title, unit in (row.split() for row in _ROWS.strip().splitlines())
}


def measure(quantity: str) -> Measure | None:
    """Positions, motion, and the alarms that become readings."""
    return _MEASURES.get(quantity)

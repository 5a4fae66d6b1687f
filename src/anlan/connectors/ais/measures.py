"""What the quantities of ships and receivers are called."""

from anlan.connectors.frames import Measure

_ROWS = """
lon 经度 °
lat 纬度 °
speed 对地航速 kn
course 对地航向 °
heading 船首向 °
status 航行状态 -
alt 高度 m
draught 吃水 m
off_position 偏离设标位置 -
wind_speed 风速 kn
wind_angle 风向角 °
"""
_NAMES = {
    key: Measure(key, title, "" if unit == "-" else unit)
    for key, title, unit in (row.split() for row in _ROWS.strip().splitlines())
}


def measure(quantity: str) -> Measure | None:
    """Of the names of readings."""
    return _NAMES.get(quantity)

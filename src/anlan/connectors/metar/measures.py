"""What the quantities of an aerodrome's report are called."""

from anlan.connectors.frames import Measure

_ROWS = """
wind_speed 风速 m/s
wind_gust 阵风风速 m/s
wind_direction 风向 °
visibility 能见度 m
temperature 气温 ℃
dew_point 露点温度 ℃
pressure 修正海平面气压 hPa
cloud_base 云底高 m
"""
_NAMES = {
    key: Measure(key, title, unit)
    for key, title, unit in (row.split() for row in _ROWS.strip().splitlines())
}


def measure(quantity: str) -> Measure | None:
    """Of the names of readings."""
    return _NAMES.get(quantity)

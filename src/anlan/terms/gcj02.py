"""GCJ-02, the shifted positions that maps and some devices in mainland China use, and back.

Outside a box around the mainland nothing is shifted, as makers of maps do it.
"""

from math import pi, sin, sqrt

_A, _EE = 6378245.0, 0.00669342162296594323
"""The ellipsoid of Krasovsky: half axis in m, square of the eccentricity."""


def is_shifted(lon: float, lat: float) -> bool:
    """Whether maps are shifted there."""
    return 72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271


def from_wgs84(lon: float, lat: float) -> tuple[float, float]:
    """Longitude and latitude in degrees as GCJ-02 has them."""
    if not is_shifted(lon, lat):
        return lon, lat
    x, y = lon - 105.0, lat - 35.0
    wave = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + wave
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + wave
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    angle = lat / 180.0 * pi
    magic = 1.0 - _EE * sin(angle) ** 2
    north_deg = north * 180.0 / (_A * (1.0 - _EE) / (magic * sqrt(magic)) * pi)
    east_deg = east * 180.0 / (_A / sqrt(magic) * sin(pi / 2.0 - angle) * pi)
    return lon + east_deg, lat + north_deg


def to_wgs84(lon: float, lat: float) -> tuple[float, float]:
    """Longitude and latitude in degrees from GCJ-02, true to a millimetre or so."""
    if not is_shifted(lon, lat):
        return lon, lat
    true_lon, true_lat = lon, lat
    for _ in range(6):
        shifted_lon, shifted_lat = from_wgs84(true_lon, true_lat)
        true_lon, true_lat = true_lon + lon - shifted_lon, true_lat + lat - shifted_lat
    return true_lon, true_lat

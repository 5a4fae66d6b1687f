"""What is measured of an aircraft: `DEVICE.NAME`; what it calls unknown is no reading."""

from collections.abc import Callable, Mapping
from typing import Any

from anlan.connectors.frames import Measure
from anlan.connectors.mavlink import messages as m

_STATION, _NO_AUTOPILOT, _FIX = 6, 8, 2
_MOST_LAT, _MOST_LON = 90, 180
_ROWS = {
    "lon": ("经度", "°"), "lat": ("纬度", "°"), "altitude": ("海拔高度", "m"),
    "height": ("相对起飞点高度", "m"), "speed": ("速度", "km/h"), "climb": ("上升速度", "m/s"),
    "direction": ("航向", "°"), "battery": ("电量", "%"), "voltage": ("电池电压", "V"),
    "current": ("电池电流", "A"), "battery_temperature": ("电池温度", "℃"),
    "satellites": ("卫星数", ""), "fix": ("定位状态", ""), "armed": ("已解锁", ""),
    "state": ("系统状态", ""), "urgency": ("告警等级（0最高，7最低）", ""),
}  # fmt: skip


def measure(quantity: str) -> Measure | None:
    """What a quantity of an aircraft is."""
    row = _ROWS.get(quantity)
    return Measure(quantity, *row) if row else None


def flies(beat: Mapping[str, Any]) -> bool:
    """Whether a heartbeat is of what flies an aircraft, not of a ground station, a camera or a
    radio."""
    return bool(beat["type"] != _STATION and beat["autopilot"] != _NO_AUTOPILOT)


def is_placed(told: Mapping[str, Any]) -> bool:
    """Whether it says where it is; 0, 0 is what is said without a fix."""
    lat, lon = told["lat"], told["lon"]
    return bool((lat or lon) and abs(lat) <= _MOST_LAT and abs(lon) <= _MOST_LON)


def values_in(kind: int, told: Mapping[str, Any], *, is_lone: bool) -> dict[str, float]:
    """The values of a message. is_lone: the aircraft tells no place but that of its receiver."""
    found = _VALUES.get(kind, _nothing)(told)
    if kind == m.GPS_RAW and is_lone and told["fix_type"] >= _FIX and is_placed(told):
        found |= _place(told) | {"direction": told["course"]}
    return {name: float(value) for name, value in found.items() if value is not None}


def _nothing(_: Mapping[str, Any]) -> dict[str, Any]:
    return {}


def _place(told: Mapping[str, Any]) -> dict[str, Any]:
    return {"lon": told["lon"], "lat": told["lat"], "altitude": told["alt_m"],
            "speed": told["speed_kmh"]}  # fmt: skip


def _position(told: Mapping[str, Any]) -> dict[str, Any]:
    if not is_placed(told):
        return {}
    return _place(told) | {
        "height": told["rel_alt_m"], "climb": 0.0 - told["vz"], "direction": told["hdg"],
    }  # fmt: skip


def _battery(told: Mapping[str, Any]) -> dict[str, Any]:
    return {"battery_temperature": told["temperature"]} if told["id"] == 0 else {}


_VALUES: dict[int, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    m.HEARTBEAT: lambda told: {"armed": told["is_armed"], "state": told["system_status"]},
    m.SYS_STATUS: lambda told: {"battery": told["battery"], "voltage": told["voltage_v"],
                                "current": told["current_a"]},
    m.GPS_RAW: lambda told: {"satellites": told["satellites"], "fix": told["fix_type"]},
    m.POSITION: _position,
    m.BATTERY: _battery,
    m.TEXT: lambda told: {"urgency": told["urgency"]},
}  # fmt: skip

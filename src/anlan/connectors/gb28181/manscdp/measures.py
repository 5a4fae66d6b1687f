"""What the quantities of cameras are called."""

from anlan.connectors.frames import Measure
from anlan.connectors.gb28181.manscdp.tables import METHODS, kind_of

_NAMES = {
    "online": ("在线", ""), "works": ("工作正常", ""), "records": ("正在录像", ""),
    "faulty_channels": ("故障通道数", "个"), "lon": ("经度", "°"), "lat": ("纬度", "°"),
    "speed": ("速度", "km/h"), "direction": ("方向", "°"), "altitude": ("海拔", "m"),
}  # fmt: skip
_ALARMS = {
    f"alarm.{method.key}": method.name for method in METHODS.values()
} | {
    f"alarm.{method.key}.{key}": name
    for method in METHODS.values()
    for key, name in method.kinds.values()
}  # fmt: skip


def measure(quantity: str) -> Measure | None:
    """Of the device itself, or of a channel, whose identifier stands before it."""
    first, _, rest = quantity.partition(".")
    name = rest if len(first) == 20 and first.isdigit() else quantity
    if name in _ALARMS:
        return Measure(name, f"{_ALARMS[name]}（警情级别）")
    if name not in _NAMES:
        return None
    title, unit = _NAMES[name]
    kind = kind_of(first) if name != quantity else ""
    return Measure(name, f"{kind}{title}", unit)

"""What a location carries beside itself: JT/T 808 tables 27-34, JT/T 1078 and the Su standard.

An item whose length is not that of its kind, or that nobody wrote down here, stays raw.
"""

from dataclasses import dataclass
from typing import Any

from anlan.connectors.road.fields import (
    DEGREES,
    TENTH16,
    TENTH32,
    U8,
    U16,
    U32,
    Body,
    Code,
    Moment,
    Number,
    Raw,
    Short,
    Signed,
    Text,
)
from anlan.connectors.road.shapes import Edition, Group, Many, group

LABEL = Edition(
    group(
        ("terminal", Text(7)), ("time", Moment()), ("number", U8), ("files", U8),
        ("reserved", Raw(1)),
    ),
    group(
        ("terminal", Text(30)), ("time", Moment()), ("number", U8), ("files", U8),
        ("reserved", Raw(2)),
    ),
)  # fmt: skip
"""What names an alarm of the Su standard, and the files of it."""

_WHERE = (
    ("vehicle_speed", U8), ("altitude", U16), ("lat", DEGREES), ("lon", DEGREES),
    ("alarm_time", Moment()), ("vehicle_status", U16), ("label", LABEL),
)  # fmt: skip
_TYRE = group(
    ("position", U8), ("alarm", U16), ("pressure_kpa", U16), ("temperature_c", U16),
    ("battery_percent", U16),
)  # fmt: skip

ITEMS: dict[int, Group] = {
    0x01: group(("mileage_km", TENTH32)),
    0x02: group(("fuel_l", TENTH16)),
    0x03: group(("recorder_speed_kmh", TENTH16)),
    0x04: group(("alarm_to_confirm", U16)),
    0x05: group(("tyre_pressures", Raw(30))),
    0x06: group(("temperature_c", Signed())),
    0x11: group(("place_type", U8), ("place", U32, lambda _, seen: seen["place_type"] != 0)),
    0x12: group(("place_type", U8), ("place", U32), ("leaving", U8)),
    0x13: group(("segment", U32), ("driven_s", U16), ("too_long", U8)),
    0x14: group(("video_alarm", U32)),
    0x15: group(("video_lost", U32)),
    0x16: group(("video_covered", U32)),
    0x17: group(("storage_broken", U16)),
    0x18: group(("driving_alarm", U16), ("fatigue", U8)),
    0x25: group(("signals", U32)),
    0x2A: group(("io", U16)),
    0x2B: group(("analog_1", U16), ("analog_0", U16)),
    0x30: group(("signal_strength", U8)),
    0x31: group(("satellites", U8)),
    0x64: group(
        ("alarm_id", U32), ("flag", U8), ("adas", U8), ("level", U8), ("front_speed", U8),
        ("front_distance", Number(1, 10)), ("deviation", U8), ("sign_type", U8), ("sign_value", U8),
        *_WHERE,
    ),
    0x65: group(
        ("alarm_id", U32), ("flag", U8), ("dsm", U8), ("level", U8), ("fatigue", U8),
        ("reserved", Raw(4)), *_WHERE,
    ),
    0x66: group(("alarm_id", U32), ("flag", U8), *_WHERE, ("tyres", Many(_TYRE, U8))),
    0x67: group(("alarm_id", U32), ("flag", U8), ("blind_zone", U8), *_WHERE),
}  # fmt: skip

_ID = Code(1)


@dataclass(frozen=True, slots=True)
class Items:
    """Items of a number, a length and a value; `cut` where the last is shorter than it says."""

    def read(self, body: Body) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = []
        while len(body.data) - body.at >= 2:
            number, size = body.data[body.at], body.data[body.at + 1]
            start, body.at = body.at + 2, min(body.at + 2 + size, len(body.data))
            data = body.data[start : body.at]
            item = {"id": f"0x{number:02X}", "raw": data.hex()}
            items.append(item | ({"cut": size} if len(data) < size else _read(number, data, body)))
        return items

    def write(self, value: Any, version: int) -> bytes:
        return b"".join(_written(item, version) for item in value)


def _read(number: int, data: bytes, outer: Body) -> dict[str, Any]:
    kind = ITEMS.get(number)
    if kind is None:
        return {}
    body = Body(data, outer.version)
    try:
        values = kind.read(body)
    except Short:
        return {}
    return values if body.is_read else {}


def _written(item: dict[str, Any], version: int) -> bytes:
    number = int(item["id"], 16)
    is_raw = "raw" in item
    data = bytes.fromhex(item["raw"]) if is_raw else ITEMS[number].write(item, version)
    return bytes((number, item.get("cut", len(data)))) + data

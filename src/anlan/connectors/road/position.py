"""The 28 bytes that say where a vehicle is, and how it is."""

import struct
from dataclasses import dataclass
from typing import Any

from anlan.connectors.road.fields import Body, Moment
from anlan.connectors.road.items import Items
from anlan.connectors.road.shapes import group

LAYOUT = struct.Struct(">IIIIHHH6s")
"""Alarms, status, lat and lon in millionths, altitude, tenths of km/h, direction, time."""

FIX, SOUTH, WEST = 0x02, 0x04, 0x08
"""Bits of the status."""

ALARMS = (
    "emergency", "overspeed", "fatigue", "danger", "gnss_fault", "antenna_open", "antenna_short",
    "power_low", "power_cut", "display_fault", "speech_fault", "camera_fault", "card_fault",
    "overspeed_warning", "fatigue_warning", "illegal_driving", "tyre_warning", "blind_zone",
    "driving_too_long", "parking_too_long", "area", "route", "segment_time", "deviation",
    "speed_sensor_fault", "fuel_fault", "stolen", "illegal_ignition", "illegal_move", "collision",
    "rollover", "illegal_door",
)  # fmt: skip
"""What the bits of the alarm word are called, from the lowest."""

_TIME = Moment()


@dataclass(frozen=True, slots=True)
class Position:
    """lat, lon: as on the wire, never below zero; `south` and `west` say where."""

    def read(self, body: Body) -> dict[str, Any]:
        data = body.take(LAYOUT.size)
        alarm, status, lat, lon, altitude, speed, direction, time = LAYOUT.unpack(data)
        return {
            "alarm": alarm,
            "alarms": [name for bit, name in enumerate(ALARMS) if alarm >> bit & 1],
            "status": status,
            "has_fix": bool(status & FIX),
            "south": bool(status & SOUTH),
            "west": bool(status & WEST),
            "lat": lat / 1e6,
            "lon": lon / 1e6,
            "altitude_m": altitude,
            "speed_kmh": speed / 10,
            "direction": direction,
            "time": _TIME.read(Body(time)),
            "time_bcd": time.hex(),
        }

    def write(self, value: Any, version: int) -> bytes:
        place = (round(value["lat"] * 1e6), round(value["lon"] * 1e6), value["altitude_m"])
        motion = (round(value["speed_kmh"] * 10), value["direction"])
        time = _TIME.write(value["time"], version)
        return LAYOUT.pack(value["alarm"], value["status"], *place, *motion, time)


POSITION = Position()


@dataclass(frozen=True, slots=True)
class Location:
    """A position with what goes with it; is_whole: the items fill it to its last byte."""

    def read(self, body: Body) -> dict[str, Any]:
        values = POSITION.read(body)
        items = _ITEMS.read(body)
        is_whole = body.is_read and not (items and "cut" in items[-1])
        return {**values, "items": items, "is_whole": is_whole}

    def write(self, value: Any, version: int) -> bytes:
        return POSITION.write(value, version) + _ITEMS.write(value.get("items", ()), version)


_ITEMS = Items()
LOCATION = Location()
LOCATED = group(("location", LOCATION))

"""Messages that are read, by the tables of MAVLink's common dialect; numbers become plain units."""

import math
from collections.abc import Callable
from struct import Struct
from typing import Any, NamedTuple

EXTRAS = {
    0: 50, 1: 124, 2: 137, 4: 237, 5: 217, 6: 104, 7: 119, 8: 117, 11: 89, 20: 214, 21: 159,
    22: 220, 23: 168, 24: 24, 25: 23, 26: 170, 27: 144, 28: 67, 29: 115, 30: 39, 31: 246, 32: 185,
    33: 104, 34: 237, 35: 244, 36: 222, 37: 212, 38: 9, 39: 254, 40: 230, 41: 28, 42: 28, 43: 132,
    44: 221, 45: 232, 46: 11, 47: 153, 75: 158, 76: 152, 77: 143, 147: 154, 253: 83, 300: 217,
}  # fmt: skip
"""The byte that a kind of message adds to its check sum."""
_UNIX_US = 10**15
"""A time in µs above this counts from 1970, one below from when the aircraft was switched on."""
_KMH_PER_M_S = 3.6
Told = dict[str, Any]


class Message(NamedTuple):
    """layout: of its payload, zeros where it is shorter · read: its numbers in plain units."""

    name: str
    layout: Struct
    read: Callable[..., Told]


def _heartbeat(mode: int, kind: int, autopilot: int, base: int, state: int, _: int) -> Told:
    return {"custom_mode": mode, "type": kind, "autopilot": autopilot, "base_mode": base,
            "system_status": state, "is_armed": bool(base & 0x80)}  # fmt: skip


def _sys_status(*told: int) -> Told:
    volts, amperes, left = told[4], told[5], told[12]
    return {
        "sensors_present": told[0], "sensors_enabled": told[1], "sensors_health": told[2],
        "load": told[3] / 10, "drop_rate": told[6] / 100,
        "voltage_v": None if volts == 0xFFFF else volts / 1000,
        "current_a": None if amperes == -1 else amperes / 100,
        "battery": None if left == -1 else left,
    }  # fmt: skip


def _system_time(unix_us: int, boot_ms: int) -> Told:
    return {"time_ms": unix_us // 1000 if unix_us > _UNIX_US else None, "boot_ms": boot_ms}


def _gps_raw(*told: int) -> Told:
    at, lat, lon, alt, eph, epv, speed, course, fix, seen = told[:10]
    return {
        "time_ms": at // 1000 if at > _UNIX_US else None, "lat": lat / 1e7, "lon": lon / 1e7,
        "alt_m": alt / 1000, "hdop": None if eph == 0xFFFF else eph / 100,
        "vdop": None if epv == 0xFFFF else epv / 100,
        "speed_kmh": None if speed == 0xFFFF else speed / 100 * _KMH_PER_M_S,
        "course": None if course == 0xFFFF else course / 100, "fix_type": fix,
        "satellites": None if seen == 0xFF else seen,
    }  # fmt: skip


def _position(*told: int) -> Told:
    boot_ms, lat, lon, alt, above, vx, vy, vz, heading = told
    return {
        "boot_ms": boot_ms, "lat": lat / 1e7, "lon": lon / 1e7, "alt_m": alt / 1000,
        "rel_alt_m": above / 1000, "vx": vx / 100, "vy": vy / 100, "vz": vz / 100,
        "speed_kmh": math.hypot(vx, vy) / 100 * _KMH_PER_M_S,
        "hdg": None if heading == 0xFFFF else heading / 100,
    }  # fmt: skip


def _battery(*told: int) -> Told:
    used, energy, heat, *cells = told[:13]
    amperes, number, use, kind, left = told[13:]
    return {
        "id": number, "function": use, "type": kind, "battery": None if left == -1 else left,
        "consumed_mah": None if used == -1 else used,
        "consumed_j": None if energy == -1 else energy * 100,
        "temperature": None if heat == 0x7FFF else heat / 100,
        "current_a": None if amperes == -1 else amperes / 100,
        "cells_v": [one / 1000 for one in cells if one != 0xFFFF],
    }  # fmt: skip


def _text(rank: int, text: bytes, number: int, part: int) -> Told:
    told = text.split(b"\0")[0].decode("utf-8", "replace")
    return {"urgency": rank, "text": told, "id": number, "part": part}


HEARTBEAT, SYS_STATUS, SYSTEM_TIME, GPS_RAW, POSITION, BATTERY, TEXT = 0, 1, 2, 24, 33, 147, 253
MESSAGES = {
    HEARTBEAT: Message("HEARTBEAT", Struct("<I5B"), _heartbeat),
    SYS_STATUS: Message("SYS_STATUS", Struct("<3I2Hh6Hb"), _sys_status),
    SYSTEM_TIME: Message("SYSTEM_TIME", Struct("<QI"), _system_time),
    GPS_RAW: Message("GPS_RAW_INT", Struct("<Q3i4H2B"), _gps_raw),
    POSITION: Message("GLOBAL_POSITION_INT", Struct("<I4i3hH"), _position),
    BATTERY: Message("BATTERY_STATUS", Struct("<2ih10Hh3Bb"), _battery),
    TEXT: Message("STATUSTEXT", Struct("<B50sHB"), _text),
}


def told_in(message: Message, payload: bytes) -> Told:
    """What a payload says."""
    size = message.layout.size
    return message.read(*message.layout.unpack(payload[:size].ljust(size, b"\0")))

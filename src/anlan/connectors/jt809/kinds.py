"""The kinds of values that only JT/T 809 has: times in seconds, and where a vehicle is."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from anlan.connectors.road.fields import U8, U32, Body, Kind, Text
from anlan.connectors.road.position import ALARMS, FIX, LAYOUT, LOCATION
from anlan.connectors.road.shapes import Edition, Sized, group

_LAST_S = 4_102_444_800
_PLATFORMS, _PLATFORM_BYTES = 3, 15
_OLD = struct.Struct(">BBHBBBIIHHIHHII")
"""Day, month, year, hour, minute, second, lon and lat in millionths, two speeds in km/h, km,
degrees, m, status, alarms: a position of 2011 without the flag before it."""


@dataclass(frozen=True, slots=True)
class Utc:
    """A time of eight bytes in seconds, `2018-09-27T02:24:00Z`; the number where it is none."""

    def read(self, body: Body) -> str | int:
        at = int.from_bytes(body.take(8), "big")
        if not 0 < at < _LAST_S:
            return at
        return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"

    def write(self, value: Any, version: int) -> bytes:
        if isinstance(value, str):
            value = round(datetime.fromisoformat(value).timestamp())
        return int(value).to_bytes(8, "big")


@dataclass(frozen=True, slots=True)
class Old:
    """A position as in 2011, without the flag; its time is the lower platform's own."""

    def read(self, body: Body) -> dict[str, Any]:
        day, month, year, *clock, lon, lat, speed, recorder, km, way, high, status, alarm = (
            _OLD.unpack(body.take(_OLD.size))
        )
        return {
            "time": f"{year:04}-{month:02}-{day:02} {clock[0]:02}:{clock[1]:02}:{clock[2]:02}",
            "lon": lon / 1e6, "lat": lat / 1e6, "speed_kmh": speed, "recorder_speed_kmh": recorder,
            "mileage_km": km, "direction": way, "altitude_m": high, "status": status,
            "has_fix": bool(status & FIX), "alarm": alarm,
            "alarms": [name for bit, name in enumerate(ALARMS) if alarm >> bit & 1],
        }  # fmt: skip

    def write(self, value: Any, version: int) -> bytes:
        date, clock = value["time"].split(" ")
        year, month, day = map(int, date.split("-"))
        place = (round(value["lon"] * 1e6), round(value["lat"] * 1e6))
        moving = (value["speed_kmh"], value["recorder_speed_kmh"], value["mileage_km"])
        rest = (value["direction"], value["altitude_m"], value["status"], value["alarm"])
        return _OLD.pack(day, month, year, *map(int, clock.split(":")), *place, *moving, *rest)


OLD = Old()


@dataclass(frozen=True, slots=True)
class Inner:
    """What a position of 2019 holds: one of JT/T 808, or as some platforms have it that of 2011."""

    def read(self, body: Body) -> dict[str, Any]:
        data = body.rest()
        if is_old(data):
            return OLD.read(Body(data))
        if len(data) < LAYOUT.size:
            return {"raw": data.hex()}
        return LOCATION.read(Body(data, body.version))

    def write(self, value: Any, version: int) -> bytes:
        if "raw" in value:
            return bytes.fromhex(value["raw"])
        kind: Kind = OLD if "mileage_km" in value else LOCATION
        return kind.write(value, version)


def is_old(data: bytes) -> bool:
    """Whether the data of a position of 2019 is one of 2011: by its length and its date."""
    return (
        len(data) == _OLD.size
        and 1 <= data[0] <= 31
        and 1 <= data[1] <= 12
        and 1970 <= data[2] << 8 | data[3] < 2100
    )


def as_808(data: bytes) -> bytes:
    """The bytes of a position of 2011 as JT/T 808 has them, with the mileage as an item."""
    day, month, year, *clock, lon, lat, speed, _, km, way, high, status, alarm = _OLD.unpack(data)
    century, in_it = divmod(year, 100)
    parts = (in_it, month, day, *clock) if century == 20 else (0,) * 6
    bcd = bytes(min(n // 10, 15) << 4 | n % 10 for n in parts)
    tenths: int = min(10 * km, 0xFFFFFFFF)
    place = LAYOUT.pack(alarm, status, lat, lon, high, min(10 * speed, 0xFFFF), way, bcd)
    return place + b"\x01\x04" + tenths.to_bytes(4, "big")


UTC8, INNER = Utc(), Inner()
CODE = Text(11)
"""Of a platform: a county's code and a number."""

_BY_PLATFORM = group(("platform", CODE), ("alarm", U32))


@dataclass(frozen=True, slots=True)
class Three:
    """The alarms that three platforms see, or as many as are there."""

    def read(self, body: Body) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while len(found) < _PLATFORMS and not body.is_read:
            found.append(_BY_PLATFORM.read(body))
        return found

    def write(self, value: Any, version: int) -> bytes:
        return b"".join(_BY_PLATFORM.write(one, version) for one in value)


GNSS = Edition(
    group(("encrypted", U8), ("position", OLD)),
    group(("encrypted", U8), ("position", Sized(U32, INNER)), ("by_platform", Three())),
)
"""A position; encrypted: by the plug-in that shifts it, GCJ-02 · alarms by platform since 2019."""

GNSS_OLD = group(("encrypted", U8), ("position", OLD))


def positions(data: bytes, edition: int, *, is_many: bool) -> Iterator[tuple[bool, bytes]]:
    """The positions in a message, as JT/T 808 has them: whether shifted, and the bytes.

    Raises Short where one is cut short.
    """
    body = Body(data)
    count = U8.read(body) if is_many else 1
    for _ in range(int(count)):
        is_shifted = bool(U8.read(body))
        if edition < 2019:
            yield is_shifted, as_808(body.take(_OLD.size))
            continue
        inner = body.take(int(U32.read(body)))
        yield is_shifted, as_808(inner) if is_old(inner) else inner
        body.at = min(len(data), body.at + _PLATFORMS * _PLATFORM_BYTES)

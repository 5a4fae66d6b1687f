"""The readings that a vehicle's positions become.

This is the path that a province's vehicles take each second, so it is written for speed: names are
made once, the 28 bytes are read in one go, and of the rest only what becomes a reading.
"""

import math
from datetime import datetime, tzinfo
from functools import lru_cache

from anlan.connectors.road.position import ALARMS, FIX, LAYOUT, SOUTH, WEST
from anlan.terms.gcj02 import to_wgs84
from anlan.terms.quality import Quality
from anlan.terms.readings import Reading
from anlan.terms.times import NEVER

_TOLD = ("emergency", "overspeed", "fatigue", "danger", "power_cut", "area", "deviation", "stolen",
         "collision", "rollover")  # fmt: skip
"""The alarms that become readings; the others are in the fields."""

_AGAIN_MS = 600_000
"""An alarm that is on is told with each position, the others each ten minutes."""

_GOOD, _UNCERTAIN, _BAD = int(Quality.GOOD), int(Quality.UNCERTAIN), int(Quality.BAD)
_BCD = [10 * (n >> 4) + (n & 15) if n >> 4 < 10 and n & 15 < 10 else 255 for n in range(256)]
_SAFETY = {0x64: "adas", 0x65: "dsm", 0x67: "blind_zone"}
_new = tuple.__new__


class Track:
    """What is told of one vehicle; its sensors are `NAME.lon` and so on.

    is_gcj02: its positions are shifted, and turned back here.
    """

    __slots__ = ("_alarms", "_bits", "_items", "_names", "_told_ms", "_zone", "is_gcj02", "name")

    def __init__(self, name: str, zone: tzinfo, *, is_gcj02: bool = False) -> None:
        self.name, self._zone, self.is_gcj02 = name, zone, is_gcj02
        names = ("lon", "lat", "altitude", "speed", "direction")
        self._names = tuple(f"{name}.{one}" for one in names)
        self._alarms = [(1 << ALARMS.index(one), f"{name}.{one}") for one in _TOLD]
        self._items = {0x01: (f"{name}.mileage", 4), 0x02: (f"{name}.fuel", 2)}
        self._told_ms: float = math.inf
        self._bits = 0

    def forget(self) -> None:
        """What was told did not become durable: tell all alarms again."""
        self._told_ms = math.inf

    def readings(self, data: bytes) -> tuple[list[Reading], str]:
        """Those of one location, and why there are none where there are none."""
        if len(data) < LAYOUT.size:
            return [], f"a location of {len(data)} bytes, it needs {LAYOUT.size}"
        alarm, status, lat, lon, altitude, speed, direction, bcd = LAYOUT.unpack_from(data)
        at = _time_of(bcd, self._zone)
        if at is None:
            return [], f"the time {bcd.hex()} is none"
        if lat > 90_000_000 or lon > 180_000_000:
            return [], f"the position {lon / 1e6} {lat / 1e6} is outside the world"
        x, y = self._place(lon, lat, status)
        quality = _GOOD if status & FIX else _UNCERTAIN
        of_place = quality if x == x else _BAD
        at_x, at_y, high, fast, way = self._names
        found: list[Reading] = [
            _new(Reading, (at_x, at, x, of_place, NEVER)),
            _new(Reading, (at_y, at, y, of_place, NEVER)),
            _new(Reading, (high, at, float(altitude), quality, NEVER)),
            _new(Reading, (fast, at, speed / 10, quality, NEVER)),
            _new(Reading, (way, at, float(direction), quality, NEVER)),
        ]
        if alarm or self._bits or not 0 <= at - self._told_ms < _AGAIN_MS:
            self._add_alarms(found, alarm, at)
        if len(data) > LAYOUT.size:
            self._add_items(found, data, at)
        return found, ""

    def _place(self, lon: int, lat: int, status: int) -> tuple[float, float]:
        """Degrees, east and north; NaN where a terminal without a fix knows of none."""
        if not (lon or lat or status & FIX):
            return math.nan, math.nan
        x = -lon / 1e6 if status & WEST else lon / 1e6
        y = -lat / 1e6 if status & SOUTH else lat / 1e6
        return to_wgs84(x, y) if self.is_gcj02 else (x, y)

    def _add_alarms(self, found: list[Reading], bits: int, at: int) -> None:
        is_due = not 0 <= at - self._told_ms < _AGAIN_MS
        wanted = -1 if is_due else bits | self._bits
        self._bits = bits
        if is_due:
            self._told_ms = at
        for mask, name in self._alarms:
            if wanted & mask:
                found.append(Reading(name, at, 1.0 if bits & mask else 0.0, _GOOD, NEVER))

    def _add_items(self, found: list[Reading], data: bytes, at: int) -> None:
        start, end, items = LAYOUT.size, len(data), self._items
        while start + 2 <= end:
            number, size = data[start], data[start + 1]
            start += 2 + size
            if start > end:
                return
            if number in items:
                name, wanted = items[number]
                if size == wanted:
                    value = int.from_bytes(data[start - size : start], "big") / 10
                    found.append(_new(Reading, (name, at, value, _GOOD, NEVER)))
            elif number in _SAFETY and size > 6:
                is_over = data[start - size + 4] == 2
                kind = 0.0 if is_over else float(data[start - size + 5])
                found.append(Reading(f"{self.name}.{_SAFETY[number]}", at, kind, _GOOD, NEVER))


@lru_cache(maxsize=8192)
def _time_of(bcd: bytes, zone: tzinfo) -> int | None:
    """Milliseconds UTC; None where it is no time. Many vehicles speak in the same second."""
    year, month, day, hour, minute, second = bcd
    try:
        moment = datetime(
            2000 + _BCD[year], _BCD[month], _BCD[day], _BCD[hour], _BCD[minute], _BCD[second],
            tzinfo=zone,
        )  # fmt: skip
    except ValueError:
        return None
    return int(moment.timestamp()) * 1000

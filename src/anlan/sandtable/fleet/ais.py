"""A receiver on the coast 岸基AIS接收站: what ships near it tell, as lines of NMEA 0183."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from pyais import encode_dict

from anlan.sandtable.fleet.line import nowhere

_STATIC_EVERY, _DEGREE_NM, _HOUR_MS = 6, 60.0, 3_600_000
Value = str | float | int | bool | bytes


@dataclass
class Ship:
    """lon, lat in degrees · speed in knots · course in degrees · kind: of ships, 30 fishes."""

    mmsi: int
    name: str
    lon: float
    lat: float
    speed: float = 0.0
    course: float = 0.0
    status: int = 0
    kind: int = 30
    draught: float = 2.5
    callsign: str = ""
    destination: str = ""

    def sail(self, span_ms: int) -> None:
        """Goes on along its course."""
        way = self.speed * span_ms / _HOUR_MS / _DEGREE_NM
        heading = math.radians(self.course)
        self.lat += way * math.cos(heading)
        self.lon += way * math.sin(heading) / math.cos(math.radians(self.lat))

    def position(self, now_ms: int) -> list[str]:
        """Its position report."""
        told: dict[str, Value] = {
            "msg_type": 1, "mmsi": self.mmsi, "lon": self.lon, "lat": self.lat,
            "speed": self.speed, "course": self.course, "heading": round(self.course) % 360,
            "status": self.status, "second": now_ms // 1000 % 60,
        }  # fmt: skip
        return encode_dict(told, radio_channel="A", talker_id="AI", sentence_type="VDM")

    def particulars(self, sequence: int) -> list[str]:
        """Its name and voyage, in two sentences."""
        told: dict[str, Value] = {
            "msg_type": 5, "mmsi": self.mmsi, "shipname": self.name, "callsign": self.callsign,
            "ship_type": self.kind, "draught": self.draught, "destination": self.destination,
        }  # fmt: skip
        return encode_dict(
            told, radio_channel="B", talker_id="AI", sentence_type="VDM", seq_id=sequence
        )


@dataclass
class Receiver:
    """say: where what it says goes · report_s: how often each ship tells its position."""

    ships: list[Ship]
    report_s: float = 10.0
    say: Callable[[bytes], None] = field(default=nowhere)
    _next_ms: int = 0
    _last_ms: int = 0
    _count: int = 0

    def begin(self, now_ms: int) -> None:
        """There is a line."""
        self._next_ms = self._last_ms = now_ms
        self._count = 0

    def look(self, now_ms: int) -> None:
        """Tells what ships tell, each sentence by itself."""
        if now_ms < self._next_ms:
            return
        span_ms, self._last_ms = now_ms - self._last_ms, now_ms
        self._next_ms = now_ms + round(self.report_s * 1000)
        for number, ship in enumerate(self.ships):
            ship.sail(span_ms)
            lines = ship.position(now_ms)
            if self._count % _STATIC_EVERY == 0:
                lines += ship.particulars(number % 10)
            for line in lines:
                self.say(line.encode("ascii") + b"\r\n")
        self._count += 1

    def hear(self, data: bytes, now_ms: int) -> None:
        """Nobody says anything to a receiver."""

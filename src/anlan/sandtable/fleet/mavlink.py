"""An unmanned aircraft 无人机 that tells where it flies, by MAVLink 2 or 1."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from anlan.connectors.mavlink import messages as m
from anlan.connectors.mavlink.packet import Packet, written
from anlan.connectors.mavlink.stamps import EPOCH_MS
from anlan.sandtable.fleet.line import nowhere

_DEGREE_M = 111_320.0
_QUADROTOR, _ARDUPILOT, _ARMED, _ACTIVE = 2, 3, 0x80, 4


@dataclass
class Aircraft:
    """lon, lat in degrees · altitude_m above the sea · speed_m_s, course in degrees · battery in
    per cent · key: what it signs with, 32 bytes, empty for not at all · tell_s: how often it tells
    all · say: where what it says goes."""

    system: int
    lon: float
    lat: float
    altitude_m: float = 120.0
    speed_m_s: float = 0.0
    course: float = 0.0
    battery: int = 90
    version: int = 2
    key: bytes = b""
    tell_s: float = 1.0
    texts: list[tuple[int, str]] = field(default_factory=list)
    say: Callable[[bytes], None] = field(default=nowhere)
    _next_ms: int = 0
    _last_ms: int = 0
    _booted_ms: int = 0
    _count: int = 0

    def begin(self, now_ms: int) -> None:
        """There is a line."""
        self._next_ms = self._last_ms = now_ms
        self._booted_ms = self._booted_ms or now_ms - 60_000

    def look(self, now_ms: int) -> None:
        """Flies on and tells."""
        if now_ms < self._next_ms:
            return
        self._fly(now_ms - self._last_ms)
        self._last_ms, self._next_ms = now_ms, now_ms + round(self.tell_s * 1000)
        for kind, told in self._told(now_ms):
            payload = m.MESSAGES[kind].layout.pack(*told)
            packet = Packet(b"", self.version, self._count % 256, self.system, 1, kind, payload)
            stamp = (now_ms - EPOCH_MS) * 100 + self._count % 100
            self.say(written(packet, self.key, at=stamp))
            self._count += 1

    def hear(self, data: bytes, now_ms: int) -> None:
        """Nobody commands it."""

    def _fly(self, span_ms: int) -> None:
        way = self.speed_m_s * span_ms / 1000 / _DEGREE_M
        self.lat += way * math.cos(math.radians(self.course))
        self.lon += way * math.sin(math.radians(self.course)) / math.cos(math.radians(self.lat))

    def _told(self, now_ms: int) -> list[tuple[int, tuple[int | bytes, ...]]]:
        boot_ms, height = now_ms - self._booted_ms, round(self.altitude_m * 1000)
        lat, lon = round(self.lat * 1e7), round(self.lon * 1e7)
        north, east = (
            round(100 * self.speed_m_s * way(math.radians(self.course)))
            for way in (math.cos, math.sin)
        )
        texts = [(m.TEXT, (rank, text.encode()[:50], 0, 0)) for rank, text in self.texts]
        self.texts = []
        return [
            (m.SYSTEM_TIME, (now_ms * 1000, boot_ms)),
            (m.HEARTBEAT, (0, _QUADROTOR, _ARDUPILOT, _ARMED, _ACTIVE, 3)),
            (m.POSITION, (boot_ms, lat, lon, height, height, north, east, 0,
                          round(self.course * 100) % 36_000)),
            (m.SYS_STATUS, (0, 0, 0, 300, 15_200, 850, 0, 0, 0, 0, 0, 0, self.battery)),
            *texts,
        ]  # fmt: skip

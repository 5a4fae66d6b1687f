"""A weather desk of aerodromes 机场气象台: routine reports, and special ones where it turns bad."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from anlan.sandtable.fleet.line import nowhere

_BAD_M, _FAR = 1_500, "9999"


@dataclass
class Aerodrome:
    """station: its code · direction in degrees, speed and gust in m/s · visibility_m · weather: a
    code such as +TSRA · temperature, dew_point in ℃ · pressure in hPa · clouds: such as BKN010."""

    station: str
    direction: int = 20
    speed: int = 4
    gust: int = 0
    visibility_m: int = 10_000
    weather: str = ""
    clouds: str = "SCT040"
    temperature: int = 15
    dew_point: int = 10
    pressure: int = 1013

    @property
    def is_bad(self) -> bool:
        return self.visibility_m < _BAD_M or self.weather.startswith("+")

    def report(self, now_ms: int) -> str:
        """Its report, without the sign that ends it."""
        at = datetime.fromtimestamp(now_ms / 1000, UTC)
        gust = f"G{self.gust:02}" if self.gust else ""
        groups = [
            "SPECI" if self.is_bad else "METAR",
            self.station,
            f"{at:%d%H%M}Z",
            f"{self.direction:03}{self.speed:02}{gust}MPS",
            _FAR if self.visibility_m >= 10_000 else f"{self.visibility_m:04}",
            self.weather,
            self.clouds,
            f"{_degrees(self.temperature)}/{_degrees(self.dew_point)}",
            f"Q{self.pressure:04}",
            "" if self.is_bad else "NOSIG",
        ]
        return " ".join(one for one in groups if one)


def _degrees(value: int) -> str:
    return f"M{-value:02}" if value < 0 else f"{value:02}"


@dataclass
class Desk:
    """Sends one bulletin of all aerodromes now and then. centre: who sends it."""

    aerodromes: list[Aerodrome]
    centre: str = "ZSSS"
    report_s: float = 1_800.0
    say: Callable[[bytes], None] = field(default=nowhere)
    _next_ms: int = 0

    def begin(self, now_ms: int) -> None:
        """There is a line."""
        self._next_ms = now_ms

    def look(self, now_ms: int) -> None:
        """Sends when it is time."""
        if now_ms >= self._next_ms:
            self._next_ms = now_ms + round(self.report_s * 1000)
            self.say(self.collective(now_ms))

    def collective(self, now_ms: int) -> bytes:
        """All reports behind a heading."""
        at = datetime.fromtimestamp(now_ms / 1000, UTC)
        lines = [f"SACI31 {self.centre} {at:%d%H%M}"]
        lines += [one.report(now_ms) + "=" for one in self.aerodromes]
        return "\r\n".join([*lines, ""]).encode("ascii")

    def hear(self, data: bytes, now_ms: int) -> None:
        """Nobody says anything to it."""

"""One stream of reports; nothing is answered, as whoever sends them sends on."""

from collections.abc import Mapping
from typing import Any

from anlan.connectors.dials import DAY_MS, MONTH_MS, Dial
from anlan.connectors.frames import Ask, Frame, Way
from anlan.connectors.metar.report import report_of
from anlan.connectors.metar.reports import Reports
from anlan.terms.errors import Malformed
from anlan.terms.quality import Quality
from anlan.terms.readings import Reading
from anlan.terms.times import NEVER

_MEASURED = {
    "wind_speed": "wind_speed", "wind_gust": "wind_gust", "wind_direction": "wind_direction",
    "visibility": "visibility_m", "temperature": "temp_C", "dew_point": "dew_C",
    "pressure": "press_hPa", "cloud_base": "cloud_base_m",
}  # fmt: skip


class Talk:
    """Reports of many stations may come in one stream."""

    def __init__(self, way: Way) -> None:
        self._reports = Reports()

    def feed(self, data: bytes) -> list[Frame]:
        return [_judged(*piece) for piece in self._reports.feed(data)]

    def end(self) -> list[Frame]:
        return [_judged(*piece) for piece in self._reports.end()]

    def answer(self, frame: Frame, now_ms: int) -> bytes:
        return b""

    def refuse(self, frame: Frame, now_ms: int) -> bytes:
        return b""

    def ask(self, ask: Ask, now_ms: int) -> tuple[str, bytes]:
        raise Malformed("reports come by themselves")


def _judged(raw: bytes, reason: str) -> Frame:
    if reason:
        return Frame(raw, reason)
    try:
        told = report_of(raw.decode("ascii"))
    except UnicodeDecodeError:
        return Frame(raw, "not this protocol: not ASCII")
    except Malformed as error:
        return Frame(raw, str(error))
    station = told["station"]
    readings = tuple(_readings(station, told))
    dials = (_dial(told),) * len(readings)
    head = {"type": told["type"], "station": station}
    return Frame(raw, device=station, header=head, fields=told, readings=readings, dials=dials)


def _dial(told: Mapping[str, Any]) -> Dial:
    of_day = (told["hour"] * 60 + told["minute"]) * 60_000
    return Dial(MONTH_MS, (told["day"] - 1) * DAY_MS + of_day)


def _readings(station: str, told: Mapping[str, Any]) -> list[Reading]:
    """In m/s, degrees, m, ℃ and hPa; a wind that turns has no direction."""
    return [
        Reading(f"{station}.{name}", 0, float(told[field]), int(Quality.GOOD), NEVER)
        for name, field in _MEASURED.items()
        if told[field] is not None
    ]

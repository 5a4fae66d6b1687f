"""What is measured of ships and stations: sensors `MMSI.NAME`, of a receiver itself `TALKER.NAME`.

Degrees, knots, metres. What a ship calls unknown is no reading.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from anlan.connectors.ais.own import When, when
from anlan.connectors.dials import MINUTE_MS, Dial
from anlan.terms.quality import Quality
from anlan.terms.readings import Reading
from anlan.terms.times import NEVER

_PLACED = {0, 1, 2, 3, 4, 9, 11, 18, 19, 21, 27, 28}
_UNKNOWN: dict[str, set[float]] = {
    "speed": {102.3, 1023.0}, "course": {360.0, 511.0}, "heading": {511.0}, "alt": {4095.0},
}  # fmt: skip
_UNKNOWN_FAR: dict[str, set[float]] = {"speed": {63.0}, "course": {511.0}}
_FAR, _STATION, _ANSWER = 27, 4, 11
_MOST_LON, _MOST_LAT = 180, 90
_UNDEFINED = 15
_MS_PER_KNOT = {"N": 1.0, "M": 1.943844, "K": 0.539957}
_GOOD, _UNCERTAIN = int(Quality.GOOD), int(Quality.UNCERTAIN)


def ship_readings(device: str, told: Mapping[str, Any], time_ms: int | None) -> dict[str, Any]:
    """Readings and dials of a message, as a frame has them. time_ms: of the tag block."""
    at = _ship_when(told, time_ms)
    return _made(device, _ship_values(told), at, _GOOD)


def own_readings(device: str, told: Mapping[str, Any], time_ms: int | None) -> dict[str, Any]:
    """The same of a sentence of the receiver itself."""
    at = when(dict(told))
    if at.ms is None and time_ms is not None:
        at = When(time_ms)
    is_estimated = told.get("fix") == 6
    return _made(device, _own_values(told), at, _UNCERTAIN if is_estimated else _GOOD)


def _made(
    device: str, values: Iterator[tuple[str, float]], at: When, quality: int
) -> dict[str, Any]:
    readings = tuple(
        Reading(f"{device}.{name}", at.ms or 0, float(value), quality, NEVER)
        for name, value in values
    )
    return {"readings": readings, "dials": () if at.ms is not None else (at.dial,) * len(readings)}


def _ship_when(told: Mapping[str, Any], time_ms: int | None) -> When:
    """A station tells all of its time, a ship the second."""
    if told["msg_type"] in (_STATION, _ANSWER):
        names = ("year", "month", "day", "hour", "minute", "second")
        year, month, day, hour, minute, second = (told.get(name) or 0 for name in names)
        try:
            moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
            return When(round(moment.timestamp() * 1000))
        except ValueError:  # a station without a clock tells zeros
            pass
    if time_ms is not None:
        return When(time_ms)
    second = told.get("second")
    if isinstance(second, int) and second < 60:
        return When(dial=Dial(MINUTE_MS, second * 1000))
    return When()


def _ship_values(told: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    kind = told["msg_type"]
    if kind in _PLACED:
        yield from _place(told)
    unknown = _UNKNOWN_FAR if kind == _FAR else _UNKNOWN
    for name in ("speed", "course", "heading", "alt") if kind in _PLACED else ():
        value = told.get(name)
        if value is not None and value not in unknown.get(name, ()):
            yield name, value
    if kind in (0, 1, 2, 3, _FAR) and told.get("status") not in (None, _UNDEFINED):
        yield "status", told["status"]
    if kind in (21, 28) and "off_position" in told:
        yield "off_position", told["off_position"]
    if kind == 5 and told.get("draught"):
        yield "draught", told["draught"]


def _place(told: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    lon, lat = told.get("lon"), told.get("lat")
    if lon is not None and lat is not None and abs(lon) <= _MOST_LON and abs(lat) <= _MOST_LAT:
        yield "lon", lon
        yield "lat", lat


def _own_values(told: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    if told.get("status") == "V" or told.get("fix") == 0:
        return
    yield from _place(told)
    for name in ("alt", "course", "heading"):
        if told.get(name) is not None:
            yield name, told[name]
    if told.get("knots") is not None:
        yield "speed", told["knots"]
    knots = _MS_PER_KNOT.get(told.get("unit", ""))
    if told.get("reference") == "T" and knots and told.get("speed") is not None:
        yield "wind_speed", told["speed"] * knots
        yield "wind_angle", told["angle"] or 0.0

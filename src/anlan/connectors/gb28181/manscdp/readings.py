"""What devices measured and noticed: alarms, positions, and which channels work.

Sensors are `DEVICE.QUANTITY` for the device that registered and `DEVICE.CHANNEL.QUANTITY` for one
of its channels.
"""

import math
from collections.abc import Iterator, Mapping
from datetime import datetime, tzinfo
from typing import Any, NamedTuple

from anlan.connectors.dials import NOT_TOLD, Dial
from anlan.connectors.gb28181.manscdp.tables import OFF, ON, alarm_key, is_channel
from anlan.connectors.gb28181.manscdp.told import alarm_type, command_of, faulty, items
from anlan.connectors.gb28181.manscdp.xml import Document, text_at
from anlan.terms.gcj02 import to_wgs84
from anlan.terms.quality import Quality
from anlan.terms.readings import Reading
from anlan.terms.sensors import is_key
from anlan.terms.times import NEVER

_MOTION = {"Speed": "speed", "Direction": "direction", "Altitude": "altitude"}


class Sense(NamedTuple):
    """How to read. zone: of times · is_gcj02: positions are shifted."""

    zone: tzinfo
    is_gcj02: bool = False


class Taken(NamedTuple):
    """As in a frame: dials only where none of the times is told, that of reception counts then."""

    readings: tuple[Reading, ...] = ()
    dials: tuple[Dial, ...] = ()
    fault: str = ""


Row = tuple[str, str, float, str]
"""Channel, quantity, value, time as it stands."""


def readings_of(device: str, document: Document, sense: Sense) -> Taken:
    """The readings of a text of MANSCDP that a device sent."""
    make = _MAKERS.get(command_of(document))
    if make is None or document.root not in ("Notify", "Response"):
        return Taken()
    rows = list(make(document.tree))
    times = {said: _moment(said, sense.zone) for *_, said in rows}
    faults = [f"no time: {said[:40]!r}" for said, time in times.items() if said and time is None]
    newest = max((time for time in times.values() if time is not None), default=None)
    found = []
    for channel, name, value, said in rows:
        key = ".".join((device, name) if channel in ("", device) else (device, channel, name))
        if not device or not is_key(key):
            faults.append(f"makes no key of a sensor: {key[:80]!r}")
            continue
        time = times[said] if times[said] is not None else newest or 0
        quality = Quality.UNCERTAIN if said and times[said] is None else Quality.GOOD
        found.append(Reading(key, time or 0, value, quality, NEVER))
    dials = () if newest is not None else (NOT_TOLD,) * len(found)
    return Taken(tuple(_unshifted(found, sense)), dials, "; ".join(dict.fromkeys(faults)))


def _moment(text: str, zone: tzinfo) -> int | None:
    """Milliseconds UTC of a time; None for what is none."""
    try:
        at = datetime.fromisoformat(text.strip())
        at = at if at.tzinfo else at.replace(tzinfo=zone)
        return round(at.timestamp() * 1000)
    except (ValueError, OverflowError, OSError):
        return None


def _keepalive(tree: Mapping[str, Any]) -> Iterator[Row]:
    yield "", "faulty_channels", float(len(faulty(tree))), ""
    status = (text_at(tree, "Status") or "").upper()
    if status in ON | OFF:
        yield "", "works", float(status in ON), ""


def _catalog(tree: Mapping[str, Any]) -> Iterator[Row]:
    for one in items(tree) or []:
        key = text_at(one, "DeviceID") or ""
        said = [(text_at(one, name) or "").upper() for name in ("Event", "Status")]
        status = next((word for word in said if word in ON | OFF), "")
        if is_channel(key) and status:
            yield key, "online", float(status in ON), ""


def _status(tree: Mapping[str, Any]) -> Iterator[Row]:
    channel = text_at(tree, "DeviceID") or ""
    for name, quantity in (("Online", "online"), ("Status", "works"), ("Record", "records")):
        status = (text_at(tree, name) or "").upper()
        if status in ON | OFF:
            yield channel, quantity, float(status in ON), ""


def _alarm(tree: Mapping[str, Any]) -> Iterator[Row]:
    channel, at = text_at(tree, "DeviceID") or "", text_at(tree, "AlarmTime") or ""
    priority = _number(text_at(tree, "AlarmPriority"))
    key = alarm_key(text_at(tree, "AlarmMethod"), alarm_type(tree))
    yield channel, f"alarm.{key}", priority if math.isfinite(priority) else 0.0, at
    yield from _place(channel, tree, at)


def _position(tree: Mapping[str, Any]) -> Iterator[Row]:
    rows = items(tree)
    for one in rows if rows else [tree]:
        channel = text_at(one, "DeviceID") or text_at(tree, "DeviceID") or ""
        at = text_at(one, "Time") or text_at(one, "CaptureTime") or text_at(tree, "Time") or ""
        yield from _place(channel, one, at)
        for name, quantity in _MOTION.items():
            value = _number(text_at(one, name))
            if math.isfinite(value):
                yield channel, quantity, value, at


def _place(channel: str, tree: Mapping[str, Any], at: str) -> Iterator[Row]:
    """A position; zero and zero is what is sent where there is none."""
    lon, lat = (_number(text_at(tree, name)) for name in ("Longitude", "Latitude"))
    if abs(lon) <= 180 and abs(lat) <= 90 and (lon or lat):
        yield channel, "lon", lon, at
        yield channel, "lat", lat, at


def _number(text: str | None) -> float:
    try:
        value = float(text or "nan")
    except ValueError:
        return math.nan
    return value if math.isfinite(value) and "_" not in (text or "") else math.nan


def _unshifted(found: list[Reading], sense: Sense) -> Iterator[Reading]:
    """The same with positions as the house keeps them: a longitude stands before its latitude."""
    lon: Reading | None = None
    for one in found:
        if not sense.is_gcj02 or not one.sensor.endswith((".lon", ".lat")):
            yield one
        elif one.sensor.endswith(".lon"):
            lon = one
        elif lon is not None:
            x, y = to_wgs84(lon.value, one.value)
            yield lon._replace(value=x)
            yield one._replace(value=y)


_MAKERS = {
    "Keepalive": _keepalive, "Catalog": _catalog, "DeviceStatus": _status, "Alarm": _alarm,
    "MobilePosition": _position,
}  # fmt: skip

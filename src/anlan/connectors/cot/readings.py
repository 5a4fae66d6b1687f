"""What a team member measures: its place, how it moves, its battery, and calls for help.

Readings are of the far end itself. A mark that somebody drew on the map is told, and is none.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from anlan.connectors.cot.event import UNKNOWN, Event
from anlan.connectors.frames import Measure
from anlan.terms.quality import Quality
from anlan.terms.readings import Reading

EMERGENCIES: Final = {
    "b-a-o-tbl": "911 Alert", "b-a-o-pan": "Ring The Bell", "b-a-g": "Geo-fence Breached",
    "b-a-o-opn": "In Contact", "b-a-o-can": "",
}  # fmt: skip
"""Types of calls for help, the last ends one."""
_CANCEL, _SUFFIX = "b-a-o-can", "-9-1-1"
_KMH_PER_M_S = 3.6
_ROWS = {
    "lon": ("经度", "°"), "lat": ("纬度", "°"), "altitude": ("椭球高", "m"),
    "speed": ("速度", "km/h"), "direction": ("方向", "°"), "battery": ("电量", "%"),
    "accuracy": ("水平误差", "m"), "emergency": ("紧急呼救", ""),
}  # fmt: skip


def measure(quantity: str) -> Measure | None:
    """What a quantity of a team member is."""
    row = _ROWS.get(quantity)
    return Measure(quantity, *row) if row else None


class Said(NamedTuple):
    """What an event comes to. device: who sent it, empty where that is not said · fault: why it is
    no reading though it could be one."""

    device: str
    readings: tuple[Reading, ...] = ()
    fault: str = ""


def said_by(event: Event) -> Said:
    """The readings of an event."""
    is_call = event.kind in EMERGENCIES
    if not is_call and not _is_own(event):
        return Said("")
    device = device_of(event)
    if event.more.get("opex", "")[:1] in ("e", "s"):
        return Said(device, (), "an exercise or a simulation (opex) is no reading")
    values = dict(_values(event, is_call))
    if not values:
        return Said(device, (), "a place that is not known (no fix)")
    quality = Quality.UNCERTAIN if event.how.startswith("h") and not is_call else Quality.GOOD
    return Said(device, tuple(
        Reading(f"{device}.{name}", event.at, value, quality, 0) for name, value in values.items()
    ))  # fmt: skip


def device_of(event: Event) -> str:
    """Who sent an event: of a call for help the one that it links to."""
    if event.kind not in EMERGENCIES:
        return event.uid
    return event.part("link").get("uid") or event.uid.removesuffix(_SUFFIX)


def is_cancelled(event: Event) -> bool:
    """Whether an event ends a call for help."""
    return event.kind == _CANCEL or event.part("emergency").get("cancel") == "true"


def _is_own(event: Event) -> bool:
    """Whether it tells of the far end itself: measured there, or by a program that names itself."""
    is_thing = event.kind.startswith("a-")
    return is_thing and (event.how.startswith("m") or event.has("takv") or event.has("__group"))


def _values(event: Event, is_call: bool) -> Iterator[tuple[str, float]]:
    if is_call:
        yield "emergency", 0.0 if is_cancelled(event) else 1.0
    if event.lat == event.lon == 0.0:  # what a program sends that has no fix
        return
    yield "lat", event.lat
    yield "lon", event.lon
    if abs(event.hae) < UNKNOWN:
        yield "altitude", event.hae
    if 0 <= event.ce < UNKNOWN:
        yield "accuracy", event.ce
    yield from _parts(event)


def _parts(event: Event) -> Iterator[tuple[str, float]]:
    asked = (("speed", "track", "speed", _KMH_PER_M_S), ("direction", "track", "course", 1.0),
             ("battery", "status", "battery", 1.0))  # fmt: skip
    for name, tag, attribute, scale in asked:
        try:
            value = float(event.part(tag).get(attribute)) * scale
        except ValueError:
            continue
        if 0 <= value < 1e6:
            yield name, value

"""What a lower platform's vehicles tell: positions and warnings become readings."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

from anlan.connectors.jt809.kinds import positions
from anlan.connectors.jt809.opened import Opened, fields_of
from anlan.connectors.road.fields import Short
from anlan.connectors.road.track import Track
from anlan.terms.quality import Quality
from anlan.terms.readings import Reading
from anlan.terms.sensors import is_key
from anlan.terms.times import NEVER, parse_time

LOCATION, LOCATIONS, WARNING = 0x1202, 0x1203, 0x1402
_MOST = 20_000
_MOST_FAULTS = 3
Taken = tuple[list[Reading], str]
"""Readings, and why there are none, or fewer."""


def name_of(plate: str, colour: int | None) -> str:
    """Of a vehicle, `川A12345_2`: plates of two colours may bear the same letters; or empty."""
    name = f"{plate}_{colour or 0}"
    if not plate:
        return ""
    return name if is_key(name) else name.encode().hex()[:128]


class Vehicles:
    """The vehicles of one platform; those silent for longest are forgotten."""

    def __init__(self, zone: tzinfo, *, is_gcj02: bool) -> None:
        self._zone, self._is_gcj02 = zone, is_gcj02
        self._tracks: dict[str, Track] = {}

    def taken(self, device: str, one: Opened) -> Taken:
        """What a message becomes."""
        if one.number in (LOCATION, LOCATIONS):
            return self._located(device, one)
        return _warned(device, fields_of(one)) if one.number == WARNING else ([], "")

    def forget(self, device: str) -> None:
        """What it told did not become durable."""
        if device in self._tracks:
            self._tracks[device].forget()

    def _located(self, device: str, one: Opened) -> Taken:
        is_many = one.number == LOCATIONS
        found: list[Reading] = []
        faults: list[str] = []
        track = self._track(device)
        try:
            for is_shifted, data in positions(one.data, one.head.edition, is_many=is_many):
                track.is_gcj02 = is_shifted or self._is_gcj02
                readings, fault = track.readings(data)
                found += readings
                faults += [fault] if fault else []
        except Short:
            faults.append("a position is cut short")
        return found, "; ".join(faults[:_MOST_FAULTS])

    def _track(self, device: str) -> Track:
        track = self._tracks.pop(device, None) or Track(device, self._zone)
        if len(self._tracks) >= _MOST:
            del self._tracks[next(iter(self._tracks))]
        self._tracks[device] = track
        return track


def _warned(device: str, fields: Mapping[str, Any]) -> Taken:
    """A warning is its kind from when it began, and 0 from when it ended."""
    told = fields.get("warning", {})
    at = told.get("warned_at")
    if not isinstance(at, str):
        return [], "a warning without a time"
    kind, name = float(int(told["warning"], 16)), f"{device}.warning"
    found = [Reading(name, parse_time(at), kind, int(Quality.GOOD), NEVER)]
    end = told.get("end")
    if isinstance(end, str) and (over := parse_time(end)) > found[0].time:
        found.append(Reading(name, over, 0.0, int(Quality.GOOD), NEVER))
    return found, ""

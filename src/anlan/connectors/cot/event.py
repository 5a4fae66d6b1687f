"""A Cursor-on-Target event 2.0, and its XML."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import isfinite
from typing import Final

from anlan.connectors.cot.part import Part, read, write
from anlan.terms.errors import Malformed
from anlan.terms.times import FIRST_MS, LAST_MS

UNKNOWN: Final = 9_999_999.0
"""A height or an error that is not known."""
_PLACE = ("lat", "lon", "hae", "ce", "le")
_MORE = ("access", "qos", "opex", "caveat", "releaseableTo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What is where, from when until when, and how that is known.

    kind: its type, such as a-f-G-U-C · at, start, stale: ms UTC · lat, lon: degrees WGS 84 ·
    hae: metres above the ellipsoid · ce, le: metres of error · more: access, qos, opex, caveat,
    releaseableTo · detail: what else is said.
    """

    uid: str
    kind: str
    at: int
    start: int
    stale: int
    how: str = ""
    lat: float = 0.0
    lon: float = 0.0
    hae: float = UNKNOWN
    ce: float = UNKNOWN
    le: float = UNKNOWN
    more: Mapping[str, str] = field(default_factory=dict)
    detail: tuple[Part, ...] = ()

    def part(self, tag: str) -> Part:
        """The first part of the detail of a tag; an empty one where there is none."""
        return Part("detail", parts=self.detail).find(tag) or Part(tag)

    def has(self, tag: str) -> bool:
        """Whether the detail says something of a tag."""
        return any(one.tag == tag for one in self.detail)


def event_in(raw: bytes) -> Event:
    """The event of an XML element; Malformed says what is wrong with it."""
    found = read(raw)
    point = found.find("point")
    if point is None:
        raise Malformed("an event without a point")
    detail = found.find("detail")
    event = Event(
        uid=found.get("uid"), kind=found.get("type"), how=found.get("how"),
        at=moment_of(found.get("time")), start=moment_of(found.get("start")),
        stale=moment_of(found.get("stale")),
        **{name: _number(point, name) for name in _PLACE},
        more={name: found.get(name) for name in _MORE if name in found.attrs},
        detail=detail.parts if detail else (),
    )  # fmt: skip
    return checked(event)


def checked(event: Event) -> Event:
    """The same event; Malformed where it could be none."""
    if not event.uid.strip() or not event.kind:
        raise Malformed("an event without uid or type")
    if not all(isfinite(getattr(event, name)) for name in _PLACE):
        raise Malformed("a place that is no number")
    if not (-90 <= event.lat <= 90 and -180 <= event.lon <= 180):
        raise Malformed("a place outside of the world")
    if not all(FIRST_MS <= at <= LAST_MS for at in (event.at, event.start, event.stale)):
        raise Malformed("a time beyond the calendar")
    return event


def _number(point: Part, name: str) -> float:
    text = point.get(name)
    if not text and name in ("hae", "ce", "le"):
        return UNKNOWN
    try:
        return float(text)
    except ValueError as error:
        raise Malformed(f"{name} is no number: {text[:40]!r}") from error


def moment_of(text: str) -> int:
    """Milliseconds UTC of a time; Malformed for none. Without a zone it is UTC."""
    try:
        found = datetime.fromisoformat(text.strip())
        zoned = found if found.tzinfo else found.replace(tzinfo=UTC)
        return round(zoned.timestamp() * 1000)
    except (ValueError, OverflowError) as error:
        raise Malformed(f"no time: {text[:40]!r}") from error


def told(ms: int) -> str:
    """A time as events have it."""
    at = datetime.fromtimestamp(ms // 1000, UTC)
    return f"{at.replace(tzinfo=None).isoformat()}.{ms % 1000:03d}Z"


def xml_of(event: Event) -> bytes:
    """An event as XML."""
    head = {
        "version": "2.0", "uid": event.uid, "type": event.kind, "how": event.how,
        "time": told(event.at), "start": told(event.start), "stale": told(event.stale),
    }  # fmt: skip
    point = Part("point", {name: repr(getattr(event, name)) for name in _PLACE})
    detail = Part("detail", parts=event.detail)
    return write(Part("event", {**head, **event.more}, "", (point, detail)))

"""A CAP message as a frozen value.

A field is named as its element (`msg_type` is msgType) and stands in the order of the standard:
reading and writing follow these classes. Texts are kept as they stand in the file, times too: a
message is known by the text of its sender, identifier and sent, and what is written again must
be the same. Absent is None, or an empty tuple.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

LANGUAGE = "en-US"
"""What an info without a language speaks."""

_MIDNIGHT = re.compile(r"T24:00:00(?:\.0+)?(?![\d.])")


@dataclass(frozen=True, slots=True)
class Pair:
    """A code, a parameter or a geocode: what it is called by its maker, and its value."""

    value_name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A file that belongs to an info: by address, or inside as Base64 (`deref_uri`).

    size: bytes, as text · digest: SHA-1 in hexadecimal digits.
    """

    resource_desc: str
    mime_type: str | None = None
    size: str | None = None
    uri: str | None = None
    deref_uri: str | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """Where it holds; polygons are `lat,lon lat,lon …` closed, circles `lat,lon radius_km`.

    altitude, ceiling: feet above mean sea level, as text.
    """

    area_desc: str
    polygon: tuple[str, ...] = ()
    circle: tuple[str, ...] = ()
    geocode: tuple[Pair, ...] = ()
    altitude: str | None = None
    ceiling: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """What is expected, how grave and what to do, in one language."""

    language: str | None = None
    category: tuple[str, ...] = ()
    event: str
    response_type: tuple[str, ...] = ()
    urgency: str
    severity: str
    certainty: str
    audience: str | None = None
    event_code: tuple[Pair, ...] = ()
    effective: str | None = None
    onset: str | None = None
    expires: str | None = None
    sender_name: str | None = None
    headline: str | None = None
    description: str | None = None
    instruction: str | None = None
    web: str | None = None
    contact: str | None = None
    parameter: tuple[Pair, ...] = ()
    resource: tuple[Resource, ...] = ()
    area: tuple[Area, ...] = ()

    @property
    def spoken(self) -> str:
        """The language of the texts: what is said, or what the standard supposes."""
        return (self.language or "").strip() or LANGUAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One message. `scope` may be absent in CAP 1.0 only."""

    identifier: str
    sender: str
    sent: str
    status: str
    msg_type: str
    source: str | None = None
    scope: str | None = None
    restriction: str | None = None
    addresses: str | None = None
    code: tuple[str, ...] = ()
    note: str | None = None
    references: str | None = None
    incidents: str | None = None
    info: tuple[Info, ...] = ()

    @property
    def reference(self) -> str:
        """How a later message names this one: `sender,identifier,sent`."""
        return ",".join(text.strip() for text in (self.sender, self.identifier, self.sent))


def moment_of(text: str | None) -> datetime | None:
    """The aware time of a text such as 2026-07-01T08:00:00+08:00; None for one without a zone.

    24:00:00 is the midnight after that day, as XML Schema has it. None as well for what is no time,
    and for one outside the calendar of years 1 to 9999.
    """
    begun, midnights = _MIDNIGHT.subn("T00:00:00", (text or "").strip())
    try:
        moment = datetime.fromisoformat(begun) + timedelta(days=midnights)
        return moment if moment.utcoffset() is not None else None
    except (ValueError, OverflowError):
        return None

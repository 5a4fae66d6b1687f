"""What was warned of beside what happened: hits, late ones, misses, false alarms, lead times.

How each word is meant, and after whom: docs/reference/evaluation.md. Pure: no records, no clock.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median

from shapely import Point
from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True, slots=True)
class Stretch:
    """What one message said, until the next one or the end: since it was issued, where."""

    since: datetime
    until: datetime
    regions: tuple[str, ...]
    shape: BaseGeometry | None

    def covers(self, event: "Event") -> bool:
        """Whether the event lies in a district named, or in the area drawn."""
        if any(event.region.startswith(code) for code in self.regions if code):
            return True
        if self.shape is None or event.lon is None or event.lat is None:
            return False
        return bool(self.shape.covers(Point(event.lon, event.lat)))


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning; kind: of what it warns."""

    key: str
    kind: str
    issued_at: datetime
    stretches: tuple[Stretch, ...]

    def lead_s(self, event: "Event") -> float:
        """Seconds from when it first warned that place to the event."""
        since = min(one.since for one in self.stretches if one.covers(event))
        return (event.began_at - since).total_seconds()


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: from its first exceedance to its recovery, None while it lasts."""

    key: str
    kind: str
    region: str
    began_at: datetime
    ended_at: datetime | None
    peak: int
    lon: float | None = None
    lat: float | None = None


@dataclass
class Verdict:
    """A warning and what happened under it; near: events that stayed a level below."""

    warned: Warned
    hits: list[Event] = field(default_factory=list)
    late: list[Event] = field(default_factory=list)
    near: list[Event] = field(default_factory=list)

    @property
    def is_false(self) -> bool:
        """Nothing of the kind happened where and while it stood."""
        return not self.hits and not self.late

    @property
    def lead_s(self) -> float | None:
        """Seconds from when it warned the place to the event, the shortest of its hits."""
        return min((self.warned.lead_s(one) for one in self.hits), default=None)


@dataclass(frozen=True, slots=True)
class Score:
    """The four numbers and what is made of them; None where there is nothing to divide by."""

    warnings: int
    hits: int
    late: int
    misses: int
    false: int
    leads_s: tuple[float, ...] = ()

    @property
    def pod(self) -> float | None:
        """Probability of detection: the share of events that were warned of in time."""
        return _share(self.hits, self.hits + self.late + self.misses)

    @property
    def far(self) -> float | None:
        """False alarm ratio: the share of warnings under which nothing happened."""
        return _share(self.false, self.warnings)

    @property
    def csi(self) -> float | None:
        """Critical success index: hits among all hits, late ones, misses and false alarms."""
        return _share(self.hits, self.hits + self.late + self.misses + self.false)

    @property
    def lead_s(self) -> float | None:
        """The median lead time."""
        return median(self.leads_s) if self.leads_s else None


def judge(
    warned: Sequence[Warned], events: Iterable[Event], level: int
) -> tuple[list[Verdict], list[Event]]:
    """Each warning with its events, and the events that no warning was for.

    level: an event's least peak; one that stayed a single level below is only near. An event
    counts for every warning that stood there; it is missed where none did.
    """
    verdicts, missed = [Verdict(one) for one in warned], []
    for event in events:
        own = [one for one in verdicts if one.warned.kind == event.kind]
        in_time = [one for one in own if _stood(one.warned, event)]
        late = [one for one in own if one not in in_time and _ran(one.warned, event)]
        if event.peak < level:
            for one in (*in_time, *late) if event.peak == level - 1 else ():
                one.near.append(event)
            continue
        for one in in_time:
            one.hits.append(event)
        for one in late:
            one.late.append(event)
        if not in_time and not late:
            missed.append(event)
    return verdicts, missed


def score(verdicts: Sequence[Verdict], missed: Sequence[Event]) -> Score:
    """The numbers of some warnings and the events missed beside them; each event counts once."""
    hits = {event.key for one in verdicts for event in one.hits}
    late = {event.key for one in verdicts for event in one.late} - hits
    leads = [_lead(event, verdicts) for event in _once(verdicts)]
    return Score(len(verdicts), len(hits), len(late), len(missed),
                 sum(one.is_false for one in verdicts), tuple(leads))  # fmt: skip


def _once(verdicts: Sequence[Verdict]) -> list[Event]:
    return list({event.key: event for one in verdicts for event in one.hits}.values())


def _lead(event: Event, verdicts: Sequence[Verdict]) -> float:
    """By the warning that came first."""
    return max(one.warned.lead_s(event) for one in verdicts if event in one.hits)


def _stood(warned: Warned, event: Event) -> bool:
    """Whether it stood there when the event began."""
    return any(
        one.since <= event.began_at < one.until and one.covers(event) for one in warned.stretches
    )


def _ran(warned: Warned, event: Event) -> bool:
    """Whether the event had begun before the warning reached its place, and still ran then."""
    return any(
        event.began_at < one.since
        and (event.ended_at is None or event.ended_at > one.since)
        and one.covers(event)
        for one in warned.stretches
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None

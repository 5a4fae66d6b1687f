"""What was warned of beside what happened: hits, late ones, misses, false alarms, lead times.

How each word is meant, and after whom: docs/reference/evaluation.md. Pure: no records, no clock.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Times = NDArray[np.float64]


@dataclass(frozen=True)
class Stretch:
    """What one message said, until the next one or the end: since it was issued, where.

    drawn: the area as GeoJSON, empty for none.
    """

    since: datetime
    until: datetime
    regions: tuple[str, ...]
    drawn: str = ""

    @cached_property
    def shape(self) -> BaseGeometry | None:
        """The area, read when it is first asked for: most are never looked into."""
        return shapely.from_geojson(self.drawn) if self.drawn else None

    def names(self, event: "Event") -> bool:
        """Whether the event lies in a district named."""
        return any(event.region.startswith(code) for code in self.regions if code)

    def covers(self, event: "Event") -> bool:
        """Whether the event lies in a district named, or in the area drawn."""
        if self.names(event):
            return True
        if self.shape is None or event.lon is None or event.lat is None:
            return False
        return bool(shapely.intersects_xy(self.shape, event.lon, event.lat))


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning; kind: of what it warns · level: the highest that it ever had."""

    key: str
    kind: str
    issued_at: datetime
    stretches: tuple[Stretch, ...]
    level: int = 0

    @property
    def until(self) -> datetime:
        """The end of the last that it said."""
        return max(one.until for one in self.stretches)

    @property
    def codes(self) -> set[str]:
        """The districts that any of its messages named."""
        return {code for one in self.stretches for code in one.regions if code}

    def reaches(self, place: tuple[str, ...], land: Iterable[BaseGeometry]) -> bool:
        """Whether it was for some districts or a part of them: it names one of both; where it
        names none at all, its drawn area meets the land."""
        if self.codes:
            return any(one.startswith(place) or code.startswith(one)
                       for one in self.codes for code in place)  # fmt: skip
        drawn = [one.shape for one in self.stretches if one.shape]
        return any(shape.intersects(one) for one in land for shape in drawn)

    def lead_s(self, event: "Event") -> float:
        """Seconds from when it first warned that place to the event."""
        since = min(one.since for one in self.stretches if one.covers(event))
        return (event.began_at - since).total_seconds()


class Event(NamedTuple):
    """Something that happened: from its first exceedance to its recovery, None while it lasts;
    name: of the object."""

    key: str
    kind: str
    region: str
    began_at: datetime
    ended_at: datetime | None
    peak: int
    lon: float | None = None
    lat: float | None = None
    rule: str = ""
    name: str = ""


@dataclass
class Verdict:
    """A warning and what happened under it; near: events that stayed a level below."""

    warned: Warned
    hits: list[Event] = field(default_factory=list)
    late: list[Event] = field(default_factory=list)
    near: list[Event] = field(default_factory=list)

    def within(self, place: tuple[str, ...]) -> "Verdict":
        """The same with what happened in some districts alone."""
        hits, late, near = (
            [one for one in several if one.region.startswith(place)]
            for several in (self.hits, self.late, self.near)
        )
        return Verdict(self.warned, hits, late, near)

    @property
    def is_false(self) -> bool:
        """Nothing of the kind happened where and while it stood."""
        return not self.hits and not self.late

    @property
    def lead_s(self) -> float | None:
        """Seconds from when it warned the place to the event, the shortest of its hits."""
        return min((self.warned.lead_s(one) for one in self.hits), default=None)


def judge(
    warned: Sequence[Warned], events: Sequence[Event], level: int
) -> tuple[list[Verdict], list[Event]]:
    """Each warning with its events, and the events that no warning was for.

    level: an event's least peak; one that stayed a single level below is only near. An event
    counts for every warning that stood there; it is missed where none did.
    """
    verdicts, missed = [Verdict(one) for one in warned], []
    for event, own in _beside(verdicts, events):
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


def unsettled(warned: Iterable[Warned], events: Sequence[Event]) -> set[str]:
    """The keys of those that stood at some moment of an event which not all that they said names:
    only an area drawn can tell whether they were for it."""
    return {
        one.warned.key
        for event, own in _beside([Verdict(one) for one in warned], events)
        if event.lon is not None
        for one in own
        if not all(stretch.names(event) for stretch in one.warned.stretches)
    }


def _beside(
    verdicts: Iterable[Verdict], events: Sequence[Event]
) -> Iterator[tuple[Event, Sequence[Verdict]]]:
    """Each event with the warnings of its kind that stood at some moment of it."""
    shelves = _shelves(verdicts)
    began = np.array([one.began_at.timestamp() for one in events])
    ended = np.array([np.inf if one.ended_at is None else one.ended_at.timestamp()
                      for one in events])  # fmt: skip
    spans = {kind: shelf.spans(began, ended) for kind, shelf in shelves.items()}
    for n, event in enumerate(events):
        if event.kind not in shelves:
            yield event, ()
            continue
        first, last = spans[event.kind]
        yield event, shelves[event.kind].standing(first[n], last[n], began[n])


class _Shelf:
    """The warnings of one kind in the order of their times, so that few are looked at for each
    event: none that began longer before it than any lasts."""

    def __init__(self, verdicts: list[Verdict]) -> None:
        self._verdicts = verdicts
        since = np.array([one.warned.issued_at.timestamp() for one in verdicts])
        until = np.array([one.warned.until.timestamp() for one in verdicts])
        self._order = np.argsort(since, kind="stable")
        self._since, self._until = since[self._order], until[self._order]
        self._longest_s = float((until - since).max())

    def spans(self, began: Times, ended: Times) -> tuple[list[int], list[int]]:
        """By event where those begin and end in the order that may have stood beside it."""
        first = np.searchsorted(self._since, began - self._longest_s, "left")
        last = np.searchsorted(self._since, np.maximum(ended, began), "right")
        return first.tolist(), last.tolist()

    def standing(self, first: int, last: int, after_s: float) -> Sequence[Verdict]:
        """Of those in between the ones that end after a moment."""
        if first == last:
            return ()
        may = self._order[first:last][self._until[first:last] > after_s]
        return [self._verdicts[n] for n in np.sort(may).tolist()]


def _shelves(verdicts: Iterable[Verdict]) -> dict[str, _Shelf]:
    kinds: dict[str, list[Verdict]] = {}
    for one in verdicts:
        if one.warned.stretches:
            kinds.setdefault(one.warned.kind, []).append(one)
    return {kind: _Shelf(several) for kind, several in kinds.items()}


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

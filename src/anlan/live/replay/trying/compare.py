"""Two lists of changes side by side: what only one says, and what they say differently.

Episodes of the same sensor, object and rule are paired in order of time where they overlap or
begin within TOLERANCE of each other. A pair differs when its start or end lies apart or its
highest level is another.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from anlan.live.replay.measures import Episode, Place, episodes_of
from anlan.terms.changes import Change
from anlan.terms.times import FOREVER, format_time

TOLERANCE_MS = 3 * 3_600_000


@dataclass(frozen=True, slots=True)
class Difference:
    """One episode that A and B do not tell alike; `what`: only_a, only_b, level, start, end."""

    place: Place
    what: tuple[str, ...]
    a: Episode | None
    b: Episode | None

    def as_dict(self) -> dict[str, Any]:
        """The fields of one NDJSON line."""
        sensor, name, rule = self.place
        return {
            "what": list(self.what),
            "sensor": sensor,
            "object": name,
            "rule": rule,
            "a": _told(self.a),
            "b": _told(self.b),
        }


@dataclass(slots=True)
class Comparison:
    """How two lists of changes differ.

    same: episodes told alike · differences: the others, in order of time.
    """

    same: int
    differences: list[Difference]

    def count(self, what: str) -> int:
        """How many differences are of that kind."""
        return sum(what in difference.what for difference in self.differences)

    @property
    def shifts_ms(self) -> list[int]:
        """Start in B less start in A, of pairs that begin apart; negative: B is earlier."""
        return [
            d.b.start - d.a.start for d in self.differences if d.a and d.b and "start" in d.what
        ]


def compare(a: Iterable[Change], b: Iterable[Change]) -> Comparison:
    """What two lists of changes say differently, episode by episode."""
    sides = (_by_place(episodes_of(a)), _by_place(episodes_of(b)))
    same, differences = 0, []
    for place in sides[0].keys() | sides[1].keys():
        for one, other in _pairs(sides[0].get(place, []), sides[1].get(place, [])):
            what = _what(one, other)
            if what:
                differences.append(Difference(place, what, one, other))
            else:
                same += 1
    return Comparison(same, sorted(differences, key=_when))


def _by_place(episodes: Iterable[Episode]) -> dict[Place, list[Episode]]:
    found: dict[Place, list[Episode]] = defaultdict(list)
    for episode in episodes:
        found[episode.sensor, episode.object, episode.rule].append(episode)
    return found


def _pairs(a: list[Episode], b: list[Episode]) -> Iterator[tuple[Episode | None, Episode | None]]:
    """Episodes that belong together, and those that stand alone."""
    i = j = 0
    while i < len(a) and j < len(b):
        if _meet(a[i], b[j]):
            yield a[i], b[j]
            i, j = i + 1, j + 1
        elif a[i].start < b[j].start:
            yield a[i], None
            i += 1
        else:
            yield None, b[j]
            j += 1
    yield from ((one, None) for one in a[i:])
    yield from ((None, other) for other in b[j:])


def _meet(a: Episode, b: Episode) -> bool:
    if abs(a.start - b.start) <= TOLERANCE_MS:
        return True
    return a.start < _end(b) and b.start < _end(a)


def _end(episode: Episode) -> int:
    return FOREVER if episode.end is None else episode.end


def _what(a: Episode | None, b: Episode | None) -> tuple[str, ...]:
    if a is None:
        return ("only_b",)
    if b is None:
        return ("only_a",)
    differs = {"level": a.peak != b.peak, "start": a.start != b.start, "end": a.end != b.end}
    return tuple(name for name, does in differs.items() if does)


def _when(difference: Difference) -> tuple[int, str]:
    starts = [(e.start, e.sensor or e.object) for e in (difference.a, difference.b) if e]
    return min(starts)


def _told(episode: Episode | None) -> dict[str, Any] | None:
    if episode is None:
        return None
    return {
        "level": episode.peak.word,
        "start": format_time(episode.start),
        "end": None if episode.end is None else format_time(episode.end),
    }

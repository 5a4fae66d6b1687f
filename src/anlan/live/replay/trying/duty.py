"""What alarms ask of the people on duty: the figures by which an alarm system is judged.

The figures are those that ISA-18.2, IEC 62682 and EEMUA 191 name for one operator, from common
practice; not checked against the printed standards. A raise is a rise of a rule to a level.
Promotions are counted apart: they tell of alarms that are counted already.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from anlan.live.replay.measures import DAY_MS, FLOOD, TEN_MIN_MS, Episode, Place, episodes_of
from anlan.terms.changes import Change, Kind
from anlan.terms.levels import RAISED_LEVELS, Level
from anlan.terms.times import format_time

MINUTE_MS, HOUR_MS = 60_000, 3_600_000
CHATTER = 3
"""So many raises of one rule to one level in a minute are chattering, in an hour repeating."""
NOISIEST = 10
_UP = (Kind.RAISED, Kind.RISEN)


@dataclass(frozen=True, slots=True)
class Peak:
    """The fullest stretch of time: when it begins (ms UTC) and the raises in it."""

    at: int | None = None
    raises: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """The load of one desk over a span of history.

    span: first and last event time, ms UTC · floods: times in which more than FLOOD raises lay in
    the ten minutes before · chattering, repeating: sensors and the raises of their fullest minute
    or hour · noisiest: sensors by raises, at most NOISIEST · long: episodes of more than 24 h.
    A sensor is named by its key, a rule of a whole object by the object.
    """

    span: tuple[int, int]
    raises: Counter[Level]
    promoted: int
    ten_minutes: Peak
    hour: Peak
    floods: list[tuple[int, int]]
    chattering: dict[str, int]
    repeating: dict[str, int]
    noisiest: dict[str, int]
    long: list[Episode] = field(repr=False)

    @property
    def days(self) -> float:
        return max(self.span[1] - self.span[0], 1) / DAY_MS

    @property
    def total(self) -> int:
        return self.raises.total()

    @property
    def flood_share(self) -> float:
        """Share of the time that lies in floods, 0–1."""
        return sum(end - start for start, end in self.floods) / max(self.span[1] - self.span[0], 1)

    @property
    def noisiest_share(self) -> float:
        """Share of all raises that come from the noisiest sensors, 0–1."""
        return sum(self.noisiest.values()) / max(self.total, 1)

    def as_dict(self) -> dict[str, Any]:
        """The fields of one NDJSON line."""
        last = self.span[1]
        return {
            "days": round(self.days, 4),
            "raises": {level.word: self.raises[level] for level in RAISED_LEVELS},
            "raises_a_day": {
                level.word: round(self.raises[level] / self.days, 4) for level in RAISED_LEVELS
            },
            "promoted": self.promoted,
            "peak_10_min": _told(self.ten_minutes),
            "peak_hour": _told(self.hour),
            "floods": [
                {"start": format_time(start), "seconds": (end - start) / 1000}
                for start, end in self.floods
            ],
            "flood_share": round(self.flood_share, 6),
            "chattering": self.chattering,
            "repeating": self.repeating,
            "noisiest": self.noisiest,
            "noisiest_share": round(self.noisiest_share, 4),
            "standing_over_24_h": [
                {
                    "name": name_of(e),
                    "rule": e.rule,
                    "start": format_time(e.start),
                    "hours": round(e.lasting_ms(last) / HOUR_MS, 2),
                }
                for e in self.long
            ],
        }


def _told(peak: Peak) -> dict[str, Any]:
    return {"at": None if peak.at is None else format_time(peak.at), "raises": peak.raises}


def name_of(one: Episode | Change) -> str:
    """What a person calls the place of an alarm."""
    return one.sensor or one.object


def duty_of(
    changes: Iterable[Change], span: tuple[int, int], *, promotions: frozenset[str] = frozenset()
) -> Duty:
    """The load of changes in order of time. promotions: their rule keys."""
    told = list(changes)
    own = [c for c in told if not (c.sensor is None and c.rule in promotions)]
    raised = [c for c in own if c.kind in _UP]
    times = np.sort(np.array([c.at for c in raised], np.int64))
    by_name = Counter(map(name_of, raised))
    by_level: dict[tuple[Place, Level], list[int]] = defaultdict(list)
    for c in raised:
        by_level[(c.sensor, c.object, c.rule), c.after].append(c.at)
    return Duty(
        span=span,
        raises=Counter(c.after for c in raised),
        promoted=sum(c.kind in _UP for c in told) - len(raised),
        ten_minutes=_peak(times, TEN_MIN_MS),
        hour=_peak(times, HOUR_MS),
        floods=_floods(times, span[1]),
        chattering=_bursts(by_level, MINUTE_MS),
        repeating=_bursts(by_level, HOUR_MS),
        noisiest=dict(sorted(by_name.items(), key=lambda item: (-item[1], item[0]))[:NOISIEST]),
        long=[e for e in episodes_of(own) if e.lasting_ms(span[1]) > DAY_MS],
    )


def _peak(times: Any, width_ms: int) -> Peak:
    """The most raises in [t, t + width), and the first t that has so many."""
    if not len(times):
        return Peak()
    inside = np.searchsorted(times, times + width_ms) - np.arange(len(times))
    fullest = int(np.argmax(inside))
    return Peak(int(times[fullest]), int(inside[fullest]))


def _floods(times: Any, last: int) -> list[tuple[int, int]]:
    """The moments x at which more than FLOOD raises lie in (x − 10 min, x], joined."""
    found: list[tuple[int, int]] = []
    for first, newest in zip(times[:-FLOOD].tolist(), times[FLOOD:].tolist(), strict=True):
        start, end = newest, min(first + TEN_MIN_MS, last)
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _bursts(raised: dict[tuple[Place, Level], list[int]], width_ms: int) -> dict[str, int]:
    """By name, the raises of the fullest [t, t + width) of one rule and level; from CHATTER on."""
    found: Counter[str] = Counter()
    for ((sensor, name, _), _), times in raised.items():
        most = _peak(np.array(times, np.int64), width_ms).raises
        if most >= CHATTER:
            found[sensor or name] = max(found[sensor or name], most)
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


Row = tuple[str, str, str]
"""Name, present, candidate."""


def rows(now: Duty, then: Duty) -> Iterator[Row]:
    """Each figure of both sides, for a table."""

    def row(name: str, figure: Callable[[Duty], str]) -> Row:
        return name, figure(now), figure(then)

    for level in reversed(RAISED_LEVELS):
        yield row(f"raises, {level.word}", partial(_raises, level))
    yield row("raises, all", lambda d: f"{d.total:,}")
    for level in reversed(RAISED_LEVELS):
        yield row(f"a day, {level.word}", partial(_a_day, level))
    yield row("a day, all", lambda d: f"{d.total / d.days:,.2f}")
    yield row("most in 10 minutes", lambda d: f"{d.ten_minutes.raises:,}")
    yield row("most in an hour", lambda d: f"{d.hour.raises:,}")
    yield row(f"floods (> {FLOOD} in 10 min)", lambda d: f"{len(d.floods):,}")
    yield row("share of time in flood", lambda d: f"{d.flood_share:.2%}")
    yield row(f"chattering (≥ {CHATTER} in 1 min)", lambda d: f"{len(d.chattering):,}")
    yield row(f"repeating (≥ {CHATTER} in 1 h)", lambda d: f"{len(d.repeating):,}")
    yield row("standing over 24 h", lambda d: f"{len(d.long):,}")
    yield row("share of the ten noisiest", lambda d: f"{d.noisiest_share:.0%}")
    if now.promoted or then.promoted:
        yield row("raises of whole groups", lambda d: f"{d.promoted:,}")


def _raises(level: Level, duty: Duty) -> str:
    return f"{duty.raises[level]:,}"


def _a_day(level: Level, duty: Duty) -> str:
    return f"{duty.raises[level] / duty.days:,.2f}"


def named(now: Duty, then: Duty) -> Iterator[tuple[str, list[Row]]]:
    """Headings, and under each the sensors of either side."""
    parts = (
        ("noisiest sensors (raises)", now.noisiest, then.noisiest),
        ("chattering sensors (raises in a minute)", now.chattering, then.chattering),
        ("standing over 24 h (hours)", _hours(now), _hours(then)),
    )
    for title, a, b in parts:
        names = sorted(a.keys() | b.keys(), key=lambda n: (-max(a.get(n, 0), b.get(n, 0)), n))
        if names:
            yield title, [(name, _or_none(a, name), _or_none(b, name)) for name in names]


def _or_none(figures: dict[str, int], name: str) -> str:
    return f"{figures[name]:,}" if name in figures else "–"


def _hours(duty: Duty) -> dict[str, int]:
    """By name, the longest time that an alarm stood."""
    found: dict[str, int] = {}
    for episode in duty.long:
        hours = episode.lasting_ms(duty.span[1]) // HOUR_MS
        found[name_of(episode)] = max(hours, found.get(name_of(episode), 0))
    return found

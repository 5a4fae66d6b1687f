"""Limits over time: dated rows and seasons as disjoint segments."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from anlan.engine.expression import parse
from anlan.engine.rules import LevelRule, Season
from anlan.terms.levels import RAISED_LEVELS, Level
from anlan.terms.sensors import Limit
from anlan.terms.times import FOREVER, NEVER

FIRST_YEAR, LAST_YEAR = 1969, 2100
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Segment:
    """One limit in force from start (included) to end (excluded), ms UTC."""

    start: int
    end: int
    threshold: float
    deadband: float
    is_low: bool
    source: str
    is_boolean: bool = False


def disjoint(limits: Sequence[Limit]) -> list[Segment]:
    """Dated rows of one sensor and level as disjoint segments in order of time.

    Where rows overlap the later valid_from holds, of equal ones the later row.
    """
    rows = sorted(enumerate(limits), key=lambda x: (x[1].valid_from, x[0]))
    marks = sorted({m for _, x in rows for m in (x.valid_from, x.valid_to)})
    segments: list[Segment] = []
    for start, end in pairwise(marks):
        holding = [x for _, x in rows if x.valid_from <= start and end <= x.valid_to]
        if holding:
            segments.append(_segment(holding[-1], start, end))
    return segments


def _segment(limit: Limit, start: int, end: int) -> Segment:
    return Segment(
        start,
        end,
        float(limit.value),
        float(limit.deadband),
        limit.direction == "low",
        limit.source,
    )


def within(segments: list[Segment], level: LevelRule | None) -> list[Segment]:
    """The parts of dated limits that lie in the season of their level rule."""
    if level is None or level.season is None:
        return segments
    spans = list(_spans(level.season))
    return [
        replace(segment, start=max(segment.start, start), end=min(segment.end, end))
        for segment in segments
        for start, end in spans
        if max(segment.start, start) < min(segment.end, end)
    ]


def seasons(level: LevelRule) -> list[Segment]:
    """The segments of a level rule with its own threshold; empty when it has none."""
    is_boolean = level.threshold is None and parse(level.measure).is_boolean
    if level.threshold is None and not is_boolean:
        return []
    threshold = 0.5 if level.threshold is None else level.threshold
    spans = [(NEVER, FOREVER)] if level.season is None else list(_spans(level.season))
    return [
        Segment(
            start,
            end,
            threshold,
            level.deadband,
            level.direction == "low" and not is_boolean,
            level.source,
            is_boolean,
        )
        for start, end in spans
    ]


def _spans(season: Season) -> Iterator[tuple[int, int]]:
    wraps = season.last < season.first
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        start = _day(year, season.first, season.offset_min)
        end = _day(year + wraps, season.last, season.offset_min) + DAY_MS
        yield start, end


def _day(year: int, day: tuple[int, int], offset_min: int) -> int:
    month, number = day
    if day == (2, 29):
        last_of_february = datetime(year, 3, 1, tzinfo=UTC) - timedelta(days=1)
        number = last_of_february.day
    moment = datetime(year, month, number, tzinfo=UTC) - timedelta(minutes=offset_min)
    return int(moment.timestamp()) * 1000


def order_warnings(limits: Sequence[Limit]) -> Iterator[str]:
    """A sentence for each sensor whose limits are not in order of level."""
    by_sensor: dict[str, list[Limit]] = defaultdict(list)
    for limit in limits:
        by_sensor[limit.sensor].append(limit)
    for sensor, rows in by_sensor.items():
        moments = sorted({x.valid_from for x in rows})
        for moment in moments:
            if wrong := _disorder(rows, moment):
                yield f"sensor {sensor!r}: {wrong}"
                break


def _disorder(rows: list[Limit], moment: int) -> str:
    """What is out of order among the limits in force at a moment, or nothing."""
    for direction in ("high", "low"):
        standing: list[tuple[Level, float]] = []
        for level in RAISED_LEVELS:
            holding = [
                x
                for x in rows
                if x.level == level
                and x.direction == direction
                and x.valid_from <= moment < x.valid_to
            ]
            if holding:
                newest = max(enumerate(holding), key=lambda x: (x[1].valid_from, x[0]))[1]
                standing.append((level, newest.value))
        for (low, a), (high, b) in pairwise(standing):
            if (a > b) if direction == "high" else (a < b):
                return (
                    f"limit {high.word} {b:g} is easier to reach than {low.word} {a:g} "
                    f"({direction})"
                )
    return ""

"""One episode drawn: readings, limits as thin lines, gaps as gaps, a band under the axis.

The picture is stretched by the page, so the text stands beside it in HTML and stays legible
on a phone.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

import numpy as np

from anlan.live.replay.measures import Episode
from anlan.live.replay.report import words
from anlan.live.replay.report.curves import Curve
from anlan.terms.levels import Level

_DOTS = 90
_MINUTE_MS = 60_000
_CAP_GAP = 9.0  # percent of the height between two labels


class Line(NamedTuple):
    """A limit in force: level, value, from, to; ms UTC."""

    level: Level
    value: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Frame:
    """The window of a chart: times in ms, values in the unit."""

    start: int
    end: int
    low: float
    high: float

    def x(self, ms: float) -> float:
        """Percent from the left, 0 to 100."""
        return 100 * min(max((ms - self.start) / max(self.end - self.start, 1), 0), 1)

    def y(self, value: float) -> float:
        """Percent from the top, 0 to 100."""
        return 100 * min(max((self.high - value) / (self.high - self.low), 0), 1)


def chart(episode: Episode, curve: Curve, lines: Sequence[Line], *, gap_ms: int) -> str:
    """The chart as HTML; gap_ms: readings farther apart are not joined."""
    frame = _frame(episode, curve, lines)
    ticks = _value_ticks(frame)
    drawn = [*_grid(frame, ticks), *_limits(frame, lines), _mark(frame, episode)]
    drawn += _curve(frame, curve, gap_ms)
    title = escape(f"{episode.object}, {words.moment(episode.start)}")
    return (
        '<div class="chart">'
        f'<svg viewBox="0 0 100 100" preserveAspectRatio="none" role="img" aria-label="{title}">'
        f"{''.join(drawn)}</svg>"
        f"{_captions(frame, ticks, lines, words.unit_of(episode.unit))}"
        f"{band(frame, [episode])}{time_axis(frame.start, frame.end, count=3)}</div>"
    )


def _frame(episode: Episode, curve: Curve, lines: Sequence[Line]) -> Frame:
    finite = curve.value[np.isfinite(curve.value)]
    values = [*finite.tolist(), *(line.value for line in lines)]
    if episode.extreme is not None:
        values.append(episode.extreme)
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    margin = (high - low) * 0.08 or max(abs(high) * 0.05, 0.5)
    times = curve.time.tolist()
    start = min([episode.start, *times[:1]])
    end = max([episode.start if episode.end is None else episode.end, *times[-1:]])
    return Frame(start, max(end, start + 1000), low - margin, high + margin)


def _value_ticks(frame: Frame) -> list[float]:
    """Three to five round values within the frame."""
    span = frame.high - frame.low
    step = 10.0 ** math.floor(math.log10(span / 3))
    step *= next(m for m in (1, 2, 5, 10) if span / (step * m) <= 5)
    first = math.ceil(frame.low / step)
    return [k * step for k in range(first, int(frame.high // step) + 1)][:8]


def _grid(frame: Frame, ticks: Sequence[float]) -> list[str]:
    return [f'<path class="grid" d="M0 {frame.y(tick):.2f}H100"/>' for tick in ticks]


def _limits(frame: Frame, lines: Sequence[Line]) -> list[str]:
    return [
        f'<path class="limit {words.word(line.level)}" '
        f'd="M{frame.x(line.start):.2f} {frame.y(line.value):.2f}H{frame.x(line.end):.2f}"/>'
        for line in lines
    ]


def _mark(frame: Frame, episode: Episode) -> str:
    return f'<path class="mark" d="M{frame.x(episode.start):.2f} 0V100"/>'


def _curve(frame: Frame, curve: Curve, gap_ms: int) -> list[str]:
    """The readings joined where they follow each other; alone they are dots."""
    pieces, alone = _pieces(curve, gap_ms)
    paths = ["".join(_path(frame, piece)) for piece in pieces]
    drawn = [f'<path class="curve" d="{"".join(paths)}"/>'] if paths else []
    dots = [p for piece in pieces for p in piece] if len(curve.time) <= _DOTS else []
    if dots or alone:
        marks = (f"M{frame.x(t):.2f} {frame.y(v):.2f}h0" for t, v in (*dots, *alone))
        drawn.append(f'<path class="dot" d="{"".join(marks)}"/>')
    return drawn


Point = tuple[int, float]


def _pieces(curve: Curve, gap_ms: int) -> tuple[list[list[Point]], list[Point]]:
    limit = gap_ms
    if curve.thinned:  # thinning sets the readings farther apart
        limit = max(gap_ms, 3 * int(curve.time[-1] - curve.time[0]) // max(len(curve.time), 1))
    pieces: list[list[Point]] = [[]]
    for t, v in zip(curve.time.tolist(), curve.value.tolist(), strict=True):
        is_missing = not math.isfinite(v)
        if is_missing or (pieces[-1] and t - pieces[-1][-1][0] > limit):
            pieces.append([])
        if not is_missing:
            pieces[-1].append((t, v))
    return [p for p in pieces if len(p) > 1], [p[0] for p in pieces if len(p) == 1]


def _path(frame: Frame, piece: Sequence[Point]) -> list[str]:
    points = [f"{frame.x(t):.2f} {frame.y(v):.2f}" for t, v in piece]
    return [f"M{points[0]}L{' '.join(points[1:])}"]


def _captions(frame: Frame, ticks: Sequence[float], lines: Sequence[Line], unit: str) -> str:
    """Values at the left edge, limits with shape and word at the right."""
    text = [
        f'<span class="y" style="top:{frame.y(t) * 1.8:.0f}px">{words.number(t)}'
        f"{' ' + escape(unit) if t == ticks[-1] and unit else ''}</span>"
        for t in ticks
    ]
    newest: dict[Level, Line] = {}
    for line in lines:
        newest[line.level] = line
    places = _apart([(frame.y(line.value), line) for line in newest.values()])
    text += [
        f'<span class="cap {words.word(line.level)}" style="top:{top * 1.8:.0f}px">'
        f"<i>{words.shape(line.level)}</i> {line.level.chinese[0]} "
        f"{words.number(line.value)}</span>"
        for top, line in places
    ]
    return "".join(text)


def _apart(places: list[tuple[float, Line]]) -> list[tuple[float, Line]]:
    """The labels from top to bottom, moved down where they would lie on each other."""
    moved: list[tuple[float, Line]] = []
    for top, line in sorted(places, key=lambda place: place[0]):
        least = moved[-1][0] + _CAP_GAP if moved else 0.0
        moved.append((max(top, least), line))
    return moved


def band(frame: Frame, episodes: Sequence[Episode]) -> str:
    """When which level stood, as a band."""
    return f'<div class="band">{"".join(bars(frame, e) for e in episodes)}</div>'


def bars(frame: Frame, episode: Episode) -> str:
    """An episode's levels as bars by time."""
    end = frame.end if episode.end is None else episode.end
    marks = [*episode.steps, (end, Level.NONE)]
    shown = []
    for (start, level), (until, _) in itertools.pairwise(marks):
        left, right = frame.x(start), frame.x(until)
        title = escape(f"{level.chinese} {words.moment(start)} – {words.moment(until)}")
        shown.append(
            f'<b class="bg-{words.word(level)}" title="{title}" '
            f'style="left:{left:.2f}%;width:{max(right - left, 0):.2f}%"></b>'
        )
    return "".join(shown)


def time_axis(start: int, end: int, *, count: int) -> str:
    """Times under a chart: first, last and some between."""
    span = end - start
    clock = _clock(span)
    marks = []
    for k in range(count):
        at = words.local(start + span * k // (count - 1))
        text = f"{at.month}月{at.day}日{at:{clock}}" if clock else f"{at.month}月{at.day}日"
        if span < 20 * _MINUTE_MS:
            text = f"{at:%H:%M:%S}"
        marks.append(f'<span style="left:{100 * k / (count - 1):.2f}%">{text}</span>')
    return f'<div class="axis">{"".join(marks)}</div>'


def _clock(span: int) -> str:
    """How much of the time of day a chart of that span shows."""
    if span < 2 * 1440 * _MINUTE_MS:
        return " %H:%M"
    return " %H时" if span < 20 * 1440 * _MINUTE_MS else ""

"""A sensor's course as a drawing: gaps stay gaps, limits are thin lines, alarms a band below.

It is drawn twice, wide and narrow; the style sheet shows the one that fits the window.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from anlan.engine.anomaly import Shift
from anlan.site.page.board import Told
from anlan.site.page.clock import beijing, clock_time
from anlan.site.page.follow import Point
from anlan.site.page.markup import Markup, el
from anlan.site.page.meaning import shown, sign_of
from anlan.site.page.views.parts import SHAPES, Look
from anlan.terms.changes import Kind
from anlan.terms.levels import Level
from anlan.terms.sensors import Limit

_BAND, _BELOW = 8, 47
_STEPS_MIN = (1, 2, 5, 10, 15, 30, 60, 120, 360)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """The size of a drawing and of what stands round the course; marks: times at most."""

    name: str
    width: int
    height: int
    left: int
    right: int
    marks: int
    top: int = 30
    below: int = 52

    @property
    def x_end(self) -> int:
        return self.width - self.right

    @property
    def y_end(self) -> int:
        return self.height - self.below


_FRAMES = (
    _Frame(name="wide", width=1160, height=330, left=64, right=132, marks=8),
    _Frame(name="narrow", width=344, height=270, left=36, right=80, marks=4),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What is drawn. low, high: ms UTC · gap_ms: a longer silence is a gap · is_amount: bars."""

    points: Sequence[Point]
    limits: Sequence[Limit]
    told: Sequence[Told]
    unit: str
    low: int
    high: int
    gap_ms: int
    is_amount: bool = False
    shifts: Sequence[Shift] = ()


@dataclass(frozen=True, slots=True)
class _Scale:
    frame: _Frame
    low: int
    high: int
    bottom: float
    top: float

    def x(self, at: int) -> float:
        share = (min(max(at, self.low), self.high) - self.low) / (self.high - self.low)
        return round(self.frame.left + share * (self.frame.x_end - self.frame.left), 1)

    def y(self, value: float) -> float:
        share = (value - self.bottom) / (self.top - self.bottom)
        return round(self.frame.y_end - share * (self.frame.y_end - self.frame.top), 1)


def _scale(course: Course, frame: _Frame) -> _Scale:
    """From the least to the greatest value, with the nearest limit on either side."""
    values = [v for p in course.points for v in (p.low, p.high)] or [0.0, 1.0]
    low, high = min(values), max(values)
    marks = sorted(limit.value for limit in course.limits)
    near = [m for m in marks if low <= m <= high]
    above, below = [m for m in marks if m > high], [m for m in marks if m < low]
    is_low = any(limit.direction == "low" for limit in course.limits)
    reach = near + (below[-1:] if is_low else above[:1])
    low, high = min([low, *reach]), max([high, *reach])
    if course.is_amount:
        low = 0.0
    pad = max((high - low) * 0.08, abs(high) * 0.002, 0.01)
    bottom = low if course.is_amount else low - pad
    return _Scale(frame, course.low, course.high, bottom, high + pad)


def _nice(span: float) -> float:
    """A round step that gives about four lines."""
    raw = span / 4
    power = 10.0 ** math.floor(math.log10(raw))
    return next(power * f for f in (1, 2, 2.5, 5, 10) if power * f >= raw)


def _grid(scale: _Scale, unit: str) -> list[Markup]:
    frame, step = scale.frame, _nice(scale.top - scale.bottom)
    lines = [el("text", sign_of(unit), x=frame.left - 8, y=16, text_anchor="end", cls="tick unit")]
    for n in range(math.ceil(scale.bottom / step), math.floor(scale.top / step) + 1):
        y = scale.y(n * step)
        label = f"{n * step:.{max(0, -math.floor(math.log10(step)))}f}".replace("-", "−")
        lines.append(el("line", x1=frame.left, x2=frame.x_end, y1=y, y2=y, cls="grid"))
        lines.append(el("text", label, x=frame.left - 8, y=y + 4, text_anchor="end", cls="tick"))
    return lines


def _times(scale: _Scale, zone: str) -> list[Markup]:
    frame, low = scale.frame, scale.frame.y_end
    span_min = (scale.high - scale.low) / 60_000
    step = next((s for s in _STEPS_MIN if span_min / s <= frame.marks), 720) * 60_000
    marks = [el("text", zone, x=frame.x_end + 6, y=frame.height - 12, cls="tick unit")]
    for at in range(scale.low + -scale.low % step, scale.high, step):
        x = scale.x(at)
        if x > frame.x_end - 16:
            continue
        hour = f"{beijing(at):%H:%M}"
        marks.append(el("line", x1=x, x2=x, y1=low, y2=low + 4, cls="grid"))
        marks.append(el("text", hour, x=x, y=frame.height - 12, text_anchor="middle", cls="tick"))
    return marks


def _marks(scale: _Scale, course: Course) -> list[Markup]:
    frame, parts = scale.frame, []
    for limit in course.limits:
        if not scale.bottom <= limit.value <= scale.top:
            continue
        y, level = scale.y(limit.value), int(limit.level)
        word = f"{SHAPES[limit.level]} {shown(limit.value, course.unit)}"
        parts.append(el("line", x1=frame.left, x2=frame.x_end, y1=y, y2=y, cls=f"limit ln{level}"))
        parts.append(el("text", word, x=frame.x_end + 6, y=y + 4, cls=f"limit-name ln{level}"))
    return parts


def _line(scale: _Scale, course: Course) -> Markup:
    """One path; the pen is lifted over gaps."""
    steps, before = [], None
    for point in course.points:
        pen = "L" if before is not None and point.time - before <= course.gap_ms else "M"
        steps.append(f"{pen}{scale.x(point.time)} {scale.y(point.value)}")
        before = point.time
    return el("path", d=" ".join(steps), cls="course")


def _bars(scale: _Scale, course: Course) -> Markup:
    bottom = scale.y(scale.bottom)
    steps = [
        f"M{scale.x(p.time)} {bottom}V{scale.y(p.value)}" for p in course.points if p.value > 0
    ]
    return el("path", d=" ".join(steps), cls="course bars")


def _band(scale: _Scale, course: Course) -> list[Markup]:
    """The highest level of the sensor over time, from its changes."""
    standing: dict[str, Level] = {}
    spans: list[tuple[int, Level]] = []
    for told in course.told:
        if told.change.kind not in (Kind.STALE, Kind.FRESH):
            standing[told.change.rule] = told.change.after
            spans.append((told.change.at, max(standing.values())))
    ends = [*(at for at, _ in spans[1:]), course.high][: len(spans)]
    frame, y = scale.frame, scale.frame.height - _BELOW
    whole = frame.x_end - frame.left
    parts = [el("rect", x=frame.left, y=y, width=whole, height=_BAND, cls="band")]
    for (start, level), end in zip(spans, ends, strict=True):
        if level and end > course.low:
            x = scale.x(start)
            width = round(max(1.0, scale.x(end) - x), 1)
            parts.append(
                el("rect", x=x, y=y, width=width, height=_BAND, cls=f"fill lv{int(level)}")
            )
    return parts


def _shifts(scale: _Scale, course: Course) -> list[Markup]:
    """Where the mean has shifted: advice, drawn unlike any alarm."""
    parts = []
    for shift in course.shifts:
        if scale.low <= shift.at <= scale.high:
            x, top = scale.x(shift.at), scale.frame.top
            said = f"{clock_time(shift.at)}  {shown(shift.before, course.unit)} → "
            title = el("title", said + shown(shift.after, course.unit))
            line = el("line", x1=x, x2=x, y1=top, y2=scale.frame.y_end)
            sign = el("text", "▽", x=x, y=top - 4, text_anchor="middle")
            parts.append(el("g", title, line, sign, cls="shift"))
    return parts


def _drawing(look: Look, course: Course, frame: _Frame) -> Markup:
    words, scale = look.words, _scale(course, frame)
    return el(
        "svg",
        *_grid(scale, course.unit),
        *_times(scale, words("Beijing time")),
        *_marks(scale, course),
        *_shifts(scale, course),
        _bars(scale, course) if course.is_amount else _line(scale, course),
        *_band(scale, course),
        viewBox=f"0 0 {frame.width} {frame.height}",
        role="img",
        aria_label=words("course of the last {n} minutes", n=(course.high - course.low) // 60_000),
        cls=frame.name,
    )


def chart(look: Look, course: Course) -> Markup:
    """The drawing as a panel."""
    words = look.words
    if not course.points:
        empty = el("p", words("No known value in the last half hour."), cls="empty")
        return el("section", empty, id="chart", cls="panel")
    legend = words("thin lines: limits · gaps: nothing was heard · band: standing level")
    if course.shifts:
        legend += words(" · ▽ shift of the mean (a hint)")
    pictures = (_drawing(look, course, frame) for frame in _FRAMES)
    return el("section", *pictures, el("p", legend, cls="legend"), id="chart", cls="panel chart")

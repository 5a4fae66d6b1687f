"""How numbers, times and levels are said on the page: Chinese first, English beside."""

import math
from datetime import UTC, datetime, timedelta, timezone
from html import escape

from anlan.terms.levels import Level

ZONE_MS = 8 * 3_600_000
"""The page speaks in Beijing time, UTC+8."""

_ZONE = timezone(timedelta(milliseconds=ZONE_MS))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SHAPES = ("○", "●", "■", "▲", "◆")
_ENGLISH = ("none", "blue", "yellow", "orange", "red")


def local(ms: int) -> datetime:
    """The moment in Beijing time."""
    return (_EPOCH + timedelta(milliseconds=ms)).astimezone(_ZONE)


def moment(ms: int, *, seconds: bool = False) -> str:
    """2026年7月21日 02:14, or with seconds 02:14:05."""
    at = local(ms)
    return f"{at.year}年{at.month}月{at.day}日 {at:{'%H:%M:%S' if seconds else '%H:%M'}}"


def day(ms: int) -> str:
    """2026年7月21日."""
    at = local(ms)
    return f"{at.year}年{at.month}月{at.day}日"


def lasting(ms: float) -> str:
    """25 min, 3.5 h, 2.1 d."""
    for unit, size in (("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1000)):
        if abs(ms) >= size * (2 if unit == "d" else 1):
            return f"{number(ms / size, 1)} {unit}"
    return f"{number(ms, 0)} ms" if ms else "0 min"


def number(x: float | None, digits: int = 2) -> str:
    """Grouped, at most so many digits after the point; – where there is none."""
    if x is None or not math.isfinite(x):
        return "–"
    if x != 0 and (abs(x) >= 1e9 or abs(x) < 1e-3):
        return f"{x:.3g}"
    text = f"{x:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def unit_of(unit: str) -> str:
    """The unit as people write it."""
    return {"mm/h": "mm/h", "[ft_i]": "ft", "1": "", "%": "%"}.get(unit, unit)


def quantity(x: float | None, unit: str) -> str:
    """A number with its unit, the space between them kept together."""
    shown = unit_of(unit)
    return f"{number(x)}\u00a0{escape(shown)}" if shown and x is not None else number(x)


def word(level: Level) -> str:
    """blue … red, or none: the name used in the style sheet."""
    return _ENGLISH[level]


def shape(level: Level) -> str:
    return _SHAPES[level]


def level_tag(level: Level) -> str:
    """The filled tag of a level: shape, word and grade."""
    return f'<span class="tag {word(level)}">{shape(level)} {level.chinese} {level.roman}</span>'


def level_text(level: Level) -> str:
    """The level in running text: shape in its colour, and word."""
    return f'<span class="level {word(level)}"><i>{shape(level)}</i>{level.chinese}</span>'


def both(chinese: str, english: str) -> str:
    """Chinese with English beside."""
    return f'{chinese} <span class="en">{english}</span>'

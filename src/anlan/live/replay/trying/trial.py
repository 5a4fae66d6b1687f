"""A preview 试算: the same history under the present rules and under a candidate's.

Says what the candidate would have asked of the people on duty (see duty.py), and what it would
have detected earlier, later, in addition or no more.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from anlan.live.replay import measures
from anlan.live.replay.measures import Episode
from anlan.live.replay.run import Replayed
from anlan.live.replay.trying import duty
from anlan.live.replay.trying.compare import Comparison, compare
from anlan.live.replay.trying.duty import Duty
from anlan.terms.changes import Change
from anlan.terms.levels import RAISED_LEVELS, Level
from anlan.terms.times import format_time

_MOST_LISTED = 10
_NAME_WIDTH = 30
_OFFSET_MS = 8 * 3_600_000  # days are those of Beijing time
_HIGH_FIRST = tuple(reversed(RAISED_LEVELS))


@dataclass(frozen=True, slots=True)
class Side:
    """What one set of rules says of the history."""

    changes: list[Change]
    episodes: list[Episode]
    duty: Duty
    days: dict[int, Counter[Level]]


@dataclass(frozen=True, slots=True)
class Trial:
    """Present and candidate side by side; days: length of the history."""

    present: Side
    candidate: Side
    comparison: Comparison
    days: float


def trial(present: Replayed, candidate: Replayed) -> Trial:
    """The comparison of two replays of the same readings."""
    span = (min(present.first, candidate.first), max(present.last, candidate.last))
    now, then = _side(present, span), _side(candidate, span)
    return Trial(now, then, compare(now.changes, then.changes), now.duty.days)


def _side(replayed: Replayed, span: tuple[int, int]) -> Side:
    changes = replayed.engine.describe(replayed.changes)
    own = [change for change in changes if not replayed.is_promoted(change)]
    return Side(
        changes=changes,
        episodes=measures.episodes_of(own),
        duty=duty.duty_of(changes, span, promotions=replayed.promotions),
        days=measures.by_day(own, _OFFSET_MS),
    )


def lines(found: Trial) -> Iterator[str]:
    """The preview as text for a terminal."""
    now, then = found.present, found.candidate
    yield _row(f"{found.days:,.1f} days of history", "present", "candidate", indent="")
    for name, a, b in duty.rows(now.duty, then.duty):
        yield _row(name, a, b)
    yield _row("episodes", f"{len(now.episodes):,}", f"{len(then.episodes):,}")
    yield from _judged(found)
    for title, figures in duty.named(now.duty, then.duty):
        yield title
        for name, a, b in figures[:_MOST_LISTED]:
            yield _row(name, a, b)
        if len(figures) > _MOST_LISTED:
            yield f"  and {len(figures) - _MOST_LISTED:,} more (--out FILE writes them all)"
    yield from _by_day(now, then)
    yield from differences(found.comparison, ("present", "candidate"))


def duties(found: Trial) -> Iterator[dict[str, Any]]:
    """The load of both sides, as the fields of NDJSON lines."""
    for name, side in (("present", found.present), ("candidate", found.candidate)):
        yield {"what": ["duty"], "rules": name, **side.duty.as_dict()}


def _judged(found: Trial) -> Iterator[str]:
    """What the figures are held against, and how far they can be trusted."""
    yield (
        "for one operator, after ISA-18.2 / IEC 62682 practice (unverified): up to about 150 "
        "a day, 10 in 10 min, under 1 % in flood, none chattering, few over 24 h"
    )
    if found.days < 1:
        yield "less than a day of history: figures a day are projected"


def _row(name: str, now: str, then: str, *, indent: str = "  ") -> str:
    return f"{indent}{name:<{_NAME_WIDTH - len(indent)}}{now:>11}{then:>11}"


def _by_day(now: Side, then: Side) -> Iterator[str]:
    """Days with raises, the fullest first: red/orange/yellow/blue of each side."""
    days = sorted(now.days.keys() | then.days.keys())
    fullest = sorted(days, key=lambda d: -_total(now, d) - _total(then, d))[:_MOST_LISTED]
    if fullest:
        more = f", the fullest {len(fullest)} of {len(days)}" if len(days) > len(fullest) else ""
        yield f"days with raises (red/orange/yellow/blue, UTC+8){more}"
    for day in sorted(fullest):
        date = format_time(day * measures.DAY_MS)[:10]
        yield _row(date, _levels(now, day), _levels(then, day))


def _total(side: Side, day: int) -> int:
    return sum(side.days.get(day, Counter[Level]()).values())


def _levels(side: Side, day: int) -> str:
    raised = side.days.get(day, Counter[Level]())
    return "/".join(str(raised[level]) for level in _HIGH_FIRST)


def differences(found: Comparison, names: tuple[str, str]) -> Iterator[str]:
    """What only one side detects, and what both do at other times or levels, as text."""
    a, b = names
    yield f"episodes told alike: {found.same:,}"
    yield f"only {a}: {found.count('only_a'):,} · only {b}: {found.count('only_b'):,}"
    shifts = found.shifts_ms
    earlier, later = [s for s in shifts if s < 0], [s for s in shifts if s > 0]
    yield f"{b} earlier: {len(earlier):,}{_most(earlier)} · later: {len(later):,}{_most(later)}"
    yield f"another highest level: {found.count('level'):,} · another end: {found.count('end'):,}"
    shown = [d for d in found.differences if {"only_a", "only_b", "level", "start"} & set(d.what)]
    for difference in shown[:_MOST_LISTED]:
        yield f"  {_told(difference.as_dict(), names)}"
    if len(shown) > _MOST_LISTED:
        yield f"  and {len(shown) - _MOST_LISTED:,} more (--out FILE writes them all)"


def _most(shifts: Sequence[int]) -> str:
    if not shifts:
        return ""
    return f" (by up to {max(abs(s) for s in shifts) / 60_000:,.0f} min)"


def _told(fields: dict[str, object], names: tuple[str, str]) -> str:
    sides = []
    for name, side in zip(names, (fields["a"], fields["b"]), strict=True):
        told = f"{side['level']} {side['start']}" if isinstance(side, dict) else "nothing"
        sides.append(f"{name}: {told}")
    return f"{fields['sensor'] or fields['object']} {fields['rule']}: {' · '.join(sides)}"

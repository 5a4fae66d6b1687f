"""Clause 10.2 for the oracle: a late reading makes its object be evaluated again."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from anlan.terms.levels import Level
from tests.oracle_gate import Probe
from tests.oracle_told import Told

if TYPE_CHECKING:
    from tests.oracle import Site, Track

WEEK = 7 * 86_400_000
Line = list[tuple[int, frozenset[Level]]]


def reconsider(site: "Site", probe: Probe, time: int) -> None:
    """Evaluates the object again and tells each moment from which the outcome differs."""
    horizon = max(WEEK, 2 * site.longest_window)
    if probe.newest - time > horizon:
        return
    again = replay(site, time - horizon)
    for old, new in zip(site.tracks, again.tracks, strict=True):
        new.site, new.silent, new.is_stale = site, old.silent, old.is_stale
        reasons = {
            told.at: told
            for told in again.told
            if told[:3] == new.place and told.before != told.after
        }
        site.told += differences(old, new, time, reasons)
    for mine, theirs in zip(site.probes.values(), again.probes.values(), strict=True):
        theirs.stored, theirs.newest = mine.stored, mine.newest
        theirs.heard, theirs.is_silent = max(mine.heard, theirs.heard), mine.is_silent
    site.probes, site.tracks, site.hearing = again.probes, again.tracks, again.hearing


def replay(site: "Site", start: int) -> "Site":
    """A new evaluation from `start` on, of all readings and ticks in order of time."""
    again = type(site)(site.sensors, site.limits, site.rule_set)
    for old, new in zip(site.tracks, again.tracks, strict=True):
        new.line = [(at, levels) for at, levels in old.line if at < start]
        for one in new.standings:
            one.stands, one.entered = one.spec.level in standing_at(new.line, start), start
            one.first = start if one.stands else None
    for entry in sorted(site.log, key=lambda entry: entry[0]):
        if entry[0] >= start:
            again.take(*entry)
    return again


def standing_at(line: Line, moment: int) -> frozenset[Level]:
    """The levels that stood at a moment."""
    stood: frozenset[Level] = frozenset()
    for at, levels in line:
        if at <= moment:
            stood = levels
    return stood


def spoken(line: Line) -> dict[int, Level]:
    """Moment → the reported level from then on, where it changes."""
    found: dict[int, Level] = {}
    said = Level.NONE
    for at, levels in line:
        level = max(levels, default=Level.NONE)
        if level != said:
            found[at] = said = level
    return found


def differences(old: "Track", new: "Track", since: int, reasons: dict[int, Told]) -> Iterator[Told]:
    """`corrected` wherever the log as told so far and the new evaluation differ."""
    again = spoken(new.line)
    new.log = dict(old.log)
    said = now = Level.NONE
    for moment in sorted({since, *old.log, *again}):
        said, now = old.log.get(moment, said), again.get(moment, now)
        if moment >= since and said != now:
            told = reasons.get(moment) or Told(*new.place, "corrected", said, now, moment)
            yield told._replace(kind="corrected", before=said, after=now)
            new.log[moment] = said = now

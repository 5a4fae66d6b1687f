"""Clause 10.2 for the oracle: a late reading makes its object be evaluated again."""

from typing import TYPE_CHECKING

from anlan.terms.levels import Level
from tests.oracle_gate import Probe

if TYPE_CHECKING:
    from tests.oracle import Site, Track

HORIZON = 7 * 86_400_000
Line = list[tuple[int, frozenset[Level]]]


def reconsider(site: "Site", probe: Probe, time: int) -> None:
    """Evaluates the object again and tells each moment from which the outcome differs."""
    if probe.newest - time > HORIZON:
        return
    start = time - HORIZON
    again = replay(site, start)
    for old, new in zip(site.tracks, again.tracks, strict=True):
        tell_differences(old, new.line, start)
    for mine, theirs in zip(site.probes.values(), again.probes.values(), strict=True):
        theirs.stored, theirs.newest = mine.stored, mine.newest
        theirs.heard, theirs.is_silent = mine.heard, mine.is_silent
    for old, new in zip(site.tracks, again.tracks, strict=True):
        new.site, new.silent = site, old.silent
    site.probes, site.tracks = again.probes, again.tracks


def replay(site: "Site", start: int) -> "Site":
    """A new evaluation from `start`, in order of time, with a tick before each new time."""
    again = type(site)(site.sensors, site.limits, site.rule_set)
    for old, new in zip(site.tracks, again.tracks, strict=True):
        new.line = [(at, levels) for at, levels in old.line if at < start]
        for one in new.standings:
            one.stands, one.entered = one.spec.level in standing_at(new.line, start), start
    clock = start - 1
    for key, time, value, quality in sorted(site.kept, key=lambda row: row[1]):
        if time < start:
            continue
        if time > clock:
            clock = time
            again.tick(time)
        again.gate(again.probes[key], time, value, quality)
    return again


def standing_at(line: Line, moment: int) -> frozenset[Level]:
    """The levels that stood at a moment."""
    stood: frozenset[Level] = frozenset()
    for at, levels in line:
        if at <= moment:
            stood = levels
    return stood


def tell_differences(old: "Track", new: Line, start: int) -> None:
    """`corrected` at each moment from which old and new differ."""
    told = None
    for moment in sorted({at for at, _ in old.line + new if at >= start}):
        said = max(standing_at(old.line, moment), default=Level.NONE)
        now = max(standing_at(new, moment), default=Level.NONE)
        if said != now and (said, now) != told:
            old.tell("corrected", said, now, moment)
        told = (said, now)

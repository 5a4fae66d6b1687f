"""Alarms against what happened: hits, misses, false alarms and lead times by level.

An object stands at a level while any of its rules does. For each level, events and alarms of
that level or above are compared: an event is a hit when an alarm of its object stands at any
moment from MARGIN before its start to its end; an alarm that meets no event so is false, and
an object that EVENTS does not name had none. Lead time: from the first moment of the alarm to
the event's start, positive where the alarm came first.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from anlan.live.replay.measures import Episode
from anlan.live.replay.reading.registers import Event
from anlan.terms.levels import RAISED_LEVELS, Level

MARGIN_MS = 3 * 3_600_000

Run = tuple[int, int]  # start, end


@dataclass(slots=True)
class Score:
    """How one level did.

    leads: (event, ms) of each hit · missed: events · false: (object, start, end) of alarms.
    """

    level: Level
    leads: list[tuple[Event, int]] = field(default_factory=list)
    missed: list[Event] = field(default_factory=list)
    false: list[tuple[str, int, int]] = field(default_factory=list)

    @property
    def mean_lead_ms(self) -> float | None:
        """None where nothing was hit."""
        if not self.leads:
            return None
        return sum(lead for _, lead in self.leads) / len(self.leads)


def scores(events: Sequence[Event], episodes: Iterable[Episode], last: int) -> list[Score]:
    """One score for each level that an event or an alarm reached as its highest."""
    episodes = list(episodes)
    reached = {event.level for event in events} | {episode.peak for episode in episodes}
    levels = [level for level in RAISED_LEVELS if level in reached]
    return [_score(level, events, _runs(episodes, level, last)) for level in levels]


def _score(level: Level, events: Sequence[Event], runs: dict[str, list[Run]]) -> Score:
    score = Score(level)
    truth: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if event.level >= level:
            truth[event.object].append(event)
            met = [run for run in runs.get(event.object, ()) if _meets(run, event)]
            if met:
                score.leads.append((event, event.start - met[0][0]))
            else:
                score.missed.append(event)
    for name, stood in sorted(runs.items()):
        for run in stood:
            if not any(_meets(run, event) for event in truth[name]):
                score.false.append((name, *run))
    return score


def _meets(run: Run, event: Event) -> bool:
    return run[0] <= event.end and run[1] >= event.start - MARGIN_MS


def _runs(episodes: Iterable[Episode], level: Level, last: int) -> dict[str, list[Run]]:
    """When each object stood at the level or above, runs that touch joined."""
    spans: dict[str, list[Run]] = defaultdict(list)
    for episode in episodes:
        marks = [*episode.steps, (last if episode.end is None else episode.end, Level.NONE)]
        for (start, reached), (end, _) in itertools.pairwise(marks):
            if reached >= level:
                spans[episode.object].append((start, end))
    return {name: _joined(sorted(runs)) for name, runs in spans.items()}


def _joined(runs: list[Run]) -> list[Run]:
    joined: list[Run] = []
    for start, end in runs:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined

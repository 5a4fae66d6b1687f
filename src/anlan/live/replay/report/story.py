"""All that the report tells, gathered once: changes in words, episodes, charts, scores."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from anlan.engine.plan import Plan
from anlan.engine.plan.limits import disjoint, seasons
from anlan.engine.rules import Gate, Rule
from anlan.live.replay import measures
from anlan.live.replay.measures import Episode, Load, Silence
from anlan.live.replay.reading.columns import Known
from anlan.live.replay.reading.registers import Event
from anlan.live.replay.report.chart import Line
from anlan.live.replay.report.curves import Curve, Span, read_curves
from anlan.live.replay.report.truth import Score, scores
from anlan.live.replay.run import Replayed
from anlan.terms.changes import Change, Kind
from anlan.terms.levels import RAISED_LEVELS

MOST_CHARTS = 48
_LEAST_PAD_MS = 600_000


@dataclass(frozen=True, slots=True)
class Picture:
    """An episode with the readings around it and the limits in force."""

    episode: Episode
    curve: Curve
    lines: list[Line]
    gap_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What is told.

    summary: the fields of the summary file · pictures: of the gravest episodes · raises: by
    (sensor, object, rule) · scores: None without EVENTS.
    """

    pack: str
    title: tuple[str, str]
    files: list[Path]
    summary: dict[str, Any]
    replayed: Replayed
    episodes: list[Episode]
    pictures: list[Picture]
    silences: list[Silence]
    load: Load
    raises: Counter[measures.Place]
    events: Sequence[Event] | None
    scores: list[Score] | None

    @property
    def plan(self) -> Plan:
        return self.replayed.engine.plan

    def name_of(self, sensor: str | None, object_key: str) -> str:
        """Object and sensor as people call them, each once."""
        names = [object_key]
        if sensor is not None:
            known = self.plan.sensors[self.plan.handle[sensor]]
            names += [known.name or sensor]
        return " · ".join(dict.fromkeys(names))


def gather(
    replayed: Replayed, *, about: dict[str, Any], readings: Path, events: Sequence[Event] | None
) -> Story:
    """The story of a replay; reads the file a second time for the charts.

    about: pack, title, files and summary of the Story.
    """
    changes = replayed.engine.describe(replayed.changes)
    episodes = measures.episodes_of(changes)
    own = [c for c in changes if not replayed.is_promoted(c)]
    return Story(
        **about,
        replayed=replayed,
        episodes=episodes,
        pictures=_pictures(replayed, gravest(episodes), readings),
        silences=measures.silences_of(changes),
        load=measures.load_of(own),
        raises=Counter(_place(c) for c in own if c.kind in (Kind.RAISED, Kind.RISEN)),
        events=events,
        scores=None if events is None else scores(events, episodes, replayed.last),
    )


def gravest(episodes: Sequence[Episode]) -> list[Episode]:
    """The highest levels first, in order of time within a level; at most MOST_CHARTS."""
    drawn = [e for e in episodes if e.sensor is not None]
    return sorted(drawn, key=lambda e: (-e.peak, e.start))[:MOST_CHARTS]


def _place(change: Change) -> measures.Place:
    return (change.sensor, change.object, change.rule)


def _pictures(replayed: Replayed, chosen: list[Episode], readings: Path) -> list[Picture]:
    plan = replayed.engine.plan
    known = Known(pa.array([s.key for s in plan.sensors], pa.string()))
    spans = [_span(plan, e, replayed.last) for e in chosen]
    curves = read_curves(readings, known, spans, careful=replayed.careful)
    rules = {i.rule.key: i.rule for i in plan.instances}
    return [
        Picture(e, curve, _lines(plan, rules[e.rule], span), _gap_ms(plan, span.handle))
        for e, span, curve in zip(chosen, spans, curves, strict=True)
    ]


def _gate(plan: Plan, handle: int) -> Gate:
    return plan.rule_sets[0].gates.get(plan.sensors[handle].quantity, Gate())


def _interval_ms(plan: Plan, handle: int) -> int:
    return plan.sensors[handle].interval_ms or _gate(plan, handle).interval_ms


def _gap_ms(plan: Plan, handle: int) -> int:
    return _gate(plan, handle).max_gap_ms or 3 * _interval_ms(plan, handle)


def _span(plan: Plan, episode: Episode, last: int) -> Span:
    """The episode of a sensor with some time before and after it."""
    handle = plan.handle[episode.sensor or ""]
    interval = _interval_ms(plan, handle)
    lasting = episode.lasting_ms(last)
    pad = max(8 * interval, lasting // 3, _LEAST_PAD_MS if interval > 60_000 else 20_000)
    end = last if episode.end is None else episode.end
    return Span(handle, episode.start - pad, end + pad)


def _lines(plan: Plan, rule: Rule, span: Span) -> list[Line]:
    """The limits in force in the span, of levels that compare the value itself."""
    own = [x for x in plan.limits if x.sensor == plan.sensors[span.handle].key]
    lines = []
    for level in RAISED_LEVELS:
        written = next((x for x in rule.levels if x.level == level), None)
        stated = written or next(iter(rule.levels), None)
        if stated is not None and stated.measure != "value":
            continue
        if rule.takes_limits and own:
            segments = disjoint([x for x in own if x.level == level])
        else:
            segments = seasons(written) if written is not None else []
        for segment in segments:
            start, until = max(segment.start, span.start), min(segment.end, span.end)
            if start < until:
                lines.append(Line(level, segment.threshold, start, until))
    return lines

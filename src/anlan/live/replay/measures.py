"""What a list of changes amounts to: episodes, silences, load and floods of alarms."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from anlan.terms.changes import Change, Kind
from anlan.terms.levels import Level
from anlan.terms.sensors import Direction

TEN_MIN_MS = 600_000
DAY_MS = 86_400_000
FLOOD = 10
"""More alarms than this in 10 minutes are a flood for one person (ISA-18.2 practice)."""

CHATTER = 3
"""So many raises of one rule within an hour are chattering."""

_HOUR_MS = 3_600_000
_UP = (Kind.RAISED, Kind.RISEN)
_LEVELS = (Kind.RAISED, Kind.RISEN, Kind.FALLEN, Kind.CLEARED, Kind.CORRECTED)


@dataclass(slots=True, kw_only=True)
class Episode:
    """One time that a rule stood, from none to none.

    steps: (at, level) · end: None where it still stands · extreme: of the readings, the value
    farthest beyond the limit · limit: that of the highest level reached.
    """

    sensor: str | None
    object: str
    rule: str
    unit: str
    steps: list[tuple[int, Level]]
    end: int | None = None
    extreme: float | None = None
    limit: float | None = None
    limit_source: str = ""
    formula: str = ""

    @property
    def start(self) -> int:
        return self.steps[0][0]

    @property
    def peak(self) -> Level:
        """The highest level reached."""
        return max(level for _, level in self.steps)

    def lasting_ms(self, last: int) -> int:
        """How long it stood, up to `last` where it still does."""
        return (last if self.end is None else self.end) - self.start


@dataclass(frozen=True, slots=True)
class Silence:
    """A time without fresh readings of a sensor; end: None where it goes on."""

    sensor: str | None
    object: str
    rule: str
    start: int
    end: int | None


@dataclass(slots=True)
class Load:
    """How alarms come: raises by level, the fullest ten minutes, floods, chattering.

    raises: each rise to a level · floods: (start, alarms) of ten minutes with more than FLOOD ·
    fullest: (start, alarms) · chattering: rules with CHATTER raises within an hour, and how
    often.
    """

    raises: Counter[Level] = field(default_factory=Counter)
    floods: list[tuple[int, int]] = field(default_factory=list)
    fullest: tuple[int, int] | None = None
    chattering: Counter[tuple[str | None, str, str]] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return sum(self.raises.values())


Place = tuple[str | None, str, str]  # sensor, object, rule


def episodes_of(changes: Iterable[Change]) -> list[Episode]:
    """The episodes in order of their start."""
    standing: dict[Place, Episode] = {}
    found: list[Episode] = []
    for change in changes:
        if change.kind not in _LEVELS:
            continue
        place = (change.sensor, change.object, change.rule)
        episode = standing.get(place)
        if change.after is Level.NONE:
            if episode is not None:
                _note_extreme(episode, change)
                episode.end = change.at
                del standing[place]
            continue
        if episode is None:
            episode = standing[place] = _begin(change)
            found.append(episode)
        _step(episode, change)
    return sorted(found, key=lambda e: (e.start, e.object, e.rule))


def _begin(change: Change) -> Episode:
    return Episode(
        sensor=change.sensor,
        object=change.object,
        rule=change.rule,
        unit=change.evidence.unit,
        steps=[],
    )


def _step(episode: Episode, change: Change) -> None:
    is_highest = not episode.steps or change.after > episode.peak
    episode.steps.append((change.at, change.after))
    if is_highest:
        episode.limit = change.evidence.limit
        episode.limit_source = change.evidence.limit_source
        episode.formula = change.evidence.formula
    _note_extreme(episode, change)


def _note_extreme(episode: Episode, change: Change) -> None:
    """A change's evidence covers the readings since the first crossing of its level."""
    evidence = change.evidence
    if "<=" in episode.formula:
        seen = [x for x in (episode.extreme, evidence.value, evidence.min) if x is not None]
        episode.extreme = min(seen, default=None)
    else:
        seen = [x for x in (episode.extreme, evidence.value, evidence.max) if x is not None]
        episode.extreme = max(seen, default=None)


def direction_of(episode: Episode) -> Direction:
    """Which way the limit is crossed."""
    return "low" if "<=" in episode.formula else "high"


def silences_of(changes: Iterable[Change]) -> list[Silence]:
    """The silences in order of their start."""
    begun: dict[Place, int] = {}
    found: list[Silence] = []
    for change in changes:
        place = (change.sensor, change.object, change.rule)
        if change.kind is Kind.STALE:
            begun.setdefault(place, change.at)
        elif change.kind is Kind.FRESH and place in begun:
            found.append(Silence(*place, begun.pop(place), change.at))
    found += [Silence(*place, start, None) for place, start in begun.items()]
    return sorted(found, key=lambda s: (s.start, s.object))


def load_of(changes: Iterable[Change]) -> Load:
    """How the alarms of sensors and objects' own rules come; promotions are not counted."""
    load = Load()
    recent: dict[Place, list[int]] = defaultdict(list)
    buckets: Counter[int] = Counter()
    for change in changes:
        if change.kind not in _UP:
            continue
        load.raises[change.after] += 1
        buckets[change.at // TEN_MIN_MS] += 1
        place = (change.sensor, change.object, change.rule)
        times = [t for t in recent[place] if change.at - t < _HOUR_MS] + [change.at]
        recent[place] = times
        if len(times) >= CHATTER:
            load.chattering[place] += 1
    crowded = sorted(buckets.items())
    load.floods = [(b * TEN_MIN_MS, n) for b, n in crowded if n > FLOOD]
    if crowded:
        bucket, most = max(crowded, key=lambda item: item[1])
        load.fullest = (bucket * TEN_MIN_MS, most)
    return load


def by_day(changes: Iterable[Change], offset_ms: int) -> dict[int, Counter[Level]]:
    """Raises by day number of a fixed zone and level."""
    days: dict[int, Counter[Level]] = defaultdict(Counter)
    for change in changes:
        if change.kind in _UP:
            days[(change.at + offset_ms) // DAY_MS][change.after] += 1
    return dict(sorted(days.items()))

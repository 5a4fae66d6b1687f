"""What stands now: folded from the registry, the readings and the changes of a store."""

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from anlan.engine.rules import Group, RuleSet
from anlan.terms.changes import Change, Kind
from anlan.terms.levels import Level
from anlan.terms.quality import Quality
from anlan.terms.sensors import Limit, Sensor

RECENT = 200
OF_SENSOR = 200
CUT_OFF_MS = 5000
"""Without a tick for so long the page says that it is cut off."""


class Latest(NamedTuple):
    """The newest reading of a sensor: ms UTC, value (NaN: missing) and quality."""

    time: int
    value: float
    quality: int


class Told(NamedTuple):
    """A change and the record of the log that holds it."""

    seq: int
    change: Change


@dataclass(slots=True)
class Standing:
    """An alarm that stands: the last change of its level, and since when it stands at all."""

    told: Told
    since: int
    is_stale: bool = False

    @property
    def level(self) -> Level:
        return self.told.change.after


Key = tuple[str | None, str, str]
"""Sensor (None for an object or wider group), object, rule."""


@dataclass(slots=True)
class News:
    """What one look at the store brought."""

    sensors: list[Sensor] | None = None
    limits: dict[str, list[Limit]] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    rule_sets: tuple[RuleSet, ...] = ()
    latest: list[tuple[int, Latest]] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    tick_at: int | None = None
    is_new_store: bool = False

    def __bool__(self) -> bool:
        return bool(
            self.sensors is not None or self.latest or self.told or self.tick_at is not None
        )


def _keep_newest(newest: dict[int, Latest], handle: int, one: Latest) -> None:
    before = newest.get(handle)
    if before is None or before.time <= one.time:
        newest[handle] = one


class Board:
    """The present state; changed by `take` only.

    latest: the newest reading by handle · known: the newest with a value.
    """

    def __init__(self) -> None:
        self.version = 0
        self.is_open = False
        self.clear()

    def clear(self) -> None:
        """Nothing is known."""
        self.sensors: list[Sensor] = []
        self.handle: dict[str, int] = {}
        self.limits: dict[str, list[Limit]] = {}
        self.groups: dict[str, Group] = {}
        self.rule_sets: tuple[RuleSet, ...] = ()
        self.latest: dict[int, Latest] = {}
        self.known: dict[int, Latest] = {}
        self.standing: dict[Key, Standing] = {}
        self.silent: set[str] = set()
        self.recent: deque[Told] = deque(maxlen=RECENT)
        self.of_scope: dict[str, deque[Told]] = {}
        self.changes = 0
        self.tick_at: int | None = None

    def take(self, news: News) -> None:
        """Folds what came in."""
        if news.is_new_store:
            self.clear()
        self.is_open = True
        if news.sensors is not None:
            self.sensors, self.limits, self.groups = news.sensors, news.limits, news.groups
            self.rule_sets = news.rule_sets
            self.handle = {sensor.key: h for h, sensor in enumerate(news.sensors)}
        for handle, one in news.latest:
            _keep_newest(self.latest, handle, one)
            if not math.isnan(one.value) and one.quality < Quality.BAD:
                _keep_newest(self.known, handle, one)
        self._change(news.told)
        if news.tick_at is not None:
            self.tick_at = news.tick_at
        if news:
            self.version += 1

    def _change(self, told: Iterable[Told]) -> None:
        for one in told:
            self.changes += 1
            self.recent.appendleft(one)
            scope = one.change.sensor or one.change.object
            self.of_scope.setdefault(scope, deque(maxlen=OF_SENSOR)).append(one)
            self._stand(one)

    def _stand(self, told: Told) -> None:
        change = told.change
        key = (change.sensor, change.object, change.rule)
        if change.kind in (Kind.STALE, Kind.FRESH):
            self._silence(key, change.kind is Kind.STALE)
            return
        if change.after is Level.NONE:
            self.standing.pop(key, None)
            return
        before = self.standing.get(key)
        since = change.at if before is None else before.since
        self.standing[key] = Standing(told, since, before is not None and before.is_stale)

    def _silence(self, key: Key, is_stale: bool) -> None:
        if key in self.standing:
            self.standing[key].is_stale = is_stale
        if key[0] is not None:
            (self.silent.add if is_stale else self.silent.discard)(key[0])

    def level_of(self, sensor: str) -> Level:
        """The highest level that stands on a sensor."""
        return max(
            (s.level for k, s in self.standing.items() if k[0] == sensor), default=Level.NONE
        )

    def level_at(self, place: str) -> Level:
        """The highest level at an object, or at any object below a wider group."""
        below = {place} | {g.key for g in self.groups.values() if g.parent == place}
        return max((s.level for k, s in self.standing.items() if k[1] in below), default=Level.NONE)

    def sensors_at(self, place: str) -> list[Sensor]:
        """The sensors of an object, or of all objects below a wider group."""
        below = {place} | {g.key for g in self.groups.values() if g.parent == place}
        return [sensor for sensor in self.sensors if sensor.object in below]

    def alarms(self) -> list[Standing]:
        """What stands and says more than its members do: the worst and newest first."""
        shown = [s for s in self.standing.values() if self._says_more(s)]
        return sorted(shown, key=lambda s: (-s.level, -s.told.change.at, s.told.change.object))

    def _says_more(self, standing: Standing) -> bool:
        change = standing.told.change
        if change.sensor is not None:
            return True
        members = (
            s.level
            for key, s in self.standing.items()
            if s is not standing and self._is_below(key, change.object)
        )
        return standing.level > max(members, default=Level.NONE)

    def _is_below(self, key: Key, place: str) -> bool:
        sensor, object_, _ = key
        if object_ == place:
            return sensor is not None
        group = self.groups.get(object_)
        return group is not None and group.parent == place

    def is_cut_off(self, now: int) -> bool:
        """Whether nothing has come from the loop for some time."""
        return self.tick_at is None or now - self.tick_at > CUT_OFF_MS

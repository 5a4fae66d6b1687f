"""The registry: sensors, limits, groups, rule sets, calendars and source keys, from the log.

Entries are JSON objects in REGISTRY records; folding them in order gives what holds now:

sensor      key, quantity, object[, name, lon, lat, interval_ms]
limit       sensor, level, value[, direction, deadband, valid_from, valid_to, source]: one more
limits_of   sensor, limits[]: all of that sensor's limits from now on
group       key[, kind, parent, name]
rule_set    rules (see `rule_set_entry`)[, policy: carry | reset | rebuild]
calendar    key, first [month, day], last [month, day][, offset_min]
source_key  id, source, hash, sensors[][, rate]: see keys.py
retire      one of sensor, group, calendar, pack, source_key: what is no longer used

A sensor's handle is its place in the order of first entries; it is never given to another, and
a retired sensor keeps it.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Self

import msgspec

from anlan.engine.rules import Group, RuleSet, Season
from anlan.history.codec import decode_registry
from anlan.history.log import Log, RecordKind
from anlan.history.registry.keys import SourceKey
from anlan.history.registry.rulebook import check_spans, rule_set_of
from anlan.terms.errors import Malformed
from anlan.terms.levels import level_named
from anlan.terms.sensors import Limit, Sensor

_KEYS_AT_ONCE = 2  # of one source: the old and the new while they are exchanged


class Registry:
    """What the entries read so far amount to; `seq` is the record of the last of them."""

    def __init__(self) -> None:
        self.seq = self._read_to = 0
        self.sensors: list[Sensor] = []
        self.handle: dict[str, int] = {}
        self.retired: set[str] = set()
        self.groups: dict[str, Group] = {}
        self.rule_sets: dict[str, RuleSet] = {}
        self.policy: dict[str, str] = {}
        self.calendars: dict[str, Season] = {}
        self.keys: dict[str, SourceKey] = {}
        self._limits: dict[str, list[Limit]] = {}

    @classmethod
    def from_log(cls, log: Log) -> Self:
        """The registry as the log has it now."""
        registry = cls()
        registry.catch_up(log)
        return registry

    def catch_up(self, log: Log) -> bool:
        """Folds the records that came since; whether there were any."""
        before, end = self.seq, log.last()
        for record in log.records(self._read_to, kinds={RecordKind.REGISTRY}):
            self.fold(decode_registry(record.body))
            self.seq = record.seq
        self._read_to = max(end, self.seq)
        return self.seq != before

    @property
    def limits(self) -> list[Limit]:
        """All limits, by sensor in order of handle, each in order of entry."""
        order = sorted(self._limits, key=lambda key: self.handle.get(key, len(self.handle)))
        return [limit for key in order for limit in self._limits[key]]

    def limits_of(self, sensor: str) -> list[Limit]:
        """The limits of one sensor, in order of entry."""
        return list(self._limits.get(sensor, ()))

    def keys_of(self, source: str) -> list[SourceKey]:
        """The valid keys of a source, at most two, the older first."""
        return [key for key in self.keys.values() if key.source == source]

    def fold(self, entries: Iterable[Mapping[str, Any]]) -> None:
        """Applies entries in order; Malformed names the entry that is wrong."""
        for number, entry in enumerate(entries):
            kind = entry.get("type")
            apply = _FOLDS.get(str(kind))
            if apply is None:
                raise Malformed(f"no such kind of entry: {kind!r}", where=f"entry {number}")
            try:
                apply(self, entry)
            except (KeyError, TypeError, ValueError, msgspec.ValidationError) as error:
                raise Malformed(f"wrong {kind} entry ({error})", where=f"entry {number}") from error

    def _sensor(self, entry: Mapping[str, Any]) -> None:
        sensor = msgspec.convert(_without_type(entry), Sensor)
        check_spans(sensor)
        handle = self.handle.get(sensor.key)
        if handle is None:
            self.handle[sensor.key] = len(self.sensors)
            self.sensors.append(sensor)
        else:
            self.sensors[handle] = sensor
        self.retired.discard(sensor.key)

    def _limit(self, entry: Mapping[str, Any]) -> None:
        limit = limit_of(entry)
        self._limits.setdefault(limit.sensor, []).append(limit)

    def _limits_of(self, entry: Mapping[str, Any]) -> None:
        sensor = str(entry["sensor"])
        self._limits[sensor] = [limit_of({**row, "sensor": sensor}) for row in entry["limits"]]

    def _group(self, entry: Mapping[str, Any]) -> None:
        group = msgspec.convert(_without_type(entry), Group)
        self.groups[group.key] = group

    def _rule_set(self, entry: Mapping[str, Any]) -> None:
        rules = rule_set_of(entry["rules"])
        self.rule_sets[rules.pack] = rules
        self.policy[rules.pack] = str(entry.get("policy", "carry"))

    def _calendar(self, entry: Mapping[str, Any]) -> None:
        plain = _without_type(entry)
        self.calendars[str(plain.pop("key"))] = msgspec.convert(plain, Season)

    def _source_key(self, entry: Mapping[str, Any]) -> None:
        key = msgspec.convert(_without_type(entry), SourceKey)
        self.keys.pop(key.id, None)
        for old in self.keys_of(key.source)[: 1 - _KEYS_AT_ONCE]:
            del self.keys[old.id]
        self.keys[key.id] = key

    def _retire(self, entry: Mapping[str, Any]) -> None:
        if "sensor" in entry:
            if entry["sensor"] not in self.handle:
                raise ValueError(f"no such sensor: {entry['sensor']!r}")
            self.retired.add(str(entry["sensor"]))
        for word, shelf in (
            ("group", self.groups),
            ("calendar", self.calendars),
            ("pack", self.rule_sets),
            ("source_key", self.keys),
        ):
            if word in entry:
                shelf.pop(str(entry[word]), None)


_FOLDS = {
    "sensor": Registry._sensor,
    "limit": Registry._limit,
    "limits_of": Registry._limits_of,
    "group": Registry._group,
    "rule_set": Registry._rule_set,
    "calendar": Registry._calendar,
    "source_key": Registry._source_key,
    "retire": Registry._retire,
}


def _without_type(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key != "type"}


def limit_of(entry: Mapping[str, Any]) -> Limit:
    """The limit of an entry, whose level is a word."""
    plain = _without_type(entry)
    plain["level"] = int(level_named(plain["level"]))
    return msgspec.convert(plain, Limit)


def sensor_entry(sensor: Sensor) -> dict[str, Any]:
    """A sensor as an entry."""
    return {"type": "sensor", **_told(sensor)}


def limit_entry(limit: Limit) -> dict[str, Any]:
    """A limit as an entry."""
    return {"type": "limit", **_told(limit), "level": limit.level.word}


def limits_entry(sensor: str, limits: Iterable[Limit]) -> dict[str, Any]:
    """All limits of one sensor as an entry; an empty list takes them away."""
    rows = [{**_told(limit), "level": limit.level.word} for limit in limits]
    return {"type": "limits_of", "sensor": sensor, "limits": rows}


def group_entry(group: Group) -> dict[str, Any]:
    """A group as an entry."""
    return {"type": "group", **_told(group)}


def _told(value: object) -> dict[str, Any]:
    """The fields that are set; defaults come back by themselves."""
    plain: dict[str, Any] = msgspec.to_builtins(value)
    return {key: field for key, field in plain.items() if field is not None and field != ""}

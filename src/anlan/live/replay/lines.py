"""Change lines: what `Change.as_line` says, made from columns, in the order of a change file."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from anlan.engine.changes import Changes, formula
from anlan.engine.engine import Engine
from anlan.engine.limits import Segment
from anlan.engine.rules import Rule
from anlan.terms.changes import Kind
from anlan.terms.levels import RAISED_LEVELS, Level
from anlan.terms.quality import Quality
from anlan.terms.times import NEVER, format_time

_CHUNK = 1 << 15
_quoted = json.JSONEncoder(ensure_ascii=False).encode
_KINDS = {int(kind): json.dumps(kind.word) for kind in Kind}
_LEVELS = [json.dumps(Level(n).word) for n in range(len(RAISED_LEVELS) + 1)]
_QUALITIES = [json.dumps(quality.word) for quality in Quality]


def in_file_order(engine: Engine, changes: Changes) -> Changes:
    """By at, sensor, rule; of the same ones, as they stood in the log."""
    seen, place = np.unique(changes["instance"], return_inverse=True)
    names = [_name(engine, int(instance)) for instance in seen]
    rank_of = {name: rank for rank, name in enumerate(sorted(set(names)))}
    rank = np.array([rank_of[name] for name in names], np.int64)[place]
    return changes[np.lexsort((rank, changes["at"]))]


def change_lines(engine: Engine, changes: Changes) -> Iterator[bytes]:
    """The lines of changes in their order, some thousands a piece, each with its line end."""
    writer = _Writer(engine)
    for start in range(0, len(changes), _CHUNK):
        text = "\n".join(writer.lines(changes[start : start + _CHUNK]))
        yield f"{text}\n".encode()


def _name(engine: Engine, instance: int) -> tuple[str, str]:
    """(sensor or nothing, rule) of an instance or a promoted group."""
    rules = engine.plan.instances
    if instance >= len(rules):
        return "", engine.promoter.outputs[instance - len(rules)][0].key
    sensor = rules[instance].sensor
    key = engine.plan.sensors[sensor].key if sensor >= 0 else ""
    return key, rules[instance].rule.key


class _Writer:
    """Lines of one plan; the text that repeats is made once."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.heads: dict[int, str] = {}
        self.limits: dict[tuple[int, int, int], tuple[str, str]] = {}
        self.words: dict[tuple[object, ...], tuple[str, str]] = {}
        self.moment = lru_cache(1 << 16)(lambda ms: f'"{format_time(ms)}"')

    def lines(self, changes: Changes) -> Iterator[str]:
        """One line a change."""
        count = len(self.engine.plan.instances)
        moment, heads, limits = self.moment, self.heads, self.limits
        names = [n for n in changes.dtype.names or () if n != "row"]
        columns = [_cells(changes[name]) for name in names]
        for row, cells in enumerate(zip(*columns, strict=True)):
            m, kind, before, after, at, first, n, quality, seg, cond, v, lo, hi, cov = cells
            if m >= count:
                yield self.engine.describe(changes[row : row + 1])[0].as_line()
                continue
            head = heads.get(m) or self.head(m)
            limit, tail = limits.get((m, seg, cond)) or self.limit(m, seg, cond)
            yield (
                f'{head}{_KINDS[kind]},"from":{_LEVELS[before]},"to":{_LEVELS[after]},'
                f'"at":{moment(at)},{limit},"value":{v},'
                f'"first_at":{"null" if first == NEVER else moment(first)},"n":{n},'
                f'"min":{lo},"max":{hi},"coverage":{cov},'
                f'"quality":{_QUALITIES[quality]},{tail}}}}}'
            )

    def head(self, m: int) -> str:
        """The start of a line of a rule instance."""
        instance = self.engine.plan.instances[m]
        sensor = "null"
        if instance.sensor >= 0:
            sensor = _quoted(self.engine.plan.sensors[instance.sensor].key)
        name, rule = _quoted(instance.object), _quoted(instance.rule.key)
        self.heads[m] = f'{{"sensor":{sensor},"object":{name},"rule":{rule},"kind":'
        return self.heads[m]

    def limit(self, m: int, seg: int, cond: int) -> tuple[str, str]:
        """The evidence before and after the numbers."""
        plan = self.engine.plan
        rule = plan.instances[m].rule
        segment = plan.segments[seg] if seg >= 0 else None
        level_index = cond % 4 if cond >= 0 else -1
        same = (id(rule), level_index, *_shown(segment))
        words = self.words.get(same)
        if words is None:
            words = self.words[same] = _limit_words(rule, segment, level_index)
        self.limits[m, seg, cond] = words
        return words


def _shown(segment: Segment | None) -> tuple[float | str | bool, ...]:
    """What of a limit is seen in a line."""
    if segment is None:
        return ()
    return segment.threshold, segment.source, segment.is_low, segment.is_boolean


def _limit_words(rule: Rule, segment: Segment | None, level_index: int) -> tuple[str, str]:
    level = Level(level_index + 1) if level_index >= 0 else Level.NONE
    written = next((x for x in rule.levels if x.level == level), None)
    limit = None if segment is None or segment.is_boolean else segment.threshold
    source = "" if segment is None else segment.source
    measure = written.measure if written else "value"
    before = {"rule_version": rule.version, "limit": limit, "limit_source": source}
    after = {"unit": rule.unit, "formula": formula(measure, segment)}
    return f'"evidence":{_json(before)[:-1]}', _json(after)[1:-1]


def _json(fields: Mapping[str, object]) -> str:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def _cells(column: Any) -> Sequence[Any]:
    """Whole numbers as they are, floats as JSON text."""
    if column.dtype.kind != "f":
        return list(column.tolist())
    finite = np.isfinite(column)
    if finite.all():
        return list(map(repr, column.tolist()))
    return [repr(x) if ok else "null" for x, ok in zip(column.tolist(), finite, strict=True)]

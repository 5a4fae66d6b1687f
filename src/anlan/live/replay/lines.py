"""Change lines: what `Change.as_line` says, made from columns, in the order of a change file."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from anlan.engine.changes import Changes, formula
from anlan.engine.engine import Engine
from anlan.engine.plan.limits import Segment
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
        self.words: dict[tuple[object, ...], tuple[str, str]] = {}

    def lines(self, changes: Changes) -> Iterator[str]:
        """One line a change."""
        count = len(self.engine.plan.instances)
        own = changes[changes["instance"] < count]
        rows = zip(*self.columns(own), strict=True)
        if len(own) == len(changes):
            yield from map(_line, rows)
            return
        for place, instance in enumerate(changes["instance"].tolist()):
            if instance < count:
                yield _line(next(rows))
            else:
                yield self.engine.describe(changes[place : place + 1])[0].as_line()

    def columns(self, changes: Changes) -> list[list[Any]]:
        """The pieces of lines in order, each column a list of text or whole numbers."""
        code = (changes["kind"].astype(np.int64) * 8 + changes["before"]) * 8 + changes["after"]
        limits = self.limits(changes)
        return [
            _each(changes["instance"], self.head),
            _each(code, _transition),
            _each(changes["at"], _moment),
            [limit for limit, _ in limits],
            _numbers(changes["value"]),
            _each(changes["first_at"], _moment),
            changes["n"].tolist(),
            _numbers(changes["low"]),
            _numbers(changes["high"]),
            _numbers(changes["coverage"]),
            _each(changes["quality"], _QUALITIES.__getitem__),
            [tail for _, tail in limits],
        ]

    def head(self, m: int) -> str:
        """The start of a line of a rule instance."""
        instance = self.engine.plan.instances[m]
        sensor = "null"
        if instance.sensor >= 0:
            sensor = _quoted(self.engine.plan.sensors[instance.sensor].key)
        name, rule = _quoted(instance.object), _quoted(instance.rule.key)
        return f'{{"sensor":{sensor},"object":{name},"rule":{rule},"kind":'

    def limits(self, changes: Changes) -> list[tuple[str, str]]:
        """The evidence before and after the numbers, for each change."""
        plan = self.engine.plan
        found: dict[tuple[int, int, int], tuple[str, str]] = {}
        keys = list(
            zip(*(changes[c].tolist() for c in ("instance", "segment", "condition")), strict=True)
        )
        for key in set(keys):
            m, seg, cond = key
            rule = plan.instances[m].rule
            segment = plan.segments[seg] if seg >= 0 else None
            level_index = cond % 4 if cond >= 0 else -1
            same = (id(rule), level_index, *_shown(segment))
            words = self.words.get(same)
            if words is None:
                words = self.words[same] = _limit_words(rule, segment, level_index)
            found[key] = words
        return [found[key] for key in keys]


def _line(pieces: tuple[Any, ...]) -> str:
    head, transition, at, limit, value, first, n, low, high, coverage, quality, tail = pieces
    return (
        f'{head}{transition}{at},{limit},"value":{value},"first_at":{first},"n":{n},'
        f'"min":{low},"max":{high},"coverage":{coverage},"quality":{quality},{tail}}}}}'
    )


def _each(column: Any, word: Callable[[int], str]) -> list[str]:
    """The word for each cell, made once for each distinct one."""
    distinct, places = np.unique(column, return_inverse=True)
    words = np.array([word(cell) for cell in distinct.tolist()], object)
    return list(words[places].tolist())


def _transition(code: int) -> str:
    kind, before, after = code // 64, code // 8 % 8, code % 8
    return f'{_KINDS[kind]},"from":{_LEVELS[before]},"to":{_LEVELS[after]},"at":'


def _moment(ms: int) -> str:
    return "null" if ms == NEVER else f'"{format_time(ms)}"'


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


def _numbers(column: Any) -> list[str]:
    """Floats as JSON text, null where not finite."""
    finite = np.isfinite(column)
    if finite.all():
        return list(map(repr, column.tolist()))
    return [repr(x) if ok else "null" for x, ok in zip(column.tolist(), finite, strict=True)]

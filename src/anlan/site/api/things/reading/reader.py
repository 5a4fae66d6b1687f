"""Finds entities: narrowed by the database, judged row by row, ordered, cut to a page."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from django.db.models import Q, QuerySet

from anlan.apps.people.asker import Person
from anlan.site.api.things.ask.evaluate import Judge
from anlan.site.api.things.ask.moments import Interval
from anlan.site.api.things.ask.options import Options
from anlan.site.api.things.ask.tree import Node, paths
from anlan.site.api.things.model import KINDS, READINGS, Kind, Link
from anlan.site.api.things.reading.narrow import narrowed
from anlan.terms.errors import Malformed

Row = Any
Held = tuple[str, tuple[Any, ...]]
"""An attribute, and the values that it may have."""
_CHUNK: Final = 500
BATCH: Final = 2000
"""Rows that the database hands over at once."""
_MOST: Final = 100_000
_MOST_FOLLOWED: Final = 200_000
_MOST_READINGS: Final = 1_000_000
_MOST_STRETCHES: Final = 5000
_MOST_TOLD: Final = 20_000


@dataclass
class Found:
    """A page: rows, how many there are in all where that was asked for, what the next one is
    asked with; empty at the end."""

    rows: list[Row]
    count: int | None = None
    next: dict[str, str] = field(default_factory=dict)


class Reader:
    """Finds in the records and the packs for one request; remembers what it has followed."""

    def __init__(self, asker: Person) -> None:
        self.asker = asker
        self.judge = Judge(asker.now)
        self._near: dict[tuple[str, str, str], list[Row]] = {}
        self._told = self._followed = self._readings = self._stretches = 0

    def told(self, count: int) -> None:
        """Counts entities of the answer. Raises Malformed where they are too many."""
        self._told += count
        if self._told > _MOST_TOLD:
            raise Malformed(f"An answer has at most {_MOST_TOLD} entities: ask for less.",
                            where="$expand")  # fmt: skip

    def looked(self, readings: int) -> None:
        """Counts a stretch of the history. Raises Malformed where one request reads too much."""
        self._readings += readings
        self._stretches += 1
        for count, most, what in (
            (self._readings, _MOST_READINGS, "readings"),
            (self._stretches, _MOST_STRETCHES, "stretches of the history"),
        ):
            if count > most:
                raise Malformed(f"More than {most} {what} would have to be looked at: narrow "
                                "phenomenonTime, or ask for fewer Datastreams.",
                                where="$filter")  # fmt: skip

    def one(self, kind: Kind, key: str) -> Row | None:
        """An entity by its key; None where there is none, or none for the asker."""
        if kind.rows is None:
            return next((row for row in _listed(kind) if kind.key(row) == key), None)
        condition = kind.find(key)
        return None if condition is None else kind.rows(self.asker).filter(**condition).first()

    def linked(self, kind: Kind, name: str, rows: Sequence[Row]) -> list[list[Row]]:
        """What a link leads to from each of some rows, in order; asked for once."""
        link = kind.links[name]
        target = KINDS[link.target]
        if target is READINGS:
            raise Malformed(f"{name} cannot be followed here: ask for Observations.")
        unknown = [row for row in rows if (kind.plural, name, kind.key(row)) not in self._near]
        ends = link.of(unknown)
        wanted = tuple({value for many in ends for value in many})
        groups: dict[Any, list[Row]] = {}
        for one in self._all(target, (link.there, wanted)) if wanted else ():
            groups.setdefault(getattr(one, link.there), []).append(one)
        for row, many in zip(unknown, ends, strict=True):
            near = [one for value in many for one in groups.get(value, ())]
            self._near[kind.plural, name, kind.key(row)] = near
        return [self._near[kind.plural, name, kind.key(row)] for row in rows]

    def _all(self, kind: Kind, held: Held) -> list[Row]:
        if kind.rows is None:
            return [row for row in _listed(kind) if getattr(row, held[0]) in held[1]]
        found: list[Row] = []
        for start in range(0, len(held[1]), _CHUNK):
            part = held[1][start : start + _CHUNK]
            rows = kind.rows(self.asker).filter(**{f"{held[0]}__in": part}).order_by(kind.order)
            left = _MOST_FOLLOWED - self._followed
            near = list(rows[: left + 1].iterator(chunk_size=BATCH))
            self._followed += len(near)
            if len(near) > left:
                raise Malformed(f"More than {_MOST_FOLLOWED} entities would have to be followed to "
                                "by links: ask for less.", where="$expand")  # fmt: skip
            found += near
        return found

    def find(self, kind: Kind, options: Options, held: Held | None = None) -> Found:
        """A page of a set; held: of those that a link leads to."""
        if options.after:
            raise Malformed("There is no option $skiptoken here.", where="$skiptoken")
        if kind.rows is None:
            rows = _listed(kind)
            kept = [row for row in rows if held is None or getattr(row, held[0]) in held[1]]
            return self.page(kind, kept, options)
        condition = Q(**{f"{held[0]}__in": held[1]}) if held else Q()
        return self._recorded(kind, kind.rows(self.asker).filter(condition), options)

    def _recorded(self, kind: Kind, rows: QuerySet[Any], options: Options) -> Found:
        part = narrowed(kind, options.filter)
        rows = rows.filter(part.condition).order_by(kind.order)
        if not part.is_whole or options.order:
            return self.page(kind, rows.iterator(chunk_size=BATCH), options)
        count = rows.count() if options.count else None
        found = list(rows[options.skip : options.skip + options.top + 1])
        return _cut(found, options, count)

    def page(self, kind: Kind, rows: Iterable[Row], options: Options) -> Found:
        """A page of some rows."""
        kept = self.kept(kind, rows, options.filter)
        if not options.order and not options.count:
            found = list(islice(kept, options.skip, options.skip + options.top + 1))
            return _cut(found, options, None)
        whole = list(kept)
        if options.order:
            whole = self.ordered(kind, whole, options.order)
        part = whole[options.skip : options.skip + options.top + 1]
        return _cut(part, options, len(whole) if options.count else None)

    def kept(self, kind: Kind, rows: Iterable[Row], node: Node | None) -> Iterator[Row]:
        """Those of which an expression is true."""
        wanted = list(paths(node)) if node is not None else []
        source, seen = iter(rows), 0
        while chunk := list(islice(source, _CHUNK)):
            seen += len(chunk)
            if seen > _MOST:
                raise Malformed(f"More than {_MOST} would have to be looked at: narrow $filter.",
                                where="$filter")  # fmt: skip
            self.follow(kind, chunk, wanted)
            for row in chunk:
                if self.judge.holds(node, lambda names, row=row: self._values(kind, row, names)):  # type: ignore[misc]  # mypy cannot infer a lambda's default
                    yield row

    def ordered(
        self, kind: Kind, rows: list[Row], order: tuple[tuple[Node, bool], ...]
    ) -> list[Row]:
        """Rows in an order; what is missing comes last, or first where it is descending."""
        self.follow(kind, rows, [one for node, _ in order for one in paths(node)])
        for node, is_descending in reversed(order):
            rows = sorted(rows, key=lambda row: self._rank(kind, row, node), reverse=is_descending)
        return rows

    def _rank(self, kind: Kind, row: Row, node: Node) -> tuple[bool, str, Any]:
        value = self.judge.value(node, lambda names: self._values(kind, row, names))
        if isinstance(value, bool | int | float):
            return (False, "", float(value))
        if isinstance(value, Interval):
            return (False, "datetime", value.start)
        known = value is not None and hasattr(value, "__lt__") and not isinstance(value, dict)
        return (False, type(value).__name__, value) if known else (True, "", 0.0)

    def follow(self, kind: Kind, rows: Sequence[Row], wanted: list[tuple[str, ...]]) -> None:
        """Makes ready what some paths ask of rows, all at once."""
        if kind.ready and any(names[0] in kind.costly for names in wanted):
            kind.ready(rows)
        for name in {names[0] for names in wanted if names[0] in kind.links}:
            near = [one for group in self.linked(kind, name, rows) for one in group]
            rest = [names[1:] for names in wanted if names[0] == name]
            self.follow(KINDS[kind.links[name].target], near, rest)

    def _values(self, kind: Kind, row: Row, names: tuple[str, ...]) -> list[Any]:
        head, rest = names[0], names[1:]
        if head in kind.links:
            target = KINDS[kind.links[head].target]
            near = self._near[kind.plural, head, kind.key(row)]
            return [value for one in near for value in self._values(target, one, rest)] or [None]
        if head in ("id", "@iot.id"):
            return [kind.key(row)]
        value = kind.properties[head](row)
        for name in rest:
            value = value.get(name) if isinstance(value, dict) else None
        return [value]


def check(kind: Kind, options: Options) -> None:
    """Raises Malformed where an option names what the kind does not have."""
    for name in options.select:
        if name not in kind.properties and name not in kind.links and name not in _IDS:
            raise Malformed(f"A {kind.name} has no {name[:40]}.", where="$select")
    nodes = [options.filter] if options.filter is not None else []
    for node in nodes:
        for names in paths(node):
            _check_path(kind, names, "$filter")
    for node, _ in options.order:
        for names in paths(node):
            _check_path(kind, names, "$orderby")
    if options.form and kind is not READINGS:
        raise Malformed("Only Observations come as dataArray.", where="$resultFormat")


_IDS = ("id", "@iot.id")


def _check_path(kind: Kind, names: tuple[str, ...], where: str) -> None:
    head = names[0]
    link: Link | None = kind.links.get(head)
    if link is not None and len(names) > 1:
        if link.target == READINGS.plural:
            raise Malformed("Ask for Observations, with their Datastream in $filter.", where=where)
        _check_path(KINDS[link.target], names[1:], where)
    elif link is not None:
        raise Malformed(f"{head} is a link: name a property of it.", where=where)
    elif head not in kind.properties and head not in _IDS:
        raise Malformed(f"A {kind.name} has no {head[:40]}.", where=where)


def _listed(kind: Kind) -> list[Row]:
    return kind.listed() if kind.listed else []


def _cut(found: list[Row], options: Options, count: int | None) -> Found:
    if len(found) <= options.top or not options.top:
        return Found(found[: options.top], count)
    return Found(found[: options.top], count, {"$skip": str(options.skip + options.top)})

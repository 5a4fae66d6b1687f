"""Finds observations: the history is walked in order of time until a page is full."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final

import numpy as np

from anlan.apps.atlas.history import STORE
from anlan.apps.atlas.queries import sensors
from anlan.history.parts.rows import Rows
from anlan.site.api.answers.newest import NEWEST
from anlan.site.api.things.ask.options import Options
from anlan.site.api.things.ask.tree import Call, Literal, Node, Path, conjuncts, joined, paths
from anlan.site.api.things.model import KINDS, READINGS
from anlan.site.api.things.model.readings import Observed, place_of
from anlan.site.api.things.reading.narrow import narrowed
from anlan.site.api.things.reading.reader import BATCH, Found, Held, Reader
from anlan.site.api.things.reading.spans import Pace, Span, span_of
from anlan.terms.errors import Malformed
from anlan.terms.times import FIRST_MS, LAST_MS

_MOST_ORDERED: Final = 100_000
_FEW: Final = 50
_BY_TIME = ("phenomenonTime", "id", "@iot.id")
_LINKS = ("Datastream", "FeatureOfInterest")


class Walk:
    """One question to the history."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def one(self, key: str) -> Observed | None:
        """A reading by its key; None where there is none, or none for the asker."""
        place = place_of(key)
        if place is None or not FIRST_MS <= place[1] <= LAST_MS:
            return None
        if not sensors(self._reader.asker).filter(handle=place[0]).exists():
            return None
        rows = _observed(STORE.stored([place[0]], place[1], place[1] + 1), is_backward=False)
        return next(rows, None)

    def find(self, options: Options, held: Held | None) -> Found:
        """A page of readings."""
        return next(self.each(options, [held]))

    def each(self, options: Options, many: Sequence[Held | None]) -> Iterator[Found]:
        """A page of readings for each of several links; which sensors may be seen is asked once."""
        parts = conjuncts(options.filter)
        span = span_of(parts, self._reader.judge)
        place = next((one for one in map(_named, parts) if one), None)
        if place is not None:
            span = max(span[0], place[1]), min(span[1], place[1] + 1)
        rest = joined(tuple(one for one in parts if not _is_linked(one)))
        seen = self._handles(parts, many)
        for held in many:
            handles = seen if held is None else [one for one in held[1] if one in seen]
            if place is not None:
                handles = [one for one in handles if one == place[0]]
            yield self._page(sorted(handles), span, (options, rest))

    def _page(self, handles: list[int], span: Span, asked: tuple[Options, Node | None]) -> Found:
        options, rest = asked
        direction = _direction(options)
        if direction is None:
            return self._ordered(handles, span, asked)
        if not handles:
            return Found([], 0 if options.count else None)
        return self._in_time(handles, span, (options, rest, direction))

    def _handles(self, parts: tuple[Node, ...], many: Sequence[Held | None]) -> set[int]:
        """Of the sensors that it is about: seen by the asker, and what is said of them holds."""
        rows = sensors(self._reader.asker).order_by("handle")
        held = [one[1] for one in many if one is not None]
        if held:
            rows = rows.filter(handle__in={handle for group in held for handle in group})
        linked = [one for one in parts if _is_linked(one)]
        if not linked:
            return set(rows.values_list("handle", flat=True))
        found = rows
        for name in _LINKS:
            said = joined(tuple(_within(one) for one in linked if _link_of(one) == name))
            if said is not None:
                kind = KINDS[READINGS.links[name].target]
                found = self._judged(kind, found, said)
        return {row.handle for row in found}

    def _judged(self, kind: Any, rows: Any, said: Node) -> Any:
        if hasattr(rows, "filter"):
            rows = rows.filter(narrowed(kind, said).condition).iterator(chunk_size=BATCH)
        return list(self._reader.kept(kind, rows, said))

    def _in_time(
        self, handles: list[int], span: Span, asked: tuple[Options, Node | None, bool]
    ) -> Found:
        options, rest, is_backward = asked
        start, after = self._after(options, span, is_backward)
        rows = self._rows(handles, start, is_backward)
        rows = (row for row in rows if after is None or _beyond(row, after, is_backward))
        kept = self._reader.kept(READINGS, rows, rest) if rest is not None else rows
        found = list(islice(kept, options.skip, options.skip + options.top + 1))
        page = found[: options.top]
        count = self._count(handles, span, rest) if options.count else None
        if len(found) <= options.top or not page:
            return Found(page, count)
        return Found(page, count, {"$skiptoken": READINGS.key(page[-1])})

    def _after(
        self, options: Options, span: Span, is_backward: bool
    ) -> tuple[Span, tuple[int, int] | None]:
        """Where the page before ended."""
        if not options.after:
            return span, None
        place = place_of(options.after)
        if place is None:
            raise Malformed("This is the mark of no page.", where="$skiptoken")
        handle, time = place
        low, high = span
        limits = (low, min(high, time + 1)) if is_backward else (max(low, time), high)
        return limits, (time, handle)

    def _rows(self, handles: list[int], span: Span, is_backward: bool) -> Iterator[Observed]:
        for rows in self._pieces(handles, span, is_backward):
            yield from _observed(rows, is_backward)

    def _pieces(self, handles: list[int], span: Span, is_backward: bool) -> Iterator[Rows]:
        first, last = STORE.extent()
        if len(handles) <= _FEW:
            heard = NEWEST.of(handles) or {}
            last = max((row[0] for row in heard.values()), default=last)
        whole = max(span[0], first), min(span[1], last + 1)
        pace = Pace(len(handles))
        for low, high in pace.spans(whole, is_backward):
            rows = STORE.stored(handles, low, high)
            pace.met(len(rows.time))
            self._reader.looked(len(rows.time))
            yield rows

    def _count(self, handles: list[int], span: Span, rest: Node | None) -> int:
        if rest is None:
            return sum(len(rows.time) for rows in self._pieces(handles, span, False))
        rows = self._rows(handles, span, False)
        return sum(1 for _ in self._reader.kept(READINGS, rows, rest))

    def _ordered(self, handles: list[int], span: Span, asked: tuple[Options, Node | None]) -> Found:
        """In another order than time: all of it has to be looked at."""
        options, rest = asked
        if options.after:
            raise Malformed("This is the mark of no page.", where="$skiptoken")
        rows = self._rows(handles, span, False) if handles else iter(())
        kept = list(islice(self._reader.kept(READINGS, rows, rest), _MOST_ORDERED + 1))
        if len(kept) > _MOST_ORDERED:
            raise Malformed(f"More than {_MOST_ORDERED} readings cannot be put in this order: "
                            "narrow $filter.", where="$orderby")  # fmt: skip
        kept = self._reader.ordered(READINGS, kept, options.order)
        end = options.skip + options.top
        more = {"$skip": str(end)} if len(kept) > end else {}
        return Found(kept[options.skip : end], len(kept) if options.count else None, more)


def _observed(rows: Rows, is_backward: bool) -> Iterator[Observed]:
    """Readings in order of time and sensor."""
    order = np.lexsort((rows.sensor, rows.time))
    for at in (order[::-1] if is_backward else order).tolist():
        value = float(rows.value[at])
        yield Observed(int(rows.sensor[at]), int(rows.time[at]),
                       value if np.isfinite(value) else None,
                       int(rows.quality[at]), int(rows.received[at]))  # fmt: skip


def _direction(options: Options) -> bool | None:
    """Whether it goes backward in time; None where it is in another order."""
    if not options.order:
        return False
    node, is_descending = options.order[0]
    is_time = isinstance(node, Path) and node.names[0] in _BY_TIME
    return is_descending if is_time and len(options.order) == 1 else None


def _beyond(row: Observed, after: tuple[int, int], is_backward: bool) -> bool:
    place = row.time, row.handle
    return place < after if is_backward else place > after


def _named(node: Node) -> tuple[int, int] | None:
    """Handle and time, where it is `id eq '…'`."""
    if not (isinstance(node, Call) and node.name == "eq"):
        return None
    left, right = node.args
    if isinstance(left, Literal):
        left, right = right, left
    if isinstance(left, Path) and left.names[0] in _BY_TIME[1:] and isinstance(right, Literal):
        place = place_of(str(right.value)) or (-1, 0)
        return place if FIRST_MS <= place[1] <= LAST_MS else (-1, 0)
    return None


def _link_of(node: Node) -> str:
    """The one link that all paths of it go through; empty where there is none."""
    heads = {names[0] for names in paths(node)}
    return next(iter(heads)) if len(heads) == 1 and heads <= set(_LINKS) else ""


def _is_linked(node: Node) -> bool:
    return bool(_link_of(node))


def _within(node: Node) -> Node:
    """The same, said of what the link leads to."""
    if isinstance(node, Path):
        return Path(node.names[1:])
    if isinstance(node, Call):
        return Call(node.name, tuple(_within(one) for one in node.args))
    return node

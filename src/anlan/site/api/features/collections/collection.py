"""A collection of features: which rows, what is told of them, and what may be asked of them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

import shapely
from django.db import connection
from django.db.models import F, Q, QuerySet

from anlan.desk.asker import Asker
from anlan.site.api.features.collections.field import Field
from anlan.site.api.features.collections.like import posix_pattern, python_pattern

Box = tuple[float, float, float, float]
Told = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Collection:
    """Rows of one kind that lie somewhere.

    key: its id in addresses · act: what somebody must be allowed to see it · rows: those of an
    asker's jurisdiction · fields: what is told · order: of pages, the last one unique · times: the
    columns of its begin and end, empty where it has none · also: what is told beside the fields,
    of some rows together.
    """

    key: str
    title: Any
    about: Any
    act: str
    rows: Callable[[Asker], QuerySet[Any]]
    fields: tuple[Field, ...]
    order: tuple[str, ...] = ("region", "key")
    times: tuple[str, str] | tuple[()] = ()
    also: Callable[[Sequence[Any]], Sequence[Told]] | None = None

    @property
    def queryables(self) -> Mapping[str, Field]:
        """What may be asked, by name."""
        return {one.name: one for one in self.fields if one.column}

    def once(self) -> Self:
        """The same for one request of one asker, within which nothing is looked up twice."""
        return self

    def key_of(self, row: Any) -> str:
        """The id of a feature."""
        return str(row.key)

    def keyed(self, key: str) -> Q:
        """A condition for the feature of an id."""
        return Q(key=key)

    def taken(self, rows: Sequence[Any]) -> Sequence[Any]:
        """What is told of, for rows of the database; what cannot be read is left out."""
        return rows

    def shapes(self, rows: Sequence[Any]) -> Sequence[Any]:
        """Where some rows lie; None where it is not known."""
        return [row.shape for row in rows]

    def told(self, rows: Sequence[Any]) -> list[Told]:
        """What is said of some rows."""
        more = self.also(rows) if self.also else [{} for _ in rows]
        plain = ({one.name: one.value(row) for one in self.fields} for row in rows)
        return [one | other for one, other in zip(plain, more, strict=True)]

    def compared(self, asker: Asker, name: str, how: str, value: Any) -> Q:
        """A condition on a field: exact, gt, gte, lt, lte, in, isnull; or like, a text with
        % and _."""
        if how == "like":
            pattern_of = posix_pattern if connection.vendor == "postgresql" else python_pattern
            how, value = "regex", pattern_of(value)
        return Q(**{f"{self.queryables[name].column}__{how}": value})

    def in_box(self, asker: Asker, box: Box) -> Q:
        """A condition that holds for what has a point in a box."""
        west, south, east, north = box
        # The index holds rounded sides; the columns beside the shape do not.
        near = Q(shape__box=box, shape_w__lte=east, shape_e__gte=west,
                 shape_s__lte=north, shape_n__gte=south)  # fmt: skip
        is_point = Q(shape_w=F("shape_e"), shape_s=F("shape_n"))
        return near & (is_point | Q(shape__intersects=shapely.box(*box)))

    def meeting(self, asker: Asker, shape: Any) -> Q:
        """A condition that holds for what has a point in common with a shape."""
        return Q(shape__intersects=shape)

    def during(self, asker: Asker, low: datetime | None, high: datetime | None) -> Q:
        """A condition that holds for what was at some moment of a stretch; without times, all."""
        if not self.times:
            return Q()
        begin, end = self.times
        condition = Q()
        if high is not None:
            condition &= Q(**{f"{begin}__lte": high}) | Q(**{f"{begin}__isnull": True})
        if low is not None:
            condition &= Q(**{f"{end}__gte": low}) | Q(**{f"{end}__isnull": True})
        return condition


@dataclass(frozen=True, kw_only=True)
class Marked(Collection):
    """Rows that lie at a longitude and a latitude of their own columns."""

    def shapes(self, rows: Sequence[Any]) -> Sequence[Any]:
        return [None if row.lon is None else shapely.Point(row.lon, row.lat) for row in rows]

    def in_box(self, asker: Asker, box: Box) -> Q:
        return Q(lon__range=(box[0], box[2]), lat__range=(box[1], box[3]))

    def meeting(self, asker: Asker, shape: Any) -> Q:
        near = self.rows(asker).filter(self.in_box(asker, shape.bounds)).order_by()
        found = list(near.values_list("pk", "lon", "lat"))
        points = shapely.points([one[1:] for one in found]) if found else []
        hit = shapely.intersects(points, shape)
        return Q(pk__in=[one[0] for one, is_in in zip(found, hit, strict=True) if is_in])


@dataclass(frozen=True, kw_only=True)
class Few(Collection):
    """Rows so few that each is looked at: what is told of them stands in no column."""

    known: Callable[[Asker], Sequence[Any]] = field(default=lambda asker: ())

    def once(self) -> Self:
        found: list[Sequence[Any]] = []

        def known(asker: Asker) -> Sequence[Any]:
            if not found:
                found.append(self.known(asker))
            return found[0]

        return replace(self, known=known)

    def compared(self, asker: Asker, name: str, how: str, value: Any) -> Q:
        one = self.queryables[name]
        return self._those(asker, lambda row: COMPARISONS[how](one.value(row), value))

    def in_box(self, asker: Asker, box: Box) -> Q:
        return self.meeting(asker, shapely.box(*box))

    def meeting(self, asker: Asker, shape: Any) -> Q:
        rows = self.known(asker)
        places = self.shapes(rows)
        hit = [at is not None and shapely.intersects(at, shape) for at in places]
        return Q(pk__in=[row.pk for row, is_in in zip(rows, hit, strict=True) if is_in])

    def during(self, asker: Asker, low: datetime | None, high: datetime | None) -> Q:
        begin, end = self.times or ("", "")

        def is_in(row: Any) -> bool:
            first, last = getattr(row, begin), getattr(row, end)
            return (high is None or first is None or first <= high) and (
                low is None or last is None or last >= low
            )

        return self._those(asker, is_in)

    def _those(self, asker: Asker, holds: Callable[[Any], bool]) -> Q:
        return Q(pk__in=[row.pk for row in self.known(asker) if holds(row)])


COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "exact": lambda one, other: bool(one == other),
    "gt": lambda one, other: one is not None and one > other,
    "gte": lambda one, other: one is not None and one >= other,
    "lt": lambda one, other: one is not None and one < other,
    "lte": lambda one, other: one is not None and one <= other,
    "in": lambda one, others: one in others,
    "like": lambda one, text: bool(one and re.match(python_pattern(text), one)),
    "isnull": lambda one, wanted: (one is None) is wanted,
}

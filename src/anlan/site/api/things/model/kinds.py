"""What a kind of entity is: its properties, its links, and where its rows are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from anlan.apps.people.asker import Person

Row = Any
Value = Callable[[Row], Any]


@dataclass(frozen=True, slots=True)
class Link:
    """A way to entities of a set: those whose attribute `there` is one of the values of `here`.

    many: it leads to a set, not to one · ready: puts onto rows what `here` takes.
    """

    target: str
    many: bool
    here: Callable[[Row], tuple[Any, ...]]
    there: str
    ready: Callable[[Sequence[Row]], None] | None = None

    def of(self, rows: Sequence[Row]) -> list[tuple[Any, ...]]:
        """What `here` is of each."""
        if self.ready is not None and rows:
            self.ready(rows)
        return [self.here(row) for row in rows]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of entity.

    name, plural: as the standard has them · key: of a row, as text · find: a condition on columns
    for a key, None where no row can have it · rows: of the database, those that the asker may see;
    or listed: of the packs · columns: paths that are columns as they stand, for narrowing ·
    shape: the property whose place is the column `shape` · ready: puts what is costly onto rows,
    for the properties named in costly.
    """

    name: str
    plural: str
    key: Callable[[Row], str]
    properties: dict[str, Value]
    links: dict[str, Link]
    rows: Callable[[Person], QuerySet[Any]] | None = None
    listed: Callable[[], list[Row]] | None = None
    find: Callable[[str], dict[str, Any] | None] = lambda key: {"key": key}
    columns: dict[str, str] = field(default_factory=dict)
    order: str = "key"
    shape: str = ""
    costly: frozenset[str] = frozenset()
    ready: Callable[[Sequence[Row]], None] | None = None

    def __hash__(self) -> int:
        return hash(self.plural)

    def link_named(self, name: str) -> Link | None:
        """A link by its name."""
        return self.links.get(name)

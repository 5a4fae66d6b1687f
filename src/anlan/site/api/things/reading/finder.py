"""Finds entities of every kind for one request."""

from collections.abc import Iterable
from typing import Any

from anlan.apps.people.asker import Person
from anlan.site.api.things.ask.options import Options
from anlan.site.api.things.model import KINDS, READINGS, Kind
from anlan.site.api.things.reading.reader import Found, Held, Reader, check
from anlan.site.api.things.reading.walk import Walk


class Finder:
    """Asks the reader, or walks the history."""

    def __init__(self, asker: Person) -> None:
        self.reader = Reader(asker)

    def one(self, kind: Kind, key: str) -> Any:
        """An entity by its key; None where there is none, or none for the asker."""
        return Walk(self.reader).one(key) if kind is READINGS else self.reader.one(kind, key)

    def find(self, kind: Kind, options: Options, held: Held | None = None) -> Found:
        """A page of a set; held: of those that a link leads to."""
        check(kind, options)
        if kind is READINGS:
            found = Walk(self.reader).find(options, held)
        else:
            found = self.reader.find(kind, options, held)
        self.reader.told(len(found.rows))
        return found

    def near(self, kind: Kind, name: str, rows: list[Any], options: Options) -> list[Found]:
        """A page of what a link leads to, for each of some rows."""
        link = kind.links[name]
        target = KINDS[link.target]
        check(target, options)
        if target is READINGS:
            held = [(link.there, link.here(row)) for row in rows]
            return self._told(Walk(self.reader).each(options, held))
        groups = self.reader.linked(kind, name, rows)
        return self._told(self.reader.page(target, group, options) for group in groups)

    def _told(self, pages: Iterable[Found]) -> list[Found]:
        """The same, each counted as it comes."""
        found = []
        for page in pages:
            self.reader.told(len(page.rows))
            found.append(page)
        return found

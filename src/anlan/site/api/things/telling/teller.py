"""Tells entities and sets, each link either followed or named."""

from typing import Any
from urllib.parse import urlencode

from anlan.site.api.things.ask.address import link_to
from anlan.site.api.things.ask.options import Options
from anlan.site.api.things.model import KINDS, Kind
from anlan.site.api.things.reading.finder import Finder
from anlan.site.api.things.reading.reader import Found
from anlan.site.api.things.telling.values import plain
from anlan.terms.errors import Malformed

_ID = ("id", "@iot.id")
_PAGING = ("$skip", "$skiptoken")


class Teller:
    """Tells for one request; base: the address of the service, without a stroke at its end."""

    def __init__(self, finder: Finder, base: str) -> None:
        self._finder, self._base = finder, base

    def link(self, kind: Kind, row: Any) -> str:
        """The address of an entity."""
        return f"{self._base}/{link_to(kind.plural, kind.key(row))}"

    def whole(self, kind: Kind, found: Found, asked: tuple[Options, str]) -> dict[str, Any]:
        """A set, with its address for the page after."""
        options, address = asked
        body: dict[str, Any] = {}
        if found.count is not None:
            body["@iot.count"] = found.count
        if found.next:
            body["@iot.nextLink"] = next_link(address, options, found)
        return {**body, "value": self.entities(kind, found.rows, options)}

    def references(self, kind: Kind, found: Found, asked: tuple[Options, str]) -> dict[str, Any]:
        """A set of addresses."""
        body = self.whole(kind, Found([], found.count, found.next), asked)
        return {**body, "value": [{"@iot.selfLink": self.link(kind, row)} for row in found.rows]}

    def entities(self, kind: Kind, rows: list[Any], options: Options) -> list[dict[str, Any]]:
        """Entities with what is to be expanded."""
        names = [one for one in kind.properties if not options.select or one in options.select]
        if kind.ready and rows and kind.costly & set(names):
            kind.ready(rows)
        told = [self._one(kind, row, names, options) for row in rows]
        for expand in options.expand:
            self._expand(kind, (rows, told), expand)
        return told

    def _one(self, kind: Kind, row: Any, names: list[str], options: Options) -> dict[str, Any]:
        address, select = self.link(kind, row), options.select
        body: dict[str, Any] = {}
        if not select or any(one in select for one in _ID):
            body["@iot.id"] = kind.key(row)
        if not select:
            body["@iot.selfLink"] = address
        values = {name: plain(kind.properties[name](row)) for name in names}
        body |= {name: value for name, value in values.items() if _is_told(name, value)}
        for name in kind.links:
            if not select or name in select:
                body[f"{name}@iot.navigationLink"] = f"{address}/{name}"
        return body

    def _expand(
        self, kind: Kind, both: tuple[list[Any], list[dict[str, Any]]], expand: Any
    ) -> None:
        rows, told = both
        link = kind.link_named(expand.name)
        if link is None:
            raise Malformed(f"A {kind.name} has no link {expand.name}.", where="$expand")
        target, options = KINDS[link.target], expand.options
        pages = self._finder.near(kind, expand.name, rows, options)
        flat = [row for page in pages for row in page.rows]
        entities = iter(self.entities(target, flat, options))
        for row, body, page in zip(rows, told, pages, strict=True):
            inner = [next(entities) for _ in page.rows]
            if not link.many:
                if inner:
                    body[expand.name] = inner[0]
                continue
            if page.count is not None:
                body[f"{expand.name}@iot.count"] = page.count
            body[expand.name] = inner
            if page.next:
                address = f"{self.link(kind, row)}/{expand.name}"
                body[f"{expand.name}@iot.nextLink"] = next_link(address, options, page)

    def array(self, kind: Kind, found: Found, asked: tuple[Options, str]) -> dict[str, Any]:
        """Observations as arrays, one for each datastream."""
        options, address = asked
        names = ["id", *(one for one in kind.properties)]
        if options.select:
            names = [one for one in options.select if one in names or one == "@iot.id"]
        groups: dict[int, list[Any]] = {}
        for row in found.rows:
            groups.setdefault(row.handle, []).append(self._cells(kind, row, names))
        keys = self._datastreams(kind, found.rows)
        value = [
            {"Datastream@iot.navigationLink": f"{self._base}/{link_to('Datastreams', keys[one])}",
             "components": names, "dataArray@iot.count": len(rows), "dataArray": rows}
            for one, rows in groups.items()
        ]  # fmt: skip
        body = self.whole(kind, Found([], found.count, found.next), (options, address))
        return {**body, "value": value}

    def _cells(self, kind: Kind, row: Any, names: list[str]) -> list[Any]:
        return [
            kind.key(row) if name in _ID else plain(kind.properties[name](row)) for name in names
        ]

    def _datastreams(self, kind: Kind, rows: list[Any]) -> dict[int, str]:
        near = self._finder.reader.linked(kind, "Datastream", rows) if rows else []
        return {row.handle: one[0].key for row, one in zip(rows, near, strict=True)}


def _is_told(name: str, value: Any) -> bool:
    """A value that is not known is left out; a result is told even where it is missing."""
    return value is not None or name in ("result", "resultTime")


def next_link(address: str, options: Options, found: Found) -> str:
    """Where the page after is."""
    kept = [pair for pair in options.text if pair[0] not in _PAGING]
    pairs = [*kept, *found.next.items()]
    return f"{address}?{urlencode(pairs, safe='$,()/;=')}"

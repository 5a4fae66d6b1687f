"""Where an address leads: to a set, to an entity, or to a property of one."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404

from anlan.site.api.things.ask.address import Step
from anlan.site.api.things.ask.options import Options
from anlan.site.api.things.model import KINDS, Kind
from anlan.site.api.things.reading.finder import Finder
from anlan.site.api.things.reading.reader import Held

_ENDS = ("$ref", "$value")


@dataclass(frozen=True)
class Place:
    """What an address names.

    row: the entity; None for the set · held: which entities of a set · source: the key of the
    entity whose link leads there, empty without one · names: of the property and what lies in it ·
    end: $ref, $value or empty.
    """

    kind: Kind
    row: Any = None
    held: Held | None = None
    source: str = ""
    names: tuple[str, ...] = ()
    end: str = ""


def place(finder: Finder, steps: list[Step]) -> Place:
    """Where steps lead. Raises Http404 where there is nothing, or nothing for the asker."""
    end = steps[-1].name if steps[-1].name in _ENDS else ""
    rest = steps[:-1] if end else steps
    kind = KINDS.get(rest[0].name) if rest else None
    if kind is None:
        raise Http404
    here = Place(kind, end=end)
    if rest[0].key is not None:
        here = _entity(finder, here, rest[0].key)
    for at, step in enumerate(rest[1:], 1):
        if here.row is None:
            raise Http404
        if step.name in here.kind.links:
            here = _through(finder, here, step)
        else:
            return _property(here, rest[at:])
    return here


def _entity(finder: Finder, here: Place, key: str) -> Place:
    row = finder.one(here.kind, key)
    if row is None or (here.held and getattr(row, here.held[0]) not in here.held[1]):
        raise Http404
    return Place(here.kind, row, end=here.end)


def _through(finder: Finder, here: Place, step: Step) -> Place:
    link = here.kind.links[step.name]
    held = link.there, link.of([here.row])[0]
    source = here.kind.key(here.row)
    there = Place(KINDS[link.target], held=held, source=source, end=here.end)
    if link.many:
        return there if step.key is None else _entity(finder, there, step.key)
    found = finder.find(there.kind, Options(top=1), there.held).rows
    if not found or step.key is not None:
        raise Http404
    return Place(there.kind, found[0], end=here.end)


def _property(here: Place, steps: list[Step]) -> Place:
    names = tuple(step.name for step in steps)
    has_keys = any(step.key is not None for step in steps)
    is_known = names[0] in here.kind.properties or names == ("@iot.id",) or names == ("id",)
    if has_keys or not is_known or (here.end == "$ref"):
        raise Http404
    return Place(here.kind, here.row, names=names, end=here.end)


def value_at(here: Place) -> Any:
    """The value of the property. Raises Http404 where there is none of that name in it."""
    kind, row = here.kind, here.row
    head, rest = here.names[0], here.names[1:]
    if head not in kind.properties:
        return kind.key(row)
    if head in kind.costly and kind.ready:
        kind.ready([row])
    value = kind.properties[head](row)
    for name in rest:
        if not isinstance(value, dict) or name not in value:
            raise Http404
        value = value[name]
    return value

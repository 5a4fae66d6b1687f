"""What is new since a cursor, as messages for those who may see it."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from anlan.apps.atlas.acts import SEE
from anlan.apps.atlas.queries import sensors
from anlan.apps.people.asker import Person
from anlan.apps.people.queries import person_of_program
from anlan.site.api.things.ask.address import link_to
from anlan.site.api.things.ask.options import Options
from anlan.site.api.things.landing import VERSION
from anlan.site.api.things.model import KINDS, READINGS, Kind
from anlan.site.api.things.model.readings import Observed
from anlan.site.api.things.publishing.settings import Audience, names_in
from anlan.site.api.things.reading.finder import Finder
from anlan.site.api.things.telling.teller import Teller

_THINGS: Final = KINDS["Things"]


class Message(NamedTuple):
    """What is published where."""

    topic: str
    body: bytes


class News:
    """Makes messages for one audience. base: the address of the service, for links."""

    def __init__(self, audience: Audience, base: str) -> None:
        self._audience, self._base = audience, base

    def of(
        self, readings: Sequence[Observed], things: Sequence[int], now: datetime
    ) -> Iterator[Message]:
        """Messages of readings, and of things by row; none where the key holds no longer."""
        person = person_of_program(self._audience.key, now)
        if person is not None and person.may(SEE):
            yield from self._observed(person, readings)
            yield from self._changed(person, things)

    def _observed(self, person: Person, readings: Sequence[Observed]) -> Iterator[Message]:
        handles = {one.handle for one in readings}
        rows = sensors(person).filter(handle__in=handles) if handles else sensors(person).none()
        keys = dict(rows.values_list("handle", "key"))
        seen = [one for one in readings if one.handle in keys]
        paths = [
            ("Observations", f"{link_to('Datastreams', keys[one.handle])}/Observations")
            for one in seen
        ]
        return self._told(person, READINGS, seen, paths)

    def _changed(self, person: Person, things: Sequence[int]) -> Iterator[Message]:
        if not things or _THINGS.rows is None:
            return iter(())
        seen = list(_THINGS.rows(person).filter(pk__in=things).order_by("pk"))
        paths = [("Things", link_to("Things", one.key)) for one in seen]
        return self._told(person, _THINGS, seen, paths)

    def _told(
        self, person: Person, kind: Kind, rows: list[Any], paths: list[tuple[str, str]]
    ) -> Iterator[Message]:
        """Each row under each of its paths: whole, and as the selects say."""
        teller = Teller(Finder(person), self._base)
        for select in ("", *self._audience.selects.get(kind.plural, ())):
            options = Options(select=names_in(select)) if select else Options()
            mark = f"?$select={select}" if select else ""
            entities = teller.entities(kind, rows, options) if rows else []
            for entity, many in zip(entities, paths, strict=True):
                body = json.dumps(entity, ensure_ascii=False, allow_nan=False).encode()
                for path in many:
                    yield Message(f"{self._audience.prefix}{VERSION}/{path}{mark}", body)

"""Unknown sensors put together as the devices that they are parts of."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404

from anlan.apps.atlas.meaning import measure_of
from anlan.apps.atlas.models import Sensor
from anlan.apps.atlas.queries.devices import Knock, county_of, knocks, knocks_of, may_admit
from anlan.apps.atlas.queries.gateway.alike import alike
from anlan.apps.atlas.queries.objects import objects
from anlan.desk.asker import Asker
from anlan.live.gateway.devices.roll import Reader, Spoken
from anlan.live.view import GATEWAY

_AT_ONCE: Final = 500
"""Of so many keys a database is asked at once."""


@dataclass(frozen=True, slots=True)
class Part:
    """A quantity of a device. key: of its sensor · measured: its name in the protocol, the same for
    all devices · title, unit: as the standard has them · knock: what waits, None for nothing."""

    key: str
    quantity: str
    measured: str
    title: str
    unit: str
    knock: Knock | None = None


@dataclass(slots=True)
class Newcomer:
    """A device of which sensors are not registered; parts: these, as far as they are the asker's.

    object_key: what it seems to belong to, empty where nothing tells · stem: what the keys of its
    sensors begin with, a key for what it may be · county: the code in them, empty for none.
    """

    protocol: str
    device: str
    parts: list[Part] = field(default_factory=list)
    object_key: str = ""

    @property
    def source(self) -> str:
        return GATEWAY + self.protocol

    @property
    def rows(self) -> int:
        return sum(one.knock.rows for one in self.parts if one.knock)

    @property
    def newest_at(self) -> int:
        return max((one.knock.newest.at for one in self.parts if one.knock), default=0)

    @property
    def stem(self) -> str:
        first = self.parts[0]
        return first.key.removesuffix(first.quantity).rstrip("-._/: ") or self.device

    @property
    def county(self) -> str:
        return county_of(self.parts[0].key)


def newcomers(asker: Asker, *, most: int) -> tuple[list[Newcomer], list[Knock]]:
    """The asker's devices that wait, who spoke last first, and unknown sensors of no device; of the
    devices the first `most` are complete."""
    found, alone = _together(knocks(asker))
    _complete(asker, found[:most])
    return found, alone


def _together(waiting: list[Knock]) -> tuple[list[Newcomer], list[Knock]]:
    owners = Reader(settings.PLACE.data).owner_of(sorted({one.sensor for one in waiting}))
    found: dict[tuple[str, str], Newcomer] = {}
    alone: list[Knock] = []
    for knock in waiting:
        spoken = owners.get(knock.sensor)
        if spoken is None or knock.source != GATEWAY + spoken.protocol:
            alone.append(knock)
            continue
        place = (spoken.protocol, spoken.device)
        one = found.setdefault(place, Newcomer(*place))
        one.parts.append(_part(spoken, knock))
    return list(found.values()), alone


def newcomer_for(asker: Asker, protocol: str, device: str) -> Newcomer:
    """One of them with all its rows; Http404 where there is none, or it is not the asker's."""
    for one in _together(knocks_of(asker, GATEWAY + protocol))[0]:
        if (one.protocol, one.device) == (protocol, device):
            _complete(asker, [one])
            return one
    raise Http404


def quantities_of(parts: Sequence[Part], protocol: str, pack: str) -> dict[str, str]:
    """As what each part is registered, by its key: as the hazard knows it, else as the protocol."""
    known = alike(protocol, pack, [one.measured for one in parts])
    return {one.key: known.get(one.measured, f"{protocol}.{one.measured}"[:64]) for one in parts}


def _complete(asker: Asker, some: list[Newcomer]) -> None:
    """Adds the quantities of which nothing waits any more, and what each seems to belong to."""
    roll = Reader(settings.PLACE.data)
    for one in some:
        there = {part.key for part in one.parts}
        one.parts += [
            _part(each, None)
            for each in roll.spoken(one.protocol, one.device)
            if each.key not in there and may_admit(asker, each.key)
        ]
    silent = [part.key for one in some for part in one.parts if part.knock is None]
    taken = _those(Sensor.objects.filter(retired=False), silent)
    for one in some:
        one.parts = [part for part in one.parts if part.knock or part.key not in taken]
        one.parts.sort(key=lambda part: part.key)
    has = _those(objects(asker), [key for one in some for key in _keys_like(one)])
    for one in some:
        one.object_key = next((key for key in _keys_like(one) if key in has), "")


def _keys_like(one: Newcomer) -> list[str]:
    return [one.stem, one.device, one.stem.rpartition("-")[0]]


def _those(rows: QuerySet[Any], keys: list[str]) -> set[str]:
    """Which of these keys there are among some rows."""
    found: set[str] = set()
    for start in range(0, len(keys), _AT_ONCE):
        part = rows.filter(key__in=keys[start : start + _AT_ONCE])
        found.update(part.values_list("key", flat=True))
    return found


def _part(spoken: Spoken, knock: Knock | None) -> Part:
    measure = measure_of(spoken.protocol, spoken.quantity)
    if measure is None:
        return Part(spoken.key, spoken.quantity, spoken.quantity, spoken.quantity, "", knock)
    return Part(spoken.key, spoken.quantity, measure.key, measure.title, measure.unit, knock)

"""Unknown sensors put together as the devices that they are parts of."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.http import Http404

from anlan.apps.atlas.meaning import measure_of
from anlan.apps.atlas.models import Sensor
from anlan.apps.atlas.queries.devices import Knock, county_of, knocks, knocks_of, may_admit
from anlan.apps.atlas.queries.gateway.alike import alike
from anlan.apps.atlas.queries.objects import objects
from anlan.desk.asker import Asker
from anlan.live.gateway.devices.roll import Reader, Spoken
from anlan.live.view import GATEWAY


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


def newcomers(asker: Asker) -> tuple[list[Newcomer], list[Knock]]:
    """The asker's devices that wait, who spoke last first; and unknown sensors of no device."""
    return _together(asker, knocks(asker))


def _together(asker: Asker, waiting: list[Knock]) -> tuple[list[Newcomer], list[Knock]]:
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
    for one in found.values():
        _complete(asker, one)
    return list(found.values()), alone


def newcomer_for(asker: Asker, protocol: str, device: str) -> Newcomer:
    """One of them with all its rows; Http404 where there is none, or it is not the asker's."""
    for one in _together(asker, knocks_of(asker, GATEWAY + protocol))[0]:
        if (one.protocol, one.device) == (protocol, device):
            return one
    raise Http404


def quantities_of(parts: Sequence[Part], protocol: str, pack: str) -> dict[str, str]:
    """As what each part is registered, by its key: as the hazard knows it, else as the protocol."""
    known = alike(protocol, pack, [one.measured for one in parts])
    return {one.key: known.get(one.measured, f"{protocol}.{one.measured}"[:64]) for one in parts}


def _complete(asker: Asker, one: Newcomer) -> None:
    """Adds the quantities of which nothing waits any more, and what it seems to belong to."""
    there = {part.key for part in one.parts}
    spoken = Reader(settings.PLACE.data).spoken(one.protocol, one.device)
    keys = [each.key for each in spoken if each.key not in there]
    taken = set(Sensor.objects.filter(key__in=keys, retired=False).values_list("key", flat=True))
    one.parts += [
        _part(each, None)
        for each in spoken
        if each.key not in there and each.key not in taken and may_admit(asker, each.key)
    ]
    one.parts.sort(key=lambda part: part.key)
    keys_like = [one.stem, one.device, one.stem.rpartition("-")[0]]
    has = set(objects(asker).filter(key__in=keys_like).values_list("key", flat=True))
    one.object_key = next((key for key in keys_like if key in has), "")


def _part(spoken: Spoken, knock: Knock | None) -> Part:
    measure = measure_of(spoken.protocol, spoken.quantity)
    if measure is None:
        return Part(spoken.key, spoken.quantity, spoken.quantity, spoken.quantity, "", knock)
    return Part(spoken.key, spoken.quantity, measure.key, measure.title, measure.unit, knock)

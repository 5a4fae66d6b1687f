"""New devices: sensors that send and are not registered, as the quarantine holds them.

The first six digits of a sensor's key name its county. Whoever admits devices there sees it; a
key that names none is seen by administrators only.
"""

import contextlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.conf import settings
from django.http import Http404

from anlan.apps.atlas.acts import ADMIT_DEVICES, ADMIT_UNPLACED
from anlan.apps.atlas.meaning import object_type, packs
from anlan.apps.atlas.models import Sensor, TurnedAway
from anlan.apps.atlas.queries.objects import objects
from anlan.desk.asker import Asker
from anlan.engine.plan import quantity_in
from anlan.live.decode.decoded import UNKNOWN_SENSOR
from anlan.live.decode.plain import read_line
from anlan.live.quarantine import CAP, Quarantine, Row
from anlan.terms.errors import Malformed

_MOST_ROWS, _LEAST_ROWS, _SHOWN, _MOST_KIN, _MOST_OFFERS = 50_000, 500, 5, 500, 100
_COUNTY = re.compile(r"[0-9]{6}")


class Sent(NamedTuple):
    """A reading that waits; time and at (when it came in) in ms UTC."""

    time: int
    value: float
    at: int


@dataclass(slots=True)
class Knock:
    """An unknown sensor of one source; ids: of its rows in the quarantine · last: newest rows."""

    sensor: str
    source: str
    first_at: int
    ids: list[int] = field(default_factory=list)
    last: list[Sent] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return len(self.ids)

    @property
    def newest(self) -> Sent:
        return self.last[-1]


class Guess(NamedTuple):
    """What a device seems to be; empty where nothing tells."""

    object_key: str
    quantity: str
    name: str


def county_of(sensor_key: str) -> str:
    """The county that a sensor's key names; empty where it names none."""
    found = _COUNTY.match(sensor_key)
    return found[0] if found else ""


def may_admit(asker: Asker, sensor_key: str) -> bool:
    """Whether an unknown sensor is the asker's to admit or to turn away."""
    county = county_of(sensor_key)
    return asker.may(ADMIT_DEVICES, county) if county else asker.may(ADMIT_UNPLACED)


def knocks(asker: Asker) -> list[Knock]:
    """The unknown sensors that are the asker's, who knocked last first.

    Of each source the newest rows are looked at, so that none of them hides another: all of some
    ten thousands where there are few sources, at least a few hundred of each.
    """
    with _quarantine() as quarantine:
        if quarantine is None:
            return []
        sources = [one.source for one in quarantine.counts()]
        share = max(_LEAST_ROWS, _MOST_ROWS // max(1, len(sources)))
        found = _knocks(asker, quarantine, sources, most=share)
    return sorted(found, key=lambda one: -one.newest.at)


def knocks_of(asker: Asker, source: str) -> list[Knock]:
    """The unknown sensors of one source that are the asker's, with all their rows."""
    with _quarantine() as quarantine:
        return _knocks(asker, quarantine, [source]) if quarantine else []


def knock_for(asker: Asker, sensor_key: str) -> list[Knock]:
    """An unknown sensor by each source that sends it, with all its rows; Http404 where it is not
    the asker's."""
    sources = [one.source for one in knocks(asker) if one.sensor == sensor_key]
    with _quarantine() as quarantine:
        found = _knocks(asker, quarantine, sources) if quarantine else []
    found = [one for one in found if one.sensor == sensor_key]
    if not found:
        raise Http404
    return found


def _knocks(
    asker: Asker, quarantine: Quarantine, sources: Sequence[str], *, most: int = CAP
) -> list[Knock]:
    found: dict[tuple[str, str], Knock] = {}
    for source in sources:
        for row in quarantine.newest(source, UNKNOWN_SENSOR, limit=most):
            try:
                reading = read_line(row.body)
            except Malformed:
                continue
            place = (source, reading.sensor)
            if place not in found:
                if not may_admit(asker, reading.sensor):
                    continue
                found[place] = Knock(reading.sensor, source, row.at)
            _note(found[place], row, Sent(reading.time, reading.value, row.at))
    return list(found.values())


def _note(knock: Knock, row: Row, sent: Sent) -> None:
    knock.ids.append(row.id)
    knock.last.append(sent)
    del knock.last[:-_SHOWN]


@contextlib.contextmanager
def _quarantine() -> Iterator[Quarantine | None]:
    """The quarantine; None where nothing was ever refused."""
    if not (settings.PLACE.data / "live" / "quarantine.sqlite").exists():
        yield None
        return
    with contextlib.closing(Quarantine(settings.PLACE.data)) as quarantine:
        yield quarantine


def guess(asker: Asker, sensor_key: str) -> Guess:
    """What a device seems to be: keys of one object begin alike, and like endings measure alike."""
    stem, _dash, ending = sensor_key.rpartition("-")
    thing = objects(asker).filter(key=stem).first() if stem else None
    if thing is None:
        return Guess("", "", "")
    known = _measured_by(ending)
    kind = object_type(thing.pack, thing.kind)
    if kind is not None and len(kind.sensors) == 1:
        known += kind.sensors
    likely = (whole_quantity(thing.pack, name) for name in known)
    return Guess(thing.key, next(filter(None, likely), ""), f"{thing.name} {ending}")


def _measured_by(ending: str) -> list[str]:
    """What sensors measure whose keys end alike but for the number."""
    sign = ending.rstrip("0123456789")
    alike = re.compile(f".*-{re.escape(sign)}[0-9]*")
    rows = Sensor.objects.filter(retired=False, key__contains=f"-{sign}")
    pairs = rows.values_list("key", "quantity")[:_MOST_KIN]
    return [quantity for key, quantity in pairs if sign and alike.fullmatch(key)]


def whole_quantity(pack: str, name: str) -> str:
    """A quantity with its pack before it; empty where the pack has none of that name."""
    found = quantity_in(pack, name)
    known = packs().get(pack)
    return f"{pack}.{found}" if found and known and found in known.quantities else ""


def named_like(asker: Asker, text: str) -> list[tuple[str, str]]:
    """Keys and names of the first objects whose name or key holds a text."""
    found = objects(asker)
    if text:
        found = found.filter(name__icontains=text) | found.filter(key__icontains=text)
    return list(found.order_by("region", "key").values_list("key", "name")[:_MOST_OFFERS])


def turned_away(keys: list[str]) -> dict[str, TurnedAway]:
    """The last time each of these sensors was turned away."""
    rows = TurnedAway.objects.filter(sensor_key__in=keys).order_by("at")
    found: dict[str, TurnedAway] = {}
    for row in rows:
        found[row.sensor_key] = row
    return found

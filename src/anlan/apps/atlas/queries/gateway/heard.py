"""Whose a device of the gateway is, and which there are.

A device lies where its registered sensors lie. Where none is registered it lies in the county that
their keys name; where that is none either it is seen by whoever admits devices without a county.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import Http404

from anlan.apps.atlas.acts import ADMIT_UNPLACED, SEE_DEVICES
from anlan.apps.atlas.models import Sensor
from anlan.apps.atlas.queries.devices import county_of
from anlan.apps.people.queries import within
from anlan.desk.asker import Asker
from anlan.live.gateway.devices.roll import Known, Reader, Spoken
from anlan.terms.errors import Unavailable
from anlan.terms.places import COUNTRY

_COUNTY, _LAST = 6, "\U0010ffff"
Name = tuple[str, str]
"""Protocol and device."""


@dataclass(frozen=True, slots=True)
class Found:
    """A device that is the asker's. sensors: those of it that are registered and the asker's, by
    their keys · spoken: the quantities whose sensors are these, or are not registered."""

    known: Known
    spoken: list[Spoken]
    sensors: dict[str, Sensor]
    places: frozenset[tuple[str, str]]

    def may(self, asker: Asker, act: str) -> bool:
        """Whether the asker may do something to it: wherever it lies; at all where that is
        nowhere."""
        if not self.places:
            return asker.may(act)
        return all(asker.may(act, region, owner) for region, owner in self.places)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which devices: text is a part of their name; is_online: only those that are."""

    text: str = ""
    protocol: str = ""
    is_online: bool = False

    def holds(self, one: Known) -> bool:
        return (
            self.text in one.device
            and self.protocol in ("", one.protocol)
            and (one.is_online or not self.is_online)
        )


def device_for(asker: Asker, protocol: str, device: str) -> Found:
    """A device; Http404 where there is none, or it is not the asker's."""
    roll = Reader(settings.PLACE.data)
    known = roll.device(protocol, device, _ms(asker))
    if known is None:
        raise Http404
    spoken = roll.spoken(protocol, device)
    rows = {row.key: row for row in _rows([one.key for one in spoken])}
    scope = asker.scope_for(SEE_DEVICES)
    own = {
        key: row
        for key, row in rows.items()
        if any(grant.covers(row.region, row.owner) for grant in scope.grants)
    }
    if rows:
        places = frozenset((row.region, row.owner) for row in rows.values())
        if not own:
            raise Http404
    else:
        places = _unregistered(asker, spoken)
    shown = [one for one in spoken if one.key in own or one.key not in rows]
    return Found(known, shown, own, places)


def is_own(asker: Asker, protocol: str, device: str) -> bool:
    """Whether there is such a device, and it is the asker's."""
    try:
        return device_for(asker, protocol, device) is not None
    except (Http404, Unavailable):
        return False


def _unregistered(asker: Asker, spoken: list[Spoken]) -> frozenset[tuple[str, str]]:
    """The counties of a device none of whose sensors is registered; Http404 where it is not the
    asker's."""
    counties = {county_of(one.key) for one in spoken} - {""}
    if any(asker.may(SEE_DEVICES, county) for county in counties):
        return frozenset((county, "") for county in counties)
    if counties or not asker.may(ADMIT_UNPLACED):
        raise Http404
    return frozenset()


def devices(asker: Asker, wanted: Wanted, *, most: int, after: int = 0) -> list[Known]:
    """The asker's devices, who was heard last first; after: so many are left out before."""
    return list(islice(_devices(asker, wanted), after, after + most))


def _devices(asker: Asker, wanted: Wanted) -> Iterator[Known]:
    own = _Own(asker)
    for one in Reader(settings.PLACE.data).latest(_ms(asker)):
        if wanted.holds(one) and own.has((one.protocol, one.device)):
            yield one


class _Own:
    """Which devices are the asker's."""

    def __init__(self, asker: Asker) -> None:
        scope = asker.scope_for(SEE_DEVICES)
        self._is_all = any(g.region == COUNTRY and not g.owner for g in scope.grants)
        if self._is_all:
            return
        self._roll = Reader(settings.PLACE.data)
        codes = [g.region for g in scope.grants if not g.owner and len(g.region) <= _COUNTY]
        here = within(scope)
        by_name = set().union(*(self._roll.named(code, code + _LAST) for code in codes))
        begins = Q(pk__in=[])
        for code in codes:
            begins |= Q(key__startswith=code)
        rows = Sensor.objects.filter(retired=False)
        own = self._of(rows.filter(here).exclude(begins))
        foreign = self._of(rows.filter(begins).exclude(here))
        if foreign:
            own |= foreign & self._of(rows.filter(here, begins))
        self._found = own | (by_name - foreign)
        if asker.may(ADMIT_UNPLACED):
            self._found |= self._unplaced()

    def has(self, name: Name) -> bool:
        return self._is_all or name in self._found

    def _of(self, rows: Any) -> set[Name]:
        keys = list(rows.order_by("key").values_list("key", flat=True))
        return self._roll.devices_of(keys)

    def _unplaced(self) -> set[Name]:
        """Devices of which no sensor is registered or names a county."""
        names, keys = self._roll.nameless()
        registered: set[Name] = set()
        for start in range(0, len(keys), 500):
            registered |= self._of(_rows(keys[start : start + 500]))
        return names - registered


def _rows(keys: list[str]) -> Any:
    return Sensor.objects.filter(key__in=keys, retired=False).order_by("key")


def _ms(asker: Asker) -> int:
    return int(asker.now.timestamp() * 1000)

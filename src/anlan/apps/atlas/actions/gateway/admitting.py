"""A device is admitted with all its sensors, or turned away with all that it sent."""

import contextlib
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from anlan.apps.atlas.actions.devices import drop_rows, take_in
from anlan.apps.atlas.actions.entering import enter_for
from anlan.apps.atlas.actions.registry import follow_to, place_sensors
from anlan.apps.atlas.acts import ADMIT_DEVICES, EDIT_OBJECTS, TURN_AWAY
from anlan.apps.atlas.meaning import PLAIN, object_type
from anlan.apps.atlas.models import ObservedObject, Region, Sensor, TurnedAway
from anlan.apps.atlas.queries.gateway.newcomers import Newcomer, newcomer_for, quantities_of
from anlan.apps.atlas.queries.objects import objects
from anlan.apps.atlas.words import words_for
from anlan.apps.people.actions import deed
from anlan.desk.asker import Asker
from anlan.history.registry import sensor_entry
from anlan.terms.errors import AnlanError, Refused
from anlan.terms.places import is_region
from anlan.terms.sensors import Sensor as Entry
from anlan.terms.sensors import is_key

_TOLD = 50
"""Of so many sensors the audit line tells the keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Belongs:
    """What a device belongs to: the key of an object, or, where that is empty, a new one of a kind
    (`PACK.KIND`) with a name, in a region."""

    object_key: str = ""
    kind: str = ""
    name: str = ""
    region: str = ""


def admit_device(
    asker: Asker, protocol: str, device: str, belongs: Belongs
) -> tuple[int, dict[str, Any]]:
    """Registers what a device measures and takes in the rows that waited: how many sensors, and
    the counts of the rows.

    Refused says what is wrong; Unavailable where the live service takes nothing now.
    """
    one = newcomer_for(asker, protocol, device)
    is_new = not belongs.object_key.strip()
    thing = _new(asker, one, belongs) if is_new else _chosen(asker, belongs)
    entries = _entries(asker, one, thing)
    target = f"devices/{protocol}/{device}"[:128]
    with deed(asker, ADMIT_DEVICES, target, region=thing.region) as detail:
        detail.update(
            object=thing.key, count=len(entries), sensors=[one["key"] for one in entries[:_TOLD]]
        )
    enter_for(asker, target, entries, region=thing.region)
    if is_new:
        with deed(asker, EDIT_OBJECTS, f"objects/{thing.key}", region=thing.region) as detail:
            detail["made_for"] = target
            thing.save()
    follow_to(settings.PLACE.data, asker.now)
    with transaction.atomic():
        place_sensors([thing.key])
    return len(entries), take_in({one.source})


def _chosen(asker: Asker, belongs: Belongs) -> ObservedObject:
    key = belongs.object_key.strip()
    thing = objects(asker).filter(key=key).first()
    if not isinstance(thing, ObservedObject):
        told = _("There is no observed object “%(key)s” in your jurisdiction.")
        raise Refused(told % {"key": key[:60]})
    _may(asker, ADMIT_DEVICES, thing)
    return thing


def _new(asker: Asker, one: Newcomer, belongs: Belongs) -> ObservedObject:
    """The object that is yet to be made."""
    pack, _dot, kind = belongs.kind.partition(".")
    name, region = belongs.name.strip()[:128], belongs.region.strip()
    is_kind = belongs.kind == PLAIN or object_type(pack, kind) is not None
    is_place = is_region(region) and Region.objects.standing().filter(key=region).exists()
    if not is_kind or not name or not is_place:
        raise Refused(
            _("Choose the object that the device belongs to, or name a new one: its kind, name and "
              "region.")
        )  # fmt: skip
    key = one.stem if one.stem.startswith(region[:6]) else f"{region}-{one.stem}"
    thing = ObservedObject(key=key, name=name, region=region, kind=kind, pack=pack, since=asker.now)
    thing.words = words_for(thing)
    _may(asker, ADMIT_DEVICES, thing)
    _may(asker, EDIT_OBJECTS, thing)
    if not is_key(key) or ObservedObject.objects.filter(key=key).exists():
        raise Refused(_("No object can be made for this device; choose one that is there."))
    return thing


def _may(asker: Asker, act: str, thing: ObservedObject) -> None:
    if not asker.may(act, thing.region, thing.owner):
        raise Refused(_("Your post does not allow this."))


def _entries(asker: Asker, one: Newcomer, thing: ObservedObject) -> list[dict[str, Any]]:
    """Of the sensors that nobody registered meanwhile."""
    with contextlib.suppress(AnlanError):  # no store yet: this will be its first entry
        follow_to(settings.PLACE.data, asker.now)
    keys = [part.key for part in one.parts]
    taken = set(Sensor.objects.filter(key__in=keys, retired=False).values_list("key", flat=True))
    parts = [part for part in one.parts if part.key not in taken]
    if not parts:
        raise Refused(_("Somebody else admitted this device already."))
    known = quantities_of(parts, one.protocol, thing.pack)
    return [
        sensor_entry(
            Entry(key=part.key, quantity=known[part.key], object=thing.key, name=part.title[:128])
        )
        for part in parts
    ]


def turn_device_away(asker: Asker, protocol: str, device: str, *, reason: str) -> int:
    """Drops all that waits of a device for good, with the reason; how many rows."""
    one, why = newcomer_for(asker, protocol, device), reason.strip()[:256]
    if not why:
        raise Refused(_("Say why the device is turned away."))
    knocks = [part.knock for part in one.parts if part.knock]
    target = f"devices/{protocol}/{device}"[:128]
    with deed(asker, TURN_AWAY, target, region=one.county) as detail:
        detail["rows"] = one.rows
        for knock in knocks:
            TurnedAway.objects.create(
                sensor_key=knock.sensor[:128], source=knock.source[:128], rows=knock.rows,
                reason=why, by=asker.key, name=asker.name, at=asker.now,
            )  # fmt: skip
        drop_rows([number for knock in knocks for number in knock.ids])
    return one.rows

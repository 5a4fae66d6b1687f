"""New devices are admitted into the registry, or turned away with a reason."""

import contextlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from anlan.apps.atlas.actions.entering import enter_for
from anlan.apps.atlas.actions.registry import follow_to
from anlan.apps.atlas.acts import ADMIT_DEVICES, TURN_AWAY
from anlan.apps.atlas.meaning import quantity
from anlan.apps.atlas.models import ObservedObject, Sensor, TurnedAway
from anlan.apps.atlas.queries.devices import county_of, knock_for
from anlan.apps.atlas.queries.objects import objects
from anlan.apps.people.actions import deed
from anlan.desk.asker import Asker
from anlan.history.registry import sensor_entry
from anlan.live.prepared import FOREIGN
from anlan.live.quarantine import Quarantine
from anlan.live.reach import Desk
from anlan.terms.errors import AnlanError, Refused, Unavailable
from anlan.terms.sensors import Sensor as Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a device is said to be."""

    object_key: str
    quantity: str
    name: str = ""


def admit(asker: Asker, sensor_key: str, about: About) -> dict[str, Any]:
    """Registers a device and takes in the rows that waited; counts of these by source.

    Refused says what is wrong; Unavailable where the live service takes nothing now. Where only
    the rows cannot be taken in, the count says `waits`.
    """
    data = settings.PLACE.data
    found = knock_for(asker, sensor_key)
    thing = _thing(asker, about)
    with contextlib.suppress(AnlanError):  # no store yet: this will be its first entry
        follow_to(data, asker.now)
    if Sensor.objects.filter(key=sensor_key, retired=False).exists():
        raise Refused(_("Somebody else admitted this device already."))
    entry = Entry(
        key=sensor_key, quantity=about.quantity, object=thing.key, name=about.name.strip()[:128]
    )
    target = f"sensors/{sensor_key}"
    with deed(asker, ADMIT_DEVICES, target, region=thing.region) as detail:
        detail.update(object=thing.key, quantity=about.quantity)
    enter_for(asker, target, [sensor_entry(entry)], region=thing.region)
    follow_to(data, asker.now)
    return take_in({one.source for one in found})


def _thing(asker: Asker, about: About) -> ObservedObject:
    """The object that it measures, where the asker may have it there."""
    thing = objects(asker).filter(key=about.object_key.strip()).first()
    if not isinstance(thing, ObservedObject):
        told = _("There is no observed object “%(key)s” in your jurisdiction.")
        raise Refused(told % {"key": about.object_key[:60]})
    if not asker.may(ADMIT_DEVICES, thing.region, thing.owner):
        raise Refused(_("Your post does not allow this."))
    if quantity(about.quantity) is None:
        raise Refused(_("Say what the device measures."))
    return thing


def take_in(sources: Collection[str]) -> dict[str, Any]:
    """Tries the rows of sources again; counts, which say `waits` where that is not possible."""
    told: dict[str, Any] = {"accepted": 0, "foreign": 0}
    try:
        with Desk(settings.PLACE.data, alone=not settings.PLACE.is_served) as door:
            for source in sources:
                counts = door.requeue(source)
                told["accepted"] += counts["accepted"]
                told["foreign"] += counts["kept"].get(FOREIGN, 0)
    except (AnlanError, OSError):
        told["waits"] = True
    return told


def turn_away(asker: Asker, sensor_key: str, *, reason: str) -> int:
    """Drops the rows of a device for good, with the reason; how many."""
    found = knock_for(asker, sensor_key)
    why = reason.strip()[:256]
    if not why:
        raise Refused(_("Say why the device is turned away."))
    rows = sum(one.rows for one in found)
    with deed(asker, TURN_AWAY, f"sensors/{sensor_key}", region=county_of(sensor_key)) as detail:
        detail["rows"] = rows
        for one in found:
            TurnedAway.objects.create(
                sensor_key=sensor_key[:128], source=one.source[:128], rows=one.rows, reason=why,
                by=asker.key, name=asker.name, at=asker.now,
            )  # fmt: skip
        drop_rows([number for one in found for number in one.ids])
    return rows


def drop_rows(ids: list[int]) -> None:
    """Lets rows of the quarantine go; Unavailable where it cannot be written."""
    try:
        with contextlib.closing(Quarantine(settings.PLACE.data)) as quarantine:
            quarantine.remove(ids)
    except AnlanError as error:
        told = _("The quarantine cannot be written now (%(why)s). Nothing was changed.")
        raise Unavailable(told % {"why": error}) from error

"""What the devices of the gateway watch, as far as it is the asker's."""

from collections.abc import Sequence
from itertools import chain

from django.conf import settings

from anlan.apps.atlas.acts import SEE_DEVICES
from anlan.apps.atlas.models import ObservedObject, Sensor
from anlan.apps.people.queries import within
from anlan.desk.asker import Asker
from anlan.live.gateway.devices.roll import Known, Reader

Name = tuple[str, str]
"""Protocol and device."""


def watched(asker: Asker, devices: Sequence[Known]) -> dict[Name, list[ObservedObject]]:
    """The observed objects that the sensors of each device belong to, by their keys."""
    roll = Reader(settings.PLACE.data)
    keys = {(one.protocol, one.device): [spoken.key for spoken in
            roll.spoken(one.protocol, one.device)] for one in devices}  # fmt: skip
    here = within(asker.scope_for(SEE_DEVICES))
    every = list(chain.from_iterable(keys.values()))
    sensors = Sensor.objects.filter(here, key__in=every, retired=False)
    belongs = dict(sensors.values_list("key", "object_key"))
    rows = ObservedObject.objects.standing().filter(here, key__in=set(belongs.values()))
    found = {row.key: row for row in rows}
    return {
        name: [found[key] for key in sorted({belongs[k] for k in spoken if k in belongs})
               if key in found]
        for name, spoken in keys.items()
    }  # fmt: skip

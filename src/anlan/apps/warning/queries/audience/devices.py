"""The loudspeakers and screens that stand in the area of a message."""

from django.conf import settings

from anlan.apps.atlas.models import Facility
from anlan.apps.warning.models import Addressee, Message
from anlan.apps.warning.queries.audience.people import inside
from anlan.apps.warning.queries.audience.sinks import Sink

_BY = {"loudspeaker": Addressee.By.SPEAKER, "screen": Addressee.By.SCREEN}


def devices(message: Message) -> list[Sink]:
    """All that a way is set up for, whatever the status that they take: the router decides."""
    options = settings.PLACE.options
    ways = {"loudspeaker": options.speaker_platform, "screen": options.screen_secret}
    kinds = [kind for kind, is_set in ways.items() if is_set]
    if not kinds:
        return []
    regions = [*message.content["regions"]] or [message.warning.region]
    rows = inside(Facility, message, regions).filter(kind__in=kinds).exclude(device="")
    return [
        Sink(kind=_BY[one.kind], status=one.takes or Facility.Takes.ACTUAL,
             name=one.name[:128], address=one.device, region=one.region, owner=one.owner)
        for one in rows.order_by("region", "key")
    ]  # fmt: skip

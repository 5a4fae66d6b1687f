"""Alarms of unknown places find theirs, once the atlas knows the object."""

from django.db import transaction

from anlan.apps.watch.actions.follow import locked_source
from anlan.apps.watch.actions.standing import placed
from anlan.apps.watch.models import Alarm
from anlan.apps.watch.queries.placing import is_placeable, places_of

_AT_ONCE = 500


def find_places() -> int:
    """Looks for the places of the open alarms that have none; how many were found, some hundreds at
    most. Those that stay unknown keep none waiting behind them."""
    lost = Alarm.objects.filter(region="", closed_at=None).order_by("pk")
    found = lost.filter(is_placeable()).values_list("object_key", flat=True)
    keys = sorted(set(found[:_AT_ONCE]))
    known = {key: found for key, found in places_of(keys).items() if found.region}
    if not known:
        return 0
    with transaction.atomic():
        source = locked_source()
        rows = [
            row for row in lost.filter(object_key__in=known) if placed(row, known[row.object_key])
        ]
        for row in rows:
            source.revision += 1
            row.revision = source.revision
            row.save(update_fields=["object_name", "kind", "pack", "region", "owner", "lon", "lat",
                                    "revision"])  # fmt: skip
        source.save(update_fields=["revision"])
    return len(rows)

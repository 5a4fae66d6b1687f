"""Sensors are registered, edited and retired through the door of the ordered log."""

import hashlib
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from anlan.apps.atlas.actions.entering import enter_for
from anlan.apps.atlas.actions.registry import follow_to
from anlan.apps.atlas.models import Sensor
from anlan.desk.asker import Asker
from anlan.desk.seams import deed
from anlan.desk.sheet.declare import Sheet, Values
from anlan.desk.sheet.writer import Change
from anlan.desk.sheet.writing import cannot_use
from anlan.history.registry import sensor_entry
from anlan.terms.errors import Malformed, Refused
from anlan.terms.sensors import Sensor as Entry

_FIELDS = ("object_key", "quantity", "name", "interval_s", "retired")


class RegistryWriter:
    """Writes sensors into the registry, and takes up what it then says."""

    def version(self, row: Any) -> str:
        """A digest of what can be edited."""
        told = repr([getattr(row, name) for name in _FIELDS] + [_lon_lat(row.shape)])
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def write(
        self, asker: Asker, sheet: Sheet, changes: Sequence[Change], *, note: str = ""
    ) -> None:
        """Enters all of them, or none; Refused where somebody else was quicker."""
        data = settings.PLACE.data
        keys = [_key(change) for change in changes]
        one = keys[0] if len(keys) == 1 else "*"
        self._look_again(asker, keys, changes)
        target = f"{sheet.name}/{one}"
        with deed(asker, sheet.change, target) as detail:
            detail["entered"] = len(changes)
            if note:
                detail["file"] = note
        enter_for(asker, target, [_entry(change) for change in changes])
        with transaction.atomic():
            follow_to(data, asker.now)

    def _look_again(self, asker: Asker, keys: list[str], changes: Sequence[Change]) -> None:
        """The projection may be a moment late: what is written must be what stands now."""
        try:
            follow_to(settings.PLACE.data, asker.now)
        except Malformed:
            return  # there is no store yet: this will be its first entry
        standing: dict[str, Sensor] = {}
        for start in range(0, len(keys), 500):
            found = Sensor.objects.filter(key__in=keys[start : start + 500])
            standing |= {row.key: row for row in found}
        for key, change in zip(keys, changes, strict=True):
            row = standing.get(key)
            if change.row is None and row is not None:
                raise Refused(cannot_use())
            if change.row is not None and (row is None or self._differs(row, change.row)):
                raise Refused(
                    _("Somebody else changed this since you opened it. Load it again; "
                      "nothing of yours was written over theirs.")
                )  # fmt: skip

    def _differs(self, one: Any, other: Any) -> bool:
        return self.version(one) != self.version(other)


def _key(change: Change) -> str:
    return str(change.row.key if change.row is not None else (change.values or {})["key"])


def _entry(change: Change) -> dict[str, Any]:
    if change.values is None:
        return {"type": "retire", "sensor": change.row.key}
    values: Values = change.values
    seconds = values.get("interval_s")
    lon, lat = _lon_lat(values.get("shape"))
    sensor = Entry(
        key=values["key"],
        quantity=values["quantity"],
        object=values["object_key"],
        name=values.get("name") or "",
        lon=lon,
        lat=lat,
        interval_ms=None if seconds is None else max(1, round(seconds * 1000)),
    )
    return sensor_entry(sensor)


def _lon_lat(shape: Any) -> tuple[float | None, float | None]:
    return (None, None) if shape is None else (shape.x, shape.y)

"""Sensors and limits as the ordered log's registry has them, followed by a cursor.

Rows and cursor are written in one transaction. The projection can always be made anew: a cursor of
another epoch (the store was restored) begins at the start.
"""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import shapely
from django.db import transaction

from anlan.apps.atlas.meaning import placed_quantity
from anlan.apps.atlas.models import Limit, ObservedObject, ProjectionCursor, Sensor
from anlan.apps.atlas.words import words_for
from anlan.history.codec import decode_registry
from anlan.history.log import Log, RecordKind, store_in
from anlan.history.registry import Registry
from anlan.terms.errors import Malformed, Unavailable
from anlan.terms.levels import Level
from anlan.terms.times import FIRST_MS, LAST_MS

_NAME, _BATCH = "registry", 2000
_FIELDS = ["object_key", "quantity", "name", "region", "owner", "shape", "shape_w", "shape_s",
           "shape_e", "shape_n", "interval_s", "retired", "words"]  # fmt: skip


class _Fold:
    """The registry folded so far, kept by the process so that a step reads only what is new."""

    def __init__(self) -> None:
        self.epoch, self.registry = "", Registry()

    def at(self, log: Log) -> Registry:
        """The registry as the log has it now."""
        if log.epoch_now() != log.epoch:
            raise Unavailable("the store was restored; it has to be opened again")
        if self.epoch != log.epoch:
            self.epoch, self.registry = log.epoch, Registry()
        self.registry.catch_up(log)
        return self.registry


_FOLD = _Fold()


def follow_registry(log: Log, now: datetime) -> bool:
    """Takes up what the registry says since the last step; whether there was anything.

    Raises Malformed where the cursor is ahead of the log: it is not the one that was followed.
    """
    with transaction.atomic():
        ProjectionCursor.objects.get_or_create(name=_NAME)
        cursor = ProjectionCursor.objects.select_for_update().get(name=_NAME)
        epoch, _, seq = cursor.cursor.partition(":")
        begins = epoch != log.epoch
        if begins:
            Sensor.objects.all().delete()
            Limit.objects.all().delete()
        after, last = 0 if begins else int(seq), log.last()
        if after > last:
            raise Malformed(
                f"cursor {cursor.cursor} is ahead of the log, which ends at {last}: "
                "it is not the log that the sensors followed"
            )
        registry = _FOLD.at(log)
        if not begins and registry.seq <= after:
            return False
        _write(registry, _touched(log, after, registry.seq))
        cursor.cursor = f"{log.epoch}:{registry.seq}"
        cursor.save(update_fields=["cursor"])
    return True


def registry_in(log: Log) -> Registry:
    """The registry as the log has it now; the process keeps what it read."""
    return _FOLD.at(log)


def follow_to(data: Path, now: datetime) -> None:
    """Takes up what was entered just now, so that whoever entered it sees it."""
    with Log.open(store_in(data)) as log:
        follow_registry(log, now)


def place_sensors(keys: Collection[str]) -> None:
    """Gives the sensors of these objects the region and owner that their objects have now."""
    sensors = list(Sensor.objects.filter(object_key__in=keys))
    _place(sensors)
    Sensor.objects.bulk_update(sensors, ["region", "owner", "words"], batch_size=_BATCH)
    places = {sensor.key: sensor for sensor in sensors}
    limits = list(Limit.objects.filter(sensor_key__in=places))
    for limit in limits:
        _put_beside(limit, places[limit.sensor_key])
    Limit.objects.bulk_update(limits, ["region", "owner", "words"], batch_size=_BATCH)


def _touched(log: Log, after: int, last: int) -> dict[str, None]:
    """The keys of the sensors that entries after a record speak of, in order."""
    found: dict[str, None] = {}
    for record in log.records(after, kinds={RecordKind.REGISTRY}):
        if record.seq > last:
            break
        for entry in decode_registry(record.body):
            key = entry.get("key") if entry.get("type") == "sensor" else entry.get("sensor")
            if isinstance(key, str):
                found[key] = None
    return found


def _write(registry: Registry, keys: Iterable[str]) -> None:
    known = [key for key in keys if key in registry.handle]
    for start in range(0, len(known), _BATCH):
        part = known[start : start + _BATCH]
        rows = [_sensor(registry, key) for key in part]
        _place(rows)
        Sensor.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["key"], update_fields=_FIELDS
        )
        Limit.objects.filter(sensor_key__in=part).delete()
        limits = [_limit(row, one) for row in rows for one in registry.limits_of(row.key)]
        Limit.objects.bulk_create(limits)


def _sensor(registry: Registry, key: str) -> Sensor:
    handle = registry.handle[key]
    one = registry.sensors[handle]
    point = None if one.lon is None or one.lat is None else shapely.Point(one.lon, one.lat)
    return Sensor(
        key=key, handle=handle, object_key=one.object,
        quantity=placed_quantity(one.quantity), name=one.name[:128], shape=point,
        interval_s=None if one.interval_ms is None else one.interval_ms / 1000,
        retired=key in registry.retired,
    )  # fmt: skip


def _place(sensors: list[Sensor]) -> None:
    """Region and owner of the objects, and their place where the sensors have none."""
    keys = {sensor.object_key for sensor in sensors}
    found = ObservedObject.objects.standing().filter(key__in=keys)
    objects = {one.key: one for one in found.only("key", "region", "owner", "shape")}
    for sensor in sensors:
        one = objects.get(sensor.object_key)
        sensor.region, sensor.owner = (one.region, one.owner) if one else ("", "")
        if sensor.shape is None and one is not None and one.shape is not None:
            sensor.shape = one.shape.representative_point()
        sensor.words = words_for(sensor)


def _limit(sensor: Sensor, one: Any) -> Limit:
    since = moment_of(one.valid_from)
    limit = Limit(
        key=limit_key(one.sensor, int(one.level), one.direction, since=since),
        sensor_key=one.sensor, level=int(one.level), value=one.value, direction=one.direction,
        deadband=one.deadband, since=since, until=moment_of(one.valid_to), source=one.source[:256],
    )  # fmt: skip
    _put_beside(limit, sensor)
    return limit


def _put_beside(limit: Limit, sensor: Sensor) -> None:
    limit.region, limit.owner = sensor.region, sensor.owner
    limit.words = words_for(limit)


def limit_key(sensor: str, level: int, direction: str, *, since: datetime | None) -> str:
    """What a limit is called: one sensor has one of each level and direction from a moment on."""
    begin = "" if since is None else f"{since.astimezone(UTC):%Y%m%dT%H%M%S}"
    return f"{sensor}·{Level(level).word}·{direction}·{begin}"


def moment_of(ms: int) -> datetime | None:
    """A moment of the log; None where it is open."""
    return datetime.fromtimestamp(ms / 1000, UTC) if FIRST_MS < ms < LAST_MS else None

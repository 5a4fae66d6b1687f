"""Publishes updates to the site's broker: pulled by cursor, with QoS 1, and noted when they are
acknowledged. What is older than ten minutes is no update any more and is left out."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
from paho.mqtt.client import Client

from anlan.apps.atlas.models import ObservedObject
from anlan.connectors.mqtt.client import client_of
from anlan.connectors.mqtt.mapping import Broker
from anlan.history.codec import decode_readings
from anlan.history.log import Log, RecordKind
from anlan.site.api.things.model.readings import Observed
from anlan.site.api.things.publishing import cursor
from anlan.site.api.things.publishing.news import News
from anlan.site.api.things.publishing.settings import FILE, Settings, load_settings
from anlan.terms.errors import Unavailable

_AT_ONCE, _MOST_WAITING, _LATE_MS, _KEEPALIVE_S = 500, 1_000, 600_000, 30
_PATH: Final = "api/sensorthings/v1.1"
Part = tuple[list[Observed], int]
"""Some readings, and the record that ends with them; 0 where it goes on."""


class Publisher:
    """A task of the work process. follow: gives the log, None while there is none."""

    def __init__(self, data: Path, address: str, follow: Callable[[], Log | None]) -> None:
        self._data, self._follow = data, follow
        self._base = f"{address.rstrip('/')}/{_PATH}"
        self._settings: Settings | None = None
        self._changed = 0
        self._client: Client | None = None
        self._cursor: cursor.Cursor | None = None
        self._parts: Iterator[Part] = iter(())
        self._asked = self._acknowledged = 0
        self._refused = ""

    @property
    def is_told(self) -> bool:
        """Whether the broker has acknowledged all that was published."""
        return self._acknowledged >= self._asked

    @property
    def _file(self) -> Path:
        return self._data / "sensorthings" / "published.json"

    def step(self, now: datetime) -> bool:
        """Publishes some updates; whether there may be more. Unavailable where the broker is away,
        or does not take them."""
        settings = self._settled()
        log = self._follow() if settings else None
        if settings is None or log is None or not self._is_settled(settings.broker):
            return False
        if self._cursor is None or self._cursor.epoch != log.epoch:
            self._cursor, self._parts = cursor.kept(self._file, log), iter(())
            cursor.keep(self._file, self._cursor)
        return self._published(settings, log, now)

    def leave(self) -> None:
        """Leaves the broker; what it has not acknowledged is published again after the start."""
        client, self._client = self._client, None
        self._parts, self._cursor = iter(()), None
        if client is not None:
            client.disconnect()
            client.loop_stop()

    def _settled(self) -> Settings | None:
        """The settings as they are now; None where there are none."""
        path = self._data / FILE
        changed = path.stat().st_mtime_ns if path.exists() else 0
        if changed != self._changed:
            self.leave()
            self._settings = None
            self._settings = load_settings(path) if changed else None
            self._changed = changed
        return self._settings

    def _is_settled(self, broker: Broker) -> bool:
        """Whether the broker is there and has acknowledged everything."""
        if self._client is None:
            self._asked = self._acknowledged = 0
            self._client = client = client_of(broker, broker.client_id, keeps=False)
            client.max_inflight_messages_set(_MOST_WAITING)
            client.on_publish = self._on_publish
            client.connect_async(broker.host, broker.port, _KEEPALIVE_S)
            client.loop_start()
        if not self._client.is_connected():
            raise Unavailable(f"no broker answers at {broker.host}:{broker.port}")
        refused, self._refused = self._refused, ""
        if refused:
            raise Unavailable(f"the broker refuses updates: {refused}; see its access list")
        return self.is_told

    def _on_publish(self, *told: Any) -> None:
        """Of each message once, in the network's thread."""
        self._acknowledged += 1
        reason = told[3]
        if reason is not None and reason.is_failure:
            self._refused = str(reason)

    def _published(self, settings: Settings, log: Log, now: datetime) -> bool:
        at, client = self._cursor, self._client
        if at is None or client is None:
            return False
        cursor.keep(self._file, at)
        readings, seq = self._part(log, at.seq, now)
        things = list(
            ObservedObject.objects.filter(pk__gt=at.row)
            .order_by("pk")
            .values_list("pk", flat=True)[:_AT_ONCE]
        )
        for audience in settings.audiences:
            for message in News(audience, self._base).of(readings, things, now):
                client.publish(message.topic, message.body, qos=1)
                self._asked += 1
        self._cursor = at._replace(seq=seq or at.seq, row=things[-1] if things else at.row)
        return bool(readings or things or seq)

    def _part(self, log: Log, after: int, now: datetime) -> Part:
        part = next(self._parts, None)
        if part is None:
            self._parts = _parts(log, after, round(now.timestamp() * 1000) - _LATE_MS)
            part = next(self._parts, ([], 0))
        return part


def _parts(log: Log, after: int, since: int) -> Iterator[Part]:
    """Readings of the records after a place that are not too old, some at a time."""
    for record in log.records(after, kinds=(RecordKind.READINGS,)):
        rows = _rows(record.body) if record.at >= since else []
        for start in range(0, max(1, len(rows)), _AT_ONCE):
            part = rows[start : start + _AT_ONCE]
            is_last = start + _AT_ONCE >= len(rows)
            yield part, record.seq if is_last else 0


def _rows(body: bytes) -> list[Observed]:
    batch = decode_readings(body)
    return [
        Observed(handle, time, value if np.isfinite(value) else None, quality, received)
        for handle, time, value, quality, received in zip(
            batch.sensor.tolist(), batch.time.tolist(), batch.value.tolist(),
            batch.quality.tolist(), batch.received.tolist(), strict=True,
        )
    ]  # fmt: skip

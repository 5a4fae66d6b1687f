"""Publishes updates to the site's broker: pulled by cursor, with QoS 1, and noted when they are
acknowledged."""

from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from paho.mqtt.client import Client

from anlan.connectors.mqtt.client import client_of
from anlan.connectors.mqtt.mapping import Broker
from anlan.history.log import Log
from anlan.site.api.things.publishing import cursor
from anlan.site.api.things.publishing.course import Course
from anlan.site.api.things.publishing.settings import FILE, Settings, load_settings
from anlan.terms.errors import Unavailable

_MOST_WAITING, _KEEPALIVE_S = 2_000, 30
"""Waiting are those that the client keeps and those under way. Of the latter it allows twenty, no
more than brokers ask for; with each acknowledgement it looks through all of them."""
_NOTED_EVERY: Final = timedelta(seconds=1)
"""To note waits for the disk; who dies in between repeats that much."""
_PATH: Final = "api/sensorthings/v1.1"


class Publisher:
    """A task of the work process. follow: gives the log, None while there is none.

    Between what is published (_cursor) and what is acknowledged lie parts on their way: _behind
    has the count of messages with which each is whole, and the cursor behind it.
    """

    def __init__(self, data: Path, address: str, follow: Callable[[], Log | None]) -> None:
        self._data, self._follow = data, follow
        self._base = f"{address.rstrip('/')}/{_PATH}"
        self._settings: Settings | None = None
        self._changed = 0
        self._client: Client | None = None
        self._cursor: cursor.Cursor | None = None
        self._course: Course | None = None
        self._behind: deque[tuple[int, cursor.Cursor]] = deque()
        self._noted_at = datetime.min.replace(tzinfo=UTC)
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
        """Publishes some updates; whether there may be more at once. Unavailable where the broker
        is away, or does not take them."""
        settings = self._settled()
        log = self._follow() if settings else None
        if settings is None or log is None:
            return False
        client = self._connected(settings.broker)
        if self._cursor is None or self._cursor.epoch != log.epoch:
            found = cursor.kept(self._file, log)
            cursor.keep(self._file, found)
            self._forget()
            self._cursor = found
        if abs(now - self._noted_at) >= _NOTED_EVERY:
            self._note()
            self._noted_at = now
        if self._course is None:
            self._course = Course(log, self._cursor, settings, self._base)
        return self._publish(client, self._course, now)

    def leave(self) -> None:
        """Leaves the broker; what it has not acknowledged is published again after the start."""
        client, self._client = self._client, None
        if client is not None:
            client.disconnect()
            client.loop_stop()
        try:
            self._note()
        finally:
            self._forget()

    def _forget(self) -> None:
        self._cursor = self._course = None
        self._behind.clear()

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

    def _connected(self, broker: Broker) -> Client:
        """The client; Unavailable unless the broker is there and takes what it is given."""
        if self._client is None:
            self._asked = self._acknowledged = 0
            self._client = client = client_of(broker, broker.client_id, keeps=False)
            client.on_publish = self._on_publish
            client.connect_async(broker.host, broker.port, _KEEPALIVE_S)
            client.loop_start()
        if not self._client.is_connected():
            raise Unavailable(f"no broker answers at {broker.host}:{broker.port}")
        refused, self._refused = self._refused, ""
        if refused:
            raise Unavailable(f"the broker refuses updates: {refused}; see its access list")
        return self._client

    def _on_publish(self, *told: Any) -> None:
        """Of each message once, in the network's thread."""
        self._acknowledged += 1
        reason = told[3]
        if reason is not None and reason.is_failure:
            self._refused = str(reason)

    def _publish(self, client: Client, course: Course, now: datetime) -> bool:
        """Publishes to the end of a part, or while not too many wait for the broker."""
        for _ in range(_MOST_WAITING):
            if self._asked - self._acknowledged >= _MOST_WAITING:
                return False
            one = course.next(now)
            if one is None:
                self._course = None
                return False
            if isinstance(one, cursor.Cursor):
                self._cursor = one
                self._behind.append((self._asked, one))
                return True
            client.publish(one.topic, one.body, qos=1)
            self._asked += 1
        return True

    def _note(self) -> None:
        """Writes how far the broker has acknowledged everything, if that is further than before."""
        done = [at for asked, at in self._behind if asked <= self._acknowledged]
        if done:
            cursor.keep(self._file, done[-1])
        for _ in done:
            self._behind.popleft()

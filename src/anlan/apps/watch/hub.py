"""The hub of the live pages: one thread follows the log and the alarms, many pages listen.

It looks four times a second, so that what it tells is coalesced, and it tells each page only of
the sensors that the page shows.
"""

import asyncio
import json
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, close_old_connections

from anlan.desk.asker import Asker
from anlan.history.mirror import Mirror
from anlan.terms.errors import AnlanError

_log = logging.getLogger("anlan.hub")
LOOK_S = 0.25
_AGAIN_S = 1.0
Row = tuple[str, int, float | None, str]
"""(sensor key, ms UTC, value or None, quality word)."""


@dataclass(eq=False)
class Listener:
    """One open page.

    asker: whose it is · handles: what it shows, to their keys · pending: what changed since its
    last look · revision: the newest that it was told · newest: what it is to be told.
    """

    asker: Asker
    handles: dict[int, str]
    loop: asyncio.AbstractEventLoop
    rung: asyncio.Event = field(default_factory=asyncio.Event)
    pending: set[int] = field(default_factory=set)
    revision: int = -1
    newest: int = 0


class Hub:
    """Starts its thread with the first listener."""

    def __init__(
        self,
        open_mirror: Callable[[], Mirror],
        ask: Callable[[], int],
        *,
        ask_for: Callable[[Asker], int],
    ) -> None:
        self._open, self._ask, self._ask_for = open_mirror, ask, ask_for
        self._guard = threading.Lock()
        self._listeners: set[Listener] = set()
        self._mirror: Mirror | None = None
        self._thread: threading.Thread | None = None
        self.revision = 0

    def join(self, listener: Listener) -> None:
        """Tells a page from now on; it first hears all that it shows."""
        listener.pending.update(listener.handles)
        listener.rung.set()
        with self._guard:
            self._listeners.add(listener)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="hub", daemon=True)
                self._thread.start()

    def leave(self, listener: Listener) -> None:
        """Tells it nothing more."""
        with self._guard:
            self._listeners.discard(listener)

    @property
    def listeners(self) -> int:
        """How many pages listen."""
        return len(self._listeners)

    def take(self, listener: Listener) -> tuple[list[Row], int]:
        """The newest readings that a page has not heard, and the newest revision of its own."""
        with self._guard:
            mirror = self._mirror
            if mirror is None:
                return [], listener.newest  # what waits is told once there is one
            pending, listener.pending = listener.pending, set()
            rows = [self._row(mirror, h, listener.handles[h]) for h in sorted(pending)]
            return [row for row in rows if row is not None], listener.newest

    @staticmethod
    def _row(mirror: Mirror | None, handle: int, key: str) -> Row | None:
        found = mirror.row(handle) if mirror else None
        return None if found is None else (key, *found)

    @property
    def tick_at(self) -> int | None:
        """When the loop was last known to be alive, ms UTC."""
        return self._mirror.tick_at if self._mirror else None

    def _run(self) -> None:
        while True:
            began = time.monotonic()
            try:
                self._look()
            except Exception as error:  # noqa: BLE001 - the thread of all pages must not die
                is_known = isinstance(error, (AnlanError, DatabaseError, OSError))
                _log.warning("live pages wait: %s", error, exc_info=not is_known)
                self._mirror = None
                time.sleep(_AGAIN_S)
            time.sleep(max(0.01, LOOK_S - (time.monotonic() - began)))

    def _look(self) -> None:
        mirror = self._mirror or self._open()
        handles = mirror.poll().tolist() if self._mirror else []
        close_old_connections()
        revision, is_new = self._ask(), self._mirror is None
        with self._guard:
            self._mirror = mirror
            listeners = list(self._listeners)
        self._ask_all(listeners, revision != self.revision)
        with self._guard:
            for listener in listeners:
                self._tell(listener, handles, is_new)
        self.revision = revision

    def _ask_all(self, listeners: list[Listener], is_changed: bool) -> None:
        """Notes the newest revision that each may know of: none hears of alarms it cannot see."""
        newest: dict[str, int] = {}
        for listener in listeners:
            if is_changed or listener.revision < 0:
                scope = listener.asker.scope.key
                if scope not in newest:
                    newest[scope] = self._ask_for(listener.asker)
                listener.newest = newest[scope]

    @staticmethod
    def _tell(listener: Listener, handles: list[int], is_new: bool) -> None:
        before = len(listener.pending)
        if is_new:
            listener.pending.update(listener.handles)
        if len(handles) < len(listener.handles):
            listener.pending.update(h for h in handles if h in listener.handles)
        else:
            listener.pending.update(listener.handles.keys() & set(handles))
        is_told = listener.revision == listener.newest and not is_new
        if not is_told or len(listener.pending) > before:
            listener.loop.call_soon_threadsafe(listener.rung.set)


def event(name: str, data: Any, mark: str = "") -> bytes:
    """One server-sent event."""
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    head = f"id: {mark}\n" if mark else ""
    return f"{head}event: {name}\ndata: {body}\n\n".encode()

"""What may be asked: health, sensors, latest values, changes, status."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

from anlan import __version__
from anlan.history.cursor import Cursor, changes_since
from anlan.history.log import Log, store_in
from anlan.live.door.bell import Bell
from anlan.live.door.wire import HttpError, Reply, Request
from anlan.live.loop.beat import Beat
from anlan.live.loop.heart import Told
from anlan.live.view import View
from anlan.terms.errors import Malformed
from anlan.terms.quality import Quality
from anlan.terms.times import NEVER, format_time

MOST_CHANGES = 10_000
_PAGE = 10_000


class Asks:
    """Answers from memory where it can, else from the log by a reader of its own."""

    def __init__(self, beat: Beat, bell: Bell) -> None:
        self._beat, self._bell = beat, bell
        self._guard = threading.Lock()
        self._log: Log | None = None

    def health(self, view: View) -> Reply:
        """The answer for whoever watches over the service; 503 where nothing can be stored."""
        beat = self._beat
        counts = beat.heart.counts
        last = counts.last_reading_at
        body = {
            "status": "ok" if beat.trouble is None else "trouble",
            "version": __version__,
            "readings": counts.readings,
            "changes": counts.changes,
            "last_reading_at": None if last is None else format_time(last),
            "lag_s": round(beat.lag_s, 3),
        }
        if beat.trouble is not None:
            body["trouble"] = beat.trouble
        return Reply(body, status=200 if beat.trouble is None else 503)

    def sensors(self, request: Request, view: View) -> Reply:
        """Registered sensors in order of registration, a page at a time."""
        start, stop = _page(request, len(view.sensors))
        rows = [
            {
                "sensor": s.key,
                "quantity": s.quantity,
                "object": s.object,
                "name": s.name,
                "lon": s.lon,
                "lat": s.lat,
                "interval_s": None if s.interval_ms is None else s.interval_ms / 1000,
            }
            for s in view.sensors[start:stop]
            if s.key not in view.retired
        ]
        return Reply({"sensors": rows, "next": stop if stop < len(view.sensors) else None})

    def latest(self, request: Request, view: View) -> Reply:
        """The newest reading of each sensor that was heard, or of one."""
        key = request.query("sensor")
        if key is not None and key not in view.handle:
            raise HttpError(404, f"no such sensor: {key}")
        start, stop = _page(request, len(view.sensors))
        handles = range(start, stop) if key is None else [view.handle[key]]
        latest = self._beat.heart.latest
        heard = [h for h in handles if h < len(latest.time) and latest.time[h] != NEVER]
        rows = [_latest_row(view.sensors[h].key, latest, h) for h in heard]
        is_end = key is not None or stop >= len(view.sensors)
        return Reply({"latest": rows, "next": None if is_end else stop})

    async def changes(self, request: Request) -> Reply:
        """Changes after a cursor, and the cursor to go on from."""
        cursor = self.cursor(request.query("after") or "start")
        told = await self.after(cursor, request.number("limit", 1000, most=MOST_CHANGES))
        rows = [told_row(one) for one in told]
        return Reply({"changes": rows, "cursor": str(told[-1].cursor if told else cursor)})

    def cursor(self, text: str) -> Cursor:
        """A cursor of this store; HttpError 410 for one of another epoch, 400 for none at all."""
        epoch = self._beat.heart.log.epoch
        try:
            return Cursor.parse(text, epoch=epoch)
        except Malformed as error:
            is_other = text.count(":") == 2 and not text.startswith(f"{epoch}:")
            raise HttpError(410 if is_other else 400, str(error)) from error

    def end(self) -> Cursor:
        """The cursor after the newest durable change."""
        return self._bell.end_cursor

    def has_more(self, cursor: Cursor) -> bool:
        """Whether something was rung after the cursor."""
        return cursor < self._bell.end_cursor

    async def after(self, cursor: Cursor, limit: int) -> list[Told]:
        """The next changes after a cursor."""
        told = self._bell.after(cursor)
        if told is not None:
            return told[:limit]
        return await asyncio.to_thread(self._from_log, cursor, limit)

    def _from_log(self, cursor: Cursor, limit: int) -> list[Told]:
        with self._guard:
            if self._log is None:
                self._log = Log.open(store_in(self._beat.heart.data))
            return [Told(*one) for one in changes_since(self._log, cursor, limit)]

    def status(self, parts: dict[str, Callable[[], Any]]) -> Reply:
        """Everything an operator wants to see at a glance."""
        return Reply({name: ask() for name, ask in parts.items()})

    def close(self) -> None:
        if self._log is not None:
            self._log.close()


def _page(request: Request, size: int) -> tuple[int, int]:
    start = request.query("after") or "0"
    if not (start.isascii() and start.isdigit()):
        raise HttpError(400, "after is the number that the page before gave as next")
    limit = request.number("limit", _PAGE, most=_PAGE)
    return min(int(start), size), min(int(start) + limit, size)


def _latest_row(key: str, latest: Any, handle: int) -> dict[str, Any]:
    value = float(latest.value[handle])
    return {
        "sensor": key,
        "time": format_time(int(latest.time[handle])),
        "value": value if value == value and abs(value) != float("inf") else None,
        "quality": Quality(int(latest.quality[handle])).word,
    }


def told_row(told: Told) -> dict[str, Any]:
    """A change with the cursor behind it."""
    return {**told.change.as_dict(), "cursor": str(told.cursor)}

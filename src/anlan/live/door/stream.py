"""GET /api/v1/stream: changes as server-sent events, as soon as they are durable."""

import asyncio
import contextlib

import msgspec

from anlan.live.door.asks import Asks, told_row
from anlan.live.door.bell import Bell
from anlan.live.door.wire import HttpError, Receive, Request, Send

_PAGE = 1000
_KEEP_ALIVE_S = 15.0
_MOST = 500
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


class Stream:
    """Followers of the changes. `after`, or the Last-Event-ID of a browser that comes back, is
    the cursor to begin after; without one it begins now."""

    def __init__(self, asks: Asks, bell: Bell) -> None:
        self._asks, self._bell = asks, bell
        self.followers = 0

    async def follow(self, request: Request, receive: Receive, send: Send) -> None:
        """Sends events until the caller has gone or the service stops."""
        if self.followers >= _MOST:
            raise HttpError(503, f"{_MOST} callers follow already", retry_after_s=30)
        text = request.query("after") or request.header(b"last-event-id")
        cursor = self._asks.cursor(text) if text else self._asks.end()
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        await send(_piece(b": the changes follow\n\n"))
        self.followers += 1
        gone = asyncio.create_task(_gone(receive))
        try:
            while not gone.done():
                told = await self._asks.after(cursor, _PAGE)
                if told:
                    cursor = told[-1].cursor
                    rows = (told_row(one) for one in told)
                    await send(_piece(b"".join(_event(row) for row in rows)))
                elif not await self._bell.wait(_KEEP_ALIVE_S):
                    break
                elif not self._asks.has_more(cursor):
                    await send(_piece(b": still here\n\n"))
            await send({"type": "http.response.body", "body": b""})
        finally:
            self.followers -= 1
            gone.cancel()


async def _gone(receive: Receive) -> None:
    with contextlib.suppress(asyncio.CancelledError):
        while (await receive())["type"] != "http.disconnect":
            pass


def _event(row: dict[str, object]) -> bytes:
    cursor = str(row["cursor"]).encode()
    return b"id: " + cursor + b"\nevent: change\ndata: " + msgspec.json.encode(row) + b"\n\n"


def _piece(body: bytes) -> dict[str, object]:
    return {"type": "http.response.body", "body": body, "more_body": True}

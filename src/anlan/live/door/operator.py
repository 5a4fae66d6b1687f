"""What only the operator of the data folder may do: registry entries, quarantine."""

import asyncio
import threading
from typing import Any

import msgspec

from anlan.live.door.wire import HttpError, Reply, Request, as_http
from anlan.live.loop.beat import Beat, Done, Edit, Offer
from anlan.live.quarantine import Quarantine
from anlan.live.requeue import requeue
from anlan.live.view import View
from anlan.terms.errors import Unavailable
from anlan.terms.readings import Batch

_MOST_BYTES = 256 * 1024 * 1024
_WAIT_S = 300.0


class Operator:
    """Registry entries and the quarantine, while the loop runs."""

    def __init__(self, beat: Beat, quarantine: Quarantine) -> None:
        self._beat, self._quarantine = beat, quarantine

    async def enter(self, request: Request) -> Reply:
        """Puts registry entries into the log: a JSON list, all of them or none."""
        body = await _whole(request)
        try:
            entries = msgspec.json.decode(body, type=list[dict[str, Any]])
        except (msgspec.DecodeError, RecursionError) as error:
            raise HttpError(400, f"the body is no JSON list of entries ({error})") from error
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[Done] = loop.create_future()
        self._beat.offer(Edit(entries, lambda done: _call(loop, waiting, done)))
        done = await waiting
        if done.error is not None:
            raise as_http(done.error)
        return Reply({"entered": len(entries), "seq": done.seq})

    async def requeue(self, request: Request, view: View) -> Reply:
        """Tries the rows of the quarantine again."""
        source = request.query("source")
        return Reply(
            await asyncio.to_thread(requeue, self._quarantine, view, self._take, source=source)
        )

    def _take(self, batch: Batch) -> Any:
        """Verdicts on readings, from another thread than the event loop's."""
        ready = threading.Event()
        found: list[Done] = []

        def tell(done: Done) -> None:
            found.append(done)
            ready.set()

        self._beat.offer(Offer(batch, tell))
        if not ready.wait(_WAIT_S):
            raise Unavailable("the loop does not answer")
        if found[0].error is not None:
            raise found[0].error
        return found[0].verdicts


def _call(loop: asyncio.AbstractEventLoop, waiting: "asyncio.Future[Done]", done: Done) -> None:
    def settle() -> None:
        if not waiting.done():
            waiting.set_result(done)

    loop.call_soon_threadsafe(settle)


async def _whole(request: Request) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise HttpError(499, "the sender has gone")
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > _MOST_BYTES:
            raise HttpError(413, "too many entries at once")
        if not message.get("more_body"):
            return b"".join(pieces)

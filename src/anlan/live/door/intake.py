"""POST /api/v1/readings: a body in, stored, and answered row by row."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from anlan.live.decode.body import FORMATS, decode
from anlan.live.decode.decoded import Faults
from anlan.live.door.bodies import Bounds, read_body, unfold
from anlan.live.door.gatekeeper import Rates, Room
from anlan.live.door.wire import HttpError, Reply, Request, as_http
from anlan.live.loop.beat import Beat, Done, Offer
from anlan.live.prepared import Prepared, answer, prepare
from anlan.live.quarantine import Quarantine
from anlan.live.view import GATEWAY, Access, View
from anlan.terms.errors import Malformed, Unavailable

_INLINE_BYTES = 16 * 1024
"""Bodies up to this are decoded at once; larger ones beside the event loop."""


class _Sent(NamedTuple):
    """A body and what is known about it."""

    body: bytes
    form: str
    encoding: str
    access: Access
    keeps_received: bool


class Intake:
    """Takes bodies of readings to the loop."""

    def __init__(self, beat: Beat, quarantine: Quarantine, *, bounds: Bounds, room: Room) -> None:
        self._beat, self._quarantine = beat, quarantine
        self._bounds, self._room = bounds, room
        self._rates = Rates()
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="decode")
        self.refused: dict[str, int] = {}
        self.lost = 0

    async def take(self, request: Request, view: View, access: Access) -> Reply:
        """Stores a body's readings; the answer comes after they are durable.

        For the operator alone `received=keep` leaves rows without a time of reception, and `source`
        names the protocol of devices that they came by.
        """
        form = _form_of(request)
        if access.is_operator:
            access = _named(access, request.query("source") or "")
        if self._beat.trouble:
            raise HttpError(503, self._beat.trouble, retry_after_s=2)
        self._rates.check(access)
        keeps = access.is_operator and request.query("received") == "keep"
        encoding = request.header(b"content-encoding").lower()
        async with read_body(request, self._room, self._bounds) as body:
            sent = _Sent(body, form, encoding, access, keeps)
            prepared = await self._prepared(sent, view)
            self._rates.charge(access, prepared.rows)
            done = await self._stored(prepared)
        self._count(prepared)
        if done.error is not None:
            raise as_http(done.error)
        return Reply(answer(prepared, done.verdicts, seq=done.seq, view=view))

    async def _prepared(self, sent: _Sent, view: View) -> Prepared:
        if len(sent.body) <= _INLINE_BYTES and not sent.encoding:
            return self._prepare(sent, view)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._prepare, sent, view)

    def _prepare(self, sent: _Sent, view: View) -> Prepared:
        body = unfold(sent.body, sent.encoding, self._bounds)
        try:
            most = self._bounds.most_bytes
            decoded = decode(body, sent.form, view.table, most_bytes=most)
        except Malformed as error:
            raise HttpError(400, str(error)) from error
        now = self._beat.clock.now()
        if decoded.faults.counts:
            self._set_aside(sent.access.source, decoded.faults, now)
        return prepare(decoded, view, sent.access, now=now, keeps_received=sent.keeps_received)

    def _set_aside(self, source: str, faults: Faults, now: int) -> None:
        unseen = faults.counts.total() - len(faults.kept)
        try:
            self._quarantine.add(source, faults.kept, at=now, unseen=unseen)
        except Unavailable:
            self.lost += faults.counts.total()

    async def _stored(self, prepared: Prepared) -> Done:
        if not len(prepared.batch.sensor):
            return Done(prepared.batch.quality, self._beat.heart.seq)
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[Done] = loop.create_future()

        def tell(done: Done) -> None:
            loop.call_soon_threadsafe(_settle, waiting, done)

        self._beat.offer(Offer(prepared.batch, tell))
        return await waiting

    def _count(self, prepared: Prepared) -> None:
        for code, n in prepared.counts.items():
            self.refused[code] = self.refused.get(code, 0) + n

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def _named(access: Access, source: str) -> Access:
    return Access(access.key, source, is_operator=True) if source.startswith(GATEWAY) else access


def _settle(waiting: "asyncio.Future[Any]", done: Done) -> None:
    if not waiting.done():
        waiting.set_result(done)


def _form_of(request: Request) -> str:
    kind = request.header(b"content-type").partition(";")[0].strip().lower()
    form = FORMATS.get(kind)
    if form is None:
        raise HttpError(415, f"Content-Type {kind!r} is not read here ({', '.join(FORMATS)})")
    return form

"""The body of a request, read within bounds of size, time and memory."""

import asyncio
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from anlan.live.door.gatekeeper import Room
from anlan.live.door.wire import HttpError, Request

_PIECE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """most_bytes: of a body, unfolded · pause_s: longest wait for the next piece · whole_s:
    longest time for the whole body."""

    most_bytes: int = 100 * 1024 * 1024
    pause_s: float = 15.0
    whole_s: float = 300.0


@asynccontextmanager
async def read_body(request: Request, room: Room, bounds: Bounds) -> AsyncIterator[bytes]:
    """The body as sent; its room is given back at the end.

    HttpError 411 without a length, 413 beyond the bound, 408 where it comes too slowly, 503
    where there is no room, 499 where the sender has gone.
    """
    taken = 0
    try:
        declared = _declared(request, bounds)
        pieces: list[bytes] = []
        room.take(declared)
        taken = size = 0
        taken = declared
        async for piece in _pieces(request, bounds):
            size += len(piece)
            if size > bounds.most_bytes:
                raise _too_large(bounds)
            if size > taken:
                room.take(size - taken)
                taken = size
            pieces.append(piece)
        yield pieces[0] if len(pieces) == 1 else b"".join(pieces)
    finally:
        room.give(taken)


def _declared(request: Request, bounds: Bounds) -> int:
    text = request.header(b"content-length")
    if not text:
        if request.header(b"transfer-encoding").lower() == "chunked":
            return 0
        raise HttpError(411, "a body needs a Content-Length")
    if not text.isdigit():
        raise HttpError(400, "Content-Length is no number")
    if int(text) > bounds.most_bytes:
        raise _too_large(bounds)
    return int(text)


def _too_large(bounds: Bounds) -> HttpError:
    return HttpError(413, f"a body has at most {bounds.most_bytes:,} bytes; send it in parts")


async def _pieces(request: Request, bounds: Bounds) -> AsyncIterator[bytes]:
    now = asyncio.get_running_loop().time
    end = now() + bounds.whole_s
    try:
        async with asyncio.timeout_at(end) as timer:
            while True:
                timer.reschedule(min(end, now() + bounds.pause_s))
                message = await request.receive()
                timer.reschedule(end)
                if message["type"] == "http.disconnect":
                    raise HttpError(499, "the sender has gone")
                if piece := message.get("body", b""):
                    yield piece
                if not message.get("more_body"):
                    return
    except TimeoutError:
        raise HttpError(408, "the body came too slowly") from None


def unfold(body: bytes, encoding: str, bounds: Bounds) -> bytes:
    """The body without its content encoding; HttpError 415 for an unknown one, 413 for a bomb."""
    if encoding in ("", "identity"):
        return body
    if encoding != "gzip":
        raise HttpError(415, f"Content-Encoding {encoding!r} is not read here (gzip is)")
    pieces: list[bytes] = []
    size = 0
    while body:
        member = zlib.decompressobj(wbits=31)
        while not member.eof:
            try:
                piece = member.decompress(body, _PIECE)
            except zlib.error as error:
                raise HttpError(400, f"the body is not gzip ({error})") from error
            size += len(piece)
            if size > bounds.most_bytes:
                raise _too_large(bounds)
            pieces.append(piece)
            body = member.unconsumed_tail
            if not piece and not body and not member.eof:
                raise HttpError(400, "the gzip body ends too early")
        body = member.unused_data
    return b"".join(pieces)

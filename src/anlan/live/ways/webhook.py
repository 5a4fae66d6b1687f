"""Clouds that call: a port of HTTP, answered only after what came is durable."""

import asyncio
import socket
from pathlib import Path
from typing import Any

import uvicorn

from anlan.connectors import Fault
from anlan.connectors.mapping.read import UNREADABLE
from anlan.connectors.webhook.codec import MOST_BYTES, Call, challenge, messages_of, taken_of
from anlan.connectors.webhook.map import Map, map_of
from anlan.live.door.bodies import Bounds, read_body
from anlan.live.door.gatekeeper import Room
from anlan.live.door.server import PatientProtocol, QuietServer
from anlan.live.door.wire import (
    HttpError,
    Receive,
    Reply,
    Request,
    Scope,
    Send,
    as_http,
    error_reply,
)
from anlan.live.gateway.store import Store
from anlan.live.ways.way import Books
from anlan.terms.errors import AnlanError, Malformed, Refused, Unavailable

_TITLES = {"ctwing": "CTWing 天翼物联", "onenet": "OneNET 中移物联", "other": "HTTP"}
_CONNECTIONS, _BACKLOG, _GRACE_S = 200, 256, 3
_ROOM_BYTES = 64 << 20
_BOUNDS = Bounds(most_bytes=MOST_BYTES, pause_s=10.0, whole_s=30.0)
_SHOWN = 4_096


class Webhook:
    """One cloud at one port."""

    station = None

    def __init__(self, mapping: Map, name: str, store: Store) -> None:
        hook = mapping.hook
        protocol = "webhook" if hook.cloud == "other" else hook.cloud
        self.books = Books(
            protocol, f"{protocol}:{name}", store, title=_TITLES[hook.cloud],
            address=f"{hook.bind}:{hook.port}{hook.path}",
        )  # fmt: skip
        self.mapping, self._room = mapping, Room(_ROOM_BYTES)

    async def run(self) -> None:
        """Answers calls until it is cancelled; Unavailable where the port cannot be had."""
        hook = self.mapping.hook
        with _listening(hook.bind, hook.port) as listening:
            await self.serve(listening)

    async def serve(self, listening: socket.socket) -> None:
        """The same on a socket that listens."""
        hook = self.mapping.hook
        config = uvicorn.Config(
            self.answer, interface="asgi3", http=PatientProtocol, lifespan="off", log_config=None,
            log_level="warning", access_log=False, server_header=False,
            limit_concurrency=_CONNECTIONS, timeout_graceful_shutdown=_GRACE_S,
            ssl_certfile=hook.certificate, ssl_keyfile=hook.key,
        )  # fmt: skip
        server = QuietServer(config)
        serving = asyncio.ensure_future(server.serve(sockets=[listening]))
        try:
            await asyncio.shield(serving)
        finally:
            server.should_exit = True
            await serving

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One call."""
        if scope["type"] != "http":
            return
        try:
            reply = await self._reply(Request(scope, receive))
        except HttpError as error:
            reply = error_reply(error)
        except Refused as error:
            self.books.faults["signature_wrong"] += 1
            reply = error_reply(HttpError(403, str(error)))
        except AnlanError as error:
            reply = error_reply(as_http(error))
        await reply.send(send)

    async def _reply(self, request: Request) -> Reply:
        hook = self.mapping.hook
        if request.path != hook.path:
            raise HttpError(404, "there is nothing here")
        if request.method == "GET":
            return Reply(challenge(hook, _call(request, b"")).encode(), kind=b"text/plain")
        if request.method != "POST":
            raise HttpError(405, "GET or POST")
        async with read_body(request, self._room, _BOUNDS) as body:
            await self._take(_call(request, body))
        return Reply({"status": "ok"})

    async def _take(self, call: Call) -> None:
        """Returns once what came is durable, also what cannot be read: it would come again."""
        faults: list[Fault] = []
        try:
            messages = messages_of(self.mapping.hook, call)
        except Malformed as error:
            faults.append(Fault(UNREADABLE, str(error), call.body[:_SHOWN]))
            messages = []
        at = self.books.came(faults)
        taken = taken_of(self.mapping, messages, at)
        self.books.count(taken.faults)
        await self.books.keep(taken.readings, [*faults, *taken.faults])
        self.books.presence.hear(taken.heard, at)


def _call(request: Request, body: bytes) -> Call:
    names = ("msg", "nonce", "signature", "token")
    query = {name: found for name in names if (found := request.query(name)) is not None}
    headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in request.headers.items()}
    return Call(request.method, query, headers, body)


def _listening(bind: str, port: int) -> socket.socket:
    try:
        return socket.create_server((bind, port), backlog=_BACKLOG)
    except OSError as error:
        raise Unavailable(f"cannot listen on {bind}:{port} ({error.strerror})") from error


def webhook_of(tables: dict[str, Any], path: Path, store: Store) -> Webhook:
    """The way that a file describes."""
    return Webhook(map_of(tables, str(path), path.parent), path.stem, store)

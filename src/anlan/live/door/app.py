"""The routes of the door."""

import logging
import shutil
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from anlan.live.door.asks import Asks
from anlan.live.door.bell import Bell
from anlan.live.door.gatekeeper import Gatekeeper, Room
from anlan.live.door.intake import Intake
from anlan.live.door.mqtt import MqttDoor
from anlan.live.door.openapi import DOCS, SPEC
from anlan.live.door.operator import Operator
from anlan.live.door.stream import Stream
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
from anlan.live.loop.beat import Beat
from anlan.live.quarantine import Quarantine
from anlan.live.view import View
from anlan.terms.errors import AnlanError
from anlan.terms.times import format_time

_log = logging.getLogger("anlan.live")

Route = Callable[[Request], Awaitable[Reply]]


class Parts(NamedTuple):
    """What the door consists of, each made by `service`."""

    gatekeeper: Gatekeeper
    intake: Intake
    room: Room
    quarantine: Quarantine
    bell: Bell


class App:
    """An ASGI application over one beating loop.

    view: gives the registry as it is now.
    """

    def __init__(self, beat: Beat, view: Callable[[], View], *, parts: Parts) -> None:
        self._beat, self._view, self._room = beat, view, parts.room
        self._gatekeeper, self._intake = parts.gatekeeper, parts.intake
        self._quarantine = parts.quarantine
        self.asks = Asks(beat, parts.bell)
        self.mqtt: MqttDoor | None = None
        self.stream = Stream(self.asks, parts.bell)
        self._operator = Operator(beat, parts.quarantine)
        self._routes: dict[tuple[str, str], Route] = {
            ("POST", "/api/v1/readings"): self._readings,
            ("GET", "/api/v1/changes"): self._changes,
            ("GET", "/api/v1/sensors"): self._sensors,
            ("GET", "/api/v1/latest"): self._latest,
            ("GET", "/api/v1/status"): self._status,
            ("GET", "/healthz"): self._health,
            ("GET", "/api/openapi.json"): self._spec,
            ("GET", "/api/docs"): self._docs,
            ("POST", "/api/v1/registry"): self._enter,
            ("POST", "/api/v1/quarantine/replay"): self._requeue,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        try:
            if (request.method, request.path) == ("GET", "/api/v1/stream"):
                self._gatekeeper.reader(request, self._view())
                await self.stream.follow(request, receive, send)
                return
            reply = await self._route(request)(request)
        except HttpError as error:
            reply = error_reply(error)
        except AnlanError as error:
            reply = error_reply(as_http(error))
        except Exception:  # noqa: BLE001 - one failed request must not end the service
            _log.exception("%s %s failed", request.method, request.path)
            reply = error_reply(HttpError(500, "something is wrong here; see the log"))
        await reply.send(send)

    def _route(self, request: Request) -> Route:
        route = self._routes.get((request.method, request.path))
        if route is not None:
            return route
        if request.method == "HEAD" and ("GET", request.path) in self._routes:
            return self._routes["GET", request.path]
        if any(path == request.path for _, path in self._routes):
            raise HttpError(405, f"{request.path} does not know {request.method}")
        raise HttpError(404, f"there is nothing at {request.path}; see /api/docs")

    async def _readings(self, request: Request) -> Reply:
        view = self._view()
        access = self._gatekeeper.sender(request, view)
        return await self._intake.take(request, view, access)

    async def _changes(self, request: Request) -> Reply:
        self._gatekeeper.reader(request, self._view())
        return await self.asks.changes(request)

    async def _sensors(self, request: Request) -> Reply:
        view = self._view()
        self._gatekeeper.reader(request, view)
        return self.asks.sensors(request, view)

    async def _latest(self, request: Request) -> Reply:
        view = self._view()
        self._gatekeeper.reader(request, view)
        return self.asks.latest(request, view)

    async def _health(self, request: Request) -> Reply:
        return self.asks.health(self._view())

    async def _spec(self, request: Request) -> Reply:
        return Reply(SPEC)

    async def _docs(self, request: Request) -> Reply:
        return Reply(DOCS, kind=b"text/html; charset=utf-8")

    async def _enter(self, request: Request) -> Reply:
        self._gatekeeper.operator(request, self._view())
        return await self._operator.enter(request)

    async def _requeue(self, request: Request) -> Reply:
        view = self._view()
        self._gatekeeper.operator(request, view)
        return await self._operator.requeue(request, view)

    async def _status(self, request: Request) -> Reply:
        view = self._view()
        self._gatekeeper.reader(request, view)
        return self.asks.status(
            {
                "time": lambda: format_time(self._beat.clock.now()),
                "trouble": lambda: self._beat.trouble,
                "store": self._store,
                "registry": lambda: {
                    "sensors": len(view.sensors) - len(view.retired),
                    "retired": len(view.retired),
                },
                "queue": lambda: {
                    "bytes": self._room.bytes,
                    "most_bytes": self._room.most_bytes,
                    "lag_s": round(self._beat.lag_s, 3),
                },
                "refused": lambda: self._intake.refused,
                "quarantine": self._quarantined,
                "connectors": lambda: {"mqtt": self.mqtt.status()} if self.mqtt else {},
                "followers": lambda: self.stream.followers,
                "clock": lambda: {"jump_ms": self._beat.clock.jump_ms, "notes": self._beat.notes},
            }
        )

    def _store(self) -> dict[str, Any]:
        heart = self._beat.heart
        return {
            "epoch": heart.log.epoch,
            "records": heart.seq,
            "readings": heart.counts.readings,
            "changes": heart.counts.changes,
            "free_bytes": shutil.disk_usage(heart.data).free,
            "snapshot": self._beat.keeper.trouble or "ok",
            "damage": [str(one) for one in heart.log.damage()],
        }

    def _quarantined(self) -> dict[str, Any]:
        rows = [
            {"source": c.source, "rows": c.kept, "lost": c.lost} for c in self._quarantine.counts()
        ]
        return {"sources": rows, "lost_unstored": self._intake.lost}

    def close(self) -> None:
        self._intake.close()
        self.asks.close()

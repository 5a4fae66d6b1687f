"""The routes of the page: whole pages, their changing parts as a stream, files, health."""

import asyncio
import contextlib
import json
import logging
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import TypeVar

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route

from anlan.site.page.board import Board
from anlan.site.page.follow import ReadDoor
from anlan.site.page.health import ask_live, health
from anlan.site.page.hints.adviser import Adviser
from anlan.site.page.markup import Markup
from anlan.site.page.meaning import Meaning
from anlan.site.page.views import detail
from anlan.site.page.views.frame import THEMES
from anlan.site.page.views.overview import overview, parts
from anlan.site.page.views.parts import Look
from anlan.site.page.words import LANGUAGES, words_of
from anlan.terms.errors import AnlanError

T = TypeVar("T")
_log = logging.getLogger("anlan.page")
_LOOK_S = 0.25
_BEAT_S = 1.0
_YEAR_S = 31_536_000
_KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Page:
    """The page of one site. live_url: of its live process · door: of its store."""

    def __init__(self, live_url: str, door: ReadDoor, meaning: Meaning) -> None:
        self._live_url, self._door, self._meaning = live_url, door, meaning
        self._adviser = Adviser(door)
        self.board = Board()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._is_ending = False

    @cached_property
    def app(self) -> Starlette:
        """The ASGI application."""
        routes = [
            Route("/", self._page(self._overview)),
            Route("/sensor/{key:path}", self._page(self._sensor)),
            Route("/object/{key:path}", self._page(self._object)),
            Route("/live", self._live),
            Route("/healthz", self._health),
            Route("/static/{name}", self._static),
            Route("/{rest:path}", self._page(self._missing)),
        ]
        return Starlette(routes=routes, lifespan=self._lifespan)

    @contextlib.asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        following = asyncio.create_task(self._follow())
        following.add_done_callback(_end_on_failure)
        yield
        following.cancel()
        await self._ask(self._door.close)
        self._thread.shutdown(wait=False)

    def end(self) -> None:
        """Lets the streams end."""
        self._is_ending = True

    async def _ask(self, question: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, question)

    async def _follow(self) -> None:
        while True:
            try:
                news = await self._ask(self._door.poll)
            except AnlanError as error:
                # The store is being restored or repaired; what is shown stays, and says so.
                _log.warning("the store cannot be read: %s", error)
                await self._ask(self._door.close)
                await asyncio.sleep(_BEAT_S)
                continue
            if news is not None:
                self.board.take(news)
            await asyncio.sleep(_LOOK_S)

    def _look(self, request: Request, language: str | None = None) -> Look:
        chosen = language or request.cookies.get("lang", "")
        words = words_of(chosen if chosen in LANGUAGES else LANGUAGES[0])
        return Look(self.board, self._meaning, words, time.time_ns() // 1_000_000)

    def _page(
        self, make: Callable[[Request, Look, str], Awaitable[str | None]]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            if (switched := _switched(request)) is not None:
                return switched
            theme = request.cookies.get("theme", "")
            theme = theme if theme in THEMES else THEMES[0]
            look = self._look(request)
            made = await make(request, look, theme)
            status = 200 if made is not None else 404
            text = made if made is not None else detail.missing_page(look, theme=theme)
            return HTMLResponse(text, status, HEADERS | {"Cache-Control": "no-store"})

        return answer

    async def _overview(self, request: Request, look: Look, theme: str) -> str | None:
        return overview(look, theme)

    async def _sensor(self, request: Request, look: Look, theme: str) -> str | None:
        handle = self.board.handle.get(request.path_params["key"])
        if handle is None:
            return None
        sensor = self.board.sensors[handle]
        return await self._ask(lambda: detail.sensor_page(look, self._adviser, sensor, theme=theme))

    async def _object(self, request: Request, look: Look, theme: str) -> str | None:
        key = request.path_params["key"]
        return detail.object_page(look, key, theme=theme) if self.board.sensors_at(key) else None

    async def _missing(self, request: Request, look: Look, theme: str) -> str | None:
        return None

    async def _health(self, request: Request) -> Response:
        told = await asyncio.to_thread(ask_live, self._live_url)
        status, body = health(self.board, told, now=time.time_ns() // 1_000_000)
        return JSONResponse(body, status, HEADERS | {"Cache-Control": "no-store"})

    async def _static(self, request: Request) -> Response:
        file = resources.files(__package__).joinpath("static", request.path_params["name"])
        suffix = Path(request.path_params["name"]).suffix
        if suffix not in _KINDS or not file.is_file():
            return Response("not here", 404, HEADERS, "text/plain")
        age = {"Cache-Control": f"public, max-age={_YEAR_S if request.url.query else 60}"}
        return Response(file.read_bytes(), 200, HEADERS | age, _KINDS[suffix])

    async def _live(self, request: Request) -> Response:
        headers = HEADERS | {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(self._sent(request), 200, headers, "text/event-stream")

    async def _sent(self, request: Request) -> AsyncIterator[str]:
        """Events: the parts of a page that differ from what was sent before."""
        kind = request.query_params.get("kind", "overview")
        language = request.query_params.get("lang")
        seen: dict[str, str] = {}
        yield "retry: 1000\n\n"
        while not self._is_ending:
            look = self._look(request, language)
            fresh = await self._parts(kind, look)
            changed = {name: part for name, part in fresh.items() if seen.get(name) != part}
            seen = dict(fresh)
            body = {"now": look.now, "ready": bool(self.board.sensors), "parts": changed}
            yield f"data: {json.dumps(body, ensure_ascii=False, separators=(',', ':'))}\n\n"
            await asyncio.sleep(_BEAT_S)

    async def _parts(self, kind: str, look: Look) -> dict[str, Markup]:
        where, _, key = kind.partition("/")
        if where == "sensor" and key in self.board.handle:
            sensor = self.board.sensors[self.board.handle[key]]
            return await self._ask(lambda: detail.sensor_parts(look, self._adviser, sensor))
        if where == "object":
            return detail.object_parts(look, key)
        return parts(look)


def _end_on_failure(task: asyncio.Task[None]) -> None:
    """A page that no longer follows would lie: its process ends, to be started again."""
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("the page stopped following the store", exc_info=error)
        os.kill(os.getpid(), signal.SIGTERM)


def _switched(request: Request) -> Response | None:
    """The answer to a switch of language or theme: a cookie, and the same page again."""
    for name, known in (("lang", LANGUAGES), ("theme", THEMES)):
        if (chosen := request.query_params.get(name)) in known:
            answer = RedirectResponse(request.url.path, 303, HEADERS)
            answer.set_cookie(name, str(chosen), max_age=_YEAR_S, samesite="lax", httponly=True)
            return answer
    return None

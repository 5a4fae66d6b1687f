"""The HTTP server: uvicorn with httptools, and a limit on how long a request line may take."""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator
from typing import Any, cast

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from anlan.live.door.app import App

_HEAD_S = 15.0
_CONNECTIONS = 4000
_GRACE_S = 3
_LOOK_S = 0.2


class PatientProtocol(HttpToolsProtocol):
    """Lets a connection go that does not begin a request in time."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._head_timer = self.loop.call_later(_HEAD_S, self._give_up)

    def on_headers_complete(self) -> None:
        self._head_timer.cancel()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_timer.cancel()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """The next request on the connection has its own time; an idle one is let go sooner."""
        super().on_response_complete()
        self._head_timer.cancel()
        self._head_timer = self.loop.call_later(_HEAD_S, self._give_up)

    def _give_up(self) -> None:
        cycle = cast("RequestResponseCycle | None", self.cycle)  # None before the first request
        if cycle is None or cycle.response_complete:
            self.transport.close()


class QuietServer(uvicorn.Server):
    """Leaves signals to `serve`: uvicorn raises them again at its end, before ours."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(
    app: App, listening: Any, *, ending: Callable[[], None], is_alive: Callable[[], bool]
) -> None:
    """Serves until the process is told to stop, or the loop behind it has died.

    ending: called when it begins to stop, so that those who follow are let go.
    """
    config = uvicorn.Config(
        app,
        http=PatientProtocol,
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        limit_concurrency=_CONNECTIONS,
        timeout_graceful_shutdown=_GRACE_S,
    )
    server = QuietServer(config)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, server.handle_exit, number, None)
    watching = asyncio.create_task(_watch(server, ending, is_alive))
    try:
        await server.serve(sockets=[listening])
    finally:
        watching.cancel()


async def _watch(
    server: uvicorn.Server, ending: Callable[[], None], is_alive: Callable[[], bool]
) -> None:
    while not server.should_exit:
        if not is_alive():
            server.should_exit = True
        await asyncio.sleep(_LOOK_S)
    ending()

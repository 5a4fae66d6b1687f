"""Far ends that wait to be called: one line to each, begun anew where it ends."""

import asyncio
import random
import ssl
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from anlan.connectors.frames import Frame, Leader
from anlan.live.gateway.lines.line import Line, now_ms

if TYPE_CHECKING:
    from anlan.live.gateway.station import Station

_FIRST_WAIT_S, _LONGEST_WAIT_S = 1.0, 60.0
_REACH_S = 15.0
UNREACHABLE, OUT_OF_STEP = "unreachable", "out_of_step"


class Call(Line):
    """A line that we began. lost: it has ended · has_heard: a right frame came."""

    def __init__(self, station: "Station", looked_at: set[Any]) -> None:
        super().__init__(station, looked_at)
        self.lost, self.has_heard = asyncio.Event(), False

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        if self._leader is not None:
            self._lead(self._leader.begin)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.lost.set()

    @property
    def _leader(self) -> Leader | None:
        """The talk, where it has something to say by itself."""
        return cast("Leader", self._talk) if hasattr(self._talk, "look") else None

    def _note(self, frames: list[Frame], now_s: float) -> None:
        self.has_heard = self.has_heard or any(frame.is_ok for frame in frames)
        super()._note(frames, now_s)

    def look(self, now_s: float) -> None:
        """Keeps the line alive; not while what came on it is not read."""
        super().look(now_s)
        if self._leader is not None and not self._holds:
            self._lead(self._leader.look)

    def _lead(self, worded: Callable[[int], bytes | None]) -> None:
        try:
            said = worded(now_ms())
        except Exception:  # noqa: BLE001 - one talk that breaks must not end the others
            self._break()
            return
        if said is None:
            self._end(OUT_OF_STEP)
        else:
            self._say(said)


class Caller:
    """Calls the far end of a listener until it is closed."""

    def __init__(
        self, station: "Station", looked_at: set[Any], context: ssl.SSLContext | None
    ) -> None:
        self._station, self._context = station, context
        self._made = partial(Call, station, looked_at)
        self._task = asyncio.create_task(self._run())

    def close(self) -> None:
        self._task.cancel()

    async def _run(self) -> None:
        """Waits longer each time it is in vain, and no two callers equally long."""
        wait_s = _FIRST_WAIT_S
        while True:
            call = await self._reach()
            if call is None:
                self._station.faults[UNREACHABLE] += 1
                self._station.last_fault[UNREACHABLE] = (time.time_ns() // 1_000_000, "")
            else:
                await _ended(call)
                wait_s = _FIRST_WAIT_S if call.has_heard else wait_s
            await asyncio.sleep(wait_s * random.uniform(0.5, 1.0))  # noqa: S311 - no secret
            wait_s = min(_LONGEST_WAIT_S, 2 * wait_s)

    async def _reach(self) -> Call | None:
        """A line, None where nobody answers."""
        host, port = self._station.listener.target
        loop = asyncio.get_running_loop()
        try:
            made = loop.create_connection(self._made, host, port, ssl=self._context)
            _, call = await asyncio.wait_for(made, _REACH_S)
        except (OSError, TimeoutError, UnicodeError):  # the last for a host that is no name
            return None
        return call


async def _ended(call: Call) -> None:
    """Returns when it has ended; ends it where nobody waits for that any more."""
    try:
        await call.lost.wait()
    finally:
        call.cut()

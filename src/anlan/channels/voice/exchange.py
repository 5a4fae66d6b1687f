"""Our telephone at the exchange: one socket and some calls at a time, in a thread of its own."""

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError
from typing import Any

from anlan.channels.voice.call import Call, Words
from anlan.channels.voice.course import Course, End
from anlan.channels.voice.settings import Settings
from anlan.channels.voice.sip.digest import Login
from anlan.channels.voice.sip.invitation import Door, asked
from anlan.channels.voice.sip.leg import Leg
from anlan.channels.voice.sip.message import Request, Response, parameters
from anlan.channels.voice.sip.wire import Where, Wire, answer_to, token

_EXPIRES_S, _LAST_S = 300, 2.5
Pressed = Callable[[Course, str], asyncio.Event]


class Exchange:
    """Places calls; thread-safe. Nobody who calls us is answered but with a refusal."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._login = Login(settings.user, settings.password)
        self._lock = threading.Lock()
        self._registering, self._opening = asyncio.Lock(), asyncio.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._wires: dict[int, Wire] = {}
        self._calls: dict[str, Call] = {}
        self._tasks = set[asyncio.Task[Course]]()
        self._registered_until = 0.0

    def place(self, number: str, words: Words, pressed: Pressed, *, until: float) -> Course:
        """The whole course of a call; pressed: is told each key, in the exchange's own thread.

        until: when it is to be over, in the seconds of `time.monotonic`.
        """
        asking = asyncio.run_coroutine_threadsafe(
            self._placed(number, Call(self._settings, words, pressed), until), self._running()
        )
        try:
            return asking.result()
        except CancelledError:
            return Course(End.STOPPED)
        except OSError as error:
            return Course(End.UNREACHABLE, said=error.strerror or type(error).__name__)

    def tell(self, event: asyncio.Event) -> None:
        """Sets what a call waits for."""
        if self._loop is not None and self._loop.is_running():
            self._loop.call_soon_threadsafe(event.set)

    def close(self) -> None:
        """Hangs up everywhere, and speaks no more."""
        with self._lock:
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is None or thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._end(), loop)
        thread.join(_LAST_S)

    def _running(self) -> asyncio.AbstractEventLoop:
        """The loop of the calls, begun by the first of them."""
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(
                    target=_run, args=(self._loop,), name="voice", daemon=True
                )
                self._thread.start()
            return self._loop

    async def _placed(self, number: str, call: Call, until: float) -> Course:
        if len(self._calls) >= self._settings.lines:
            return Course(End.OVERLOADED, said="all lines are taken")
        task = asyncio.ensure_future(self._call(number, call, until))
        self._tasks.add(task)
        try:
            return await task
        finally:
            self._tasks.discard(task)

    def _call(self, number: str, call: Call, until: float) -> Coroutine[Any, Any, Course]:
        name = token()
        self._calls[name] = call  # at once: so many are the lines that are taken

        async def run() -> Course:
            try:
                # Whom nobody could ring in the time that is left is not rung at all.
                async with asyncio.timeout_at(until - self._settings.timers.patience):
                    door, host = await self._door()
                    refused = await self._registered(door, host)
                leg = self._leg(door, host, to=self._settings.prefix + number, name=name)
                return refused or await call.run(door, leg, host, until=until)
            except TimeoutError:
                return Course(End.UNREACHABLE)
            finally:
                del self._calls[name]

        return run()

    async def _door(self) -> tuple[Door, str]:
        """The way to the exchange, and our own address on it. Raises OSError."""
        loop = asyncio.get_running_loop()
        host, port = self._settings.where
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
        family, where = found[0][0], tuple(found[0][4])
        own = _own_address(family, where)
        async with self._opening:
            wire = self._wires.get(family)
            if wire is None:
                wire = Wire(self._hear, self._settings.timers)
                await wire.open("::" if family == socket.AF_INET6 else "0.0.0.0", 0)  # noqa: S104 - the exchange is answered wherever it reaches us
                self._wires[family] = wire  # only one that listens: others find it here
        return Door(wire, where, self._login), own

    def _leg(self, door: Door, host: str, *, to: str, name: str) -> Leg:
        settings, shown = self._settings, f"[{host}]" if ":" in host else host
        via = f"{shown}:{door.wire.port}"
        return Leg(own=settings.address(settings.caller or settings.user),
                   far=settings.address(to), contact=f"sip:{settings.user}@{via}", via=via,
                   call_id=name)  # fmt: skip

    async def _registered(self, door: Door, host: str) -> Course | None:
        """Registers where the exchange wants it; the end of the call where it does not let us."""
        loop = asyncio.get_running_loop()
        if not self._settings.registers:
            return None
        async with self._registering:
            if loop.time() < self._registered_until:
                return None
            leg = self._leg(door, host, to=self._settings.user, name=token())
            leg.own, leg.target = leg.far, f"sip:{self._settings.realm}"
            final = await asked(
                door, lambda *more: leg.request("REGISTER", ("Expires", f"{_EXPIRES_S}"), *more),
                loop.time() + door.wire.timers.patience,
            )  # fmt: skip
            if final is None:
                return Course(End.UNREACHABLE)
            if final.status >= 300:
                return Course().refused(final)
            self._registered_until = loop.time() + _granted_s(final) / 2
        return None

    def _hear(self, request: Request, _: Where) -> Response | None:
        if request.method == "ACK":
            return None
        call = self._calls.get(request.first("Call-ID"))
        if call is not None and call.leg is not None and call.leg.is_of(request):
            return call.hear(request)
        if request.method == "OPTIONS":
            return answer_to(request, 200, "OK", tag=token())
        if request.method == "INVITE":
            return answer_to(request, 480, "Temporarily Unavailable", tag=token())
        return answer_to(request, 481, "Call/Transaction Does Not Exist", tag=token())

    async def _end(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for wire in self._wires.values():
            wire.close()
        await asyncio.sleep(0.01)  # what is closed is let go in the next turns of the loop
        asyncio.get_running_loop().stop()


def _run(loop: asyncio.AbstractEventLoop) -> None:
    loop.run_forever()
    loop.close()


def _own_address(family: int, where: Where) -> str:
    """Our address on the way there. Raises OSError where there is no way."""
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.connect(where)
        return str(sock.getsockname()[0])


def _granted_s(final: Response) -> int:
    """For how long we are registered."""
    told = [parameters(one).get("expires", "") for one in final.every("Contact")]
    told.append(final.first("Expires"))
    return min([int(t) for t in told if t.isascii() and t.isdigit()] or [_EXPIRES_S])

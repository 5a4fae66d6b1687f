"""Very many requests over few kept connections, so many to one host and so many in all.

A host that did not answer some times in a row is left alone for a while: what waits for it fails
at once, to be tried later, and takes no connection from the others.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field

from anlan.channels import Fault, Receipt
from anlan.channels.web.answer import Answer
from anlan.channels.web.line import Line
from anlan.channels.web.target import Target, places
from anlan.terms.errors import Malformed, Refused

_KNOWN_S, _REST_S, _LOOK_S = 60.0, 30.0, 0.25
_TROUBLES = 3
"""So often in a row a host may fail before it is left alone."""
Origin = tuple[str, int, bool]


@dataclass(slots=True)
class Host:
    """What is known of an origin. troubles: failures in a row · rests_until_s: then it is asked
    again · found, known_until_s: where it is, judged, and for how long that holds."""

    target: Target
    slots: asyncio.Semaphore
    lines: list[Line] = field(default_factory=list)
    troubles: int = 0
    rests_until_s: float = 0.0
    trouble: str = ""
    found: list[str] = field(default_factory=list)
    known_until_s: float = 0.0
    finding: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far, how patiently and how many at once. Raises nothing."""

    allows_private: bool = False
    ca_file: str = ""
    timeout_s: float = 10.0
    per_host: int = 16
    most: int = 256


class Client:
    """Asks web addresses; for one loop. Raises Malformed when the authorities' file is none."""

    def __init__(self, reach: Reach) -> None:
        self.reach = reach
        self._hosts: dict[Origin, Host] = {}
        self._slots = asyncio.Semaphore(reach.most)
        self._busy: set[Line] = set()
        self._looking: asyncio.Task[None] | None = None
        self._names = ThreadPoolExecutor(8, thread_name_prefix="names")
        try:
            self._context = ssl.create_default_context()
            if reach.ca_file:
                self._context.load_verify_locations(reach.ca_file)
        except OSError as error:
            raise Malformed(f"no certificates there: {error}", where="ca_file") from error

    async def ask(self, target: Target, request: bytes) -> Answer:
        """The answer. Raises Refused for a place that may not be written to, else OSError."""
        host = self._host(target)
        loop = asyncio.get_running_loop()
        async with host.slots, self._slots:
            if host.rests_until_s > loop.time():
                raise ConnectionRefusedError(f"it is left alone for a while: {host.trouble}")
            try:
                answer = await self._asked(host, request, loop.time() + self.reach.timeout_s)
            except OSError as error:
                self._note(host, error)
                raise
            host.troubles = 0
            return answer

    def is_resting(self, target: Target) -> bool:
        """Whether a host is left alone now."""
        return self._host(target).rests_until_s > asyncio.get_running_loop().time()

    async def close(self) -> None:
        """Ends all connections."""
        if self._looking is not None:
            self._looking.cancel()
        for line in [*self._busy, *(one for host in self._hosts.values() for one in host.lines)]:
            line.close()
        self._hosts.clear()
        self._names.shutdown(wait=False, cancel_futures=True)

    def _host(self, target: Target) -> Host:
        origin = (target.host, target.port, target.is_safe)
        host = self._hosts.get(origin)
        if host is None:
            self._forget()
            host = Host(target, asyncio.Semaphore(self.reach.per_host))
            self._hosts[origin] = host
        return host

    def _forget(self) -> None:
        """Keeps no more idle connections than may be busy."""
        if len(self._hosts) < self.reach.most:
            return
        for origin, host in list(self._hosts.items())[: self.reach.most // 4]:
            if len(host.lines) and not host.slots.locked():
                for line in host.lines:
                    line.close()
                host.lines.clear()
            if not host.rests_until_s and not host.troubles and not host.finding.locked():
                self._hosts.pop(origin)

    async def _asked(self, host: Host, request: bytes, until_s: float) -> Answer:
        kept = True
        line = next(self._kept(host), None)
        if line is None:
            kept, line = False, await self._opened(host, until_s)
        try:
            answer = await self._answer(host, line, request, until_s)
        except ConnectionResetError:
            if not kept:
                raise
            # It may have been closed while it was idle, before it was asked.
            return await self._answer(host, await self._opened(host, until_s), request, until_s)
        return answer

    async def _answer(self, host: Host, line: Line, request: bytes, until_s: float) -> Answer:
        self._busy.add(line)
        try:
            answer = await line.ask(request, until_s)
        except BaseException:
            line.close()
            raise
        finally:
            self._busy.discard(line)
        if line.is_open:
            host.lines.append(line)
        return answer

    def _kept(self, host: Host) -> Iterator[Line]:
        while host.lines:
            line = host.lines.pop()
            if line.is_open:
                yield line

    async def _opened(self, host: Host, until_s: float) -> Line:
        """A new connection to the first of the host's places that takes one."""
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        loop, trouble = asyncio.get_running_loop(), OSError("the name has no address")
        found = await self._found(host, until_s)
        for number, place in enumerate(found):
            share_s = (until_s - loop.time()) / (len(found) - number)
            try:
                async with asyncio.timeout(max(share_s, 0.0)):
                    return await self._connected(host.target, place)
            except OSError as error:  # TimeoutError too
                trouble = error
        raise trouble

    async def _connected(self, target: Target, place: str) -> Line:
        context = self._context if target.is_safe else None
        name = target.host if target.is_safe else None
        loop = asyncio.get_running_loop()
        return (
            await loop.create_connection(
                Line, place, target.port, ssl=context, server_hostname=name
            )
        )[1]

    async def _found(self, host: Host, until_s: float) -> list[str]:
        """The judged places of a host, asked for at most once in a while."""
        loop = asyncio.get_running_loop()
        async with host.finding:
            if host.known_until_s < loop.time():
                ask: Callable[[], list[str]] = lambda: places(  # noqa: E731 - runs on a thread
                    host.target, allows_private=self.reach.allows_private
                )
                found: Awaitable[list[str]] = loop.run_in_executor(self._names, ask)
                async with asyncio.timeout(max(until_s - loop.time(), 0.0)):
                    host.found = await found
                host.known_until_s = loop.time() + _KNOWN_S
        return host.found

    def _note(self, host: Host, error: OSError) -> None:
        host.troubles += 1
        host.trouble = str(error)
        if host.troubles >= _TROUBLES:
            host.rests_until_s = asyncio.get_running_loop().time() + _REST_S
            host.troubles = _TROUBLES - 1  # afterwards one failure is enough

    async def _look(self) -> None:
        """Ends what has not answered in time: one clock for all, not one for each request."""
        with suppress(asyncio.CancelledError):
            while True:
                await asyncio.sleep(_LOOK_S)
                now_s = asyncio.get_running_loop().time()
                for line in list(self._busy):
                    line.judge(now_s)


def failure(error: Exception, now_ms: int) -> Receipt:
    """What kept an answer away."""
    match error:
        case Refused():
            return Receipt.refused(now_ms, Fault.ADDRESS, str(error))
        case TimeoutError():
            return Receipt.failed(now_ms, Fault.TIMEOUT, "the other end did not answer in time")
        case ssl.SSLError():
            told = f"no safe connection to the other end: {error}"
            return Receipt.failed(now_ms, Fault.TLS, told)
        case ConnectionAbortedError() | ConnectionResetError() | BrokenPipeError():
            return Receipt.failed(now_ms, Fault.ANSWER, f"the other end broke off: {error}")
        case socket.gaierror():
            told = "the name of the other end is not known"
            return Receipt.failed(now_ms, Fault.UNREACHABLE, told)
    told = f"the other end cannot be reached: {error}"
    return Receipt.failed(now_ms, Fault.UNREACHABLE, told)

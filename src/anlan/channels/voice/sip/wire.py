"""One UDP socket and the transactions on it: what is lost on the way is said again."""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Self

from anlan.channels.voice.sip.message import Request, Response, parameters, read
from anlan.terms.errors import Malformed

Where = tuple[Any, ...]
"""An address of a socket, as asyncio gives it."""
Hear = Callable[[Request, Where], Response | None]
_MOST_KEPT = 2_000
MAGIC = "z9hG4bK"


@dataclass(frozen=True, slots=True)
class Timers:
    """T1: the first wait before something is said again; T2: the longest; seconds."""

    t1: float = 0.5
    t2: float = 4.0

    @property
    def patience(self) -> float:
        """So long a far end that says nothing at all is waited for."""
        return 64 * self.t1


class Wire(asyncio.DatagramProtocol):
    """Requests out and in. hear: answers a request of others, None where it needs no answer."""

    def __init__(self, hear: Hear, timers: Timers) -> None:
        self.timers, self._hear = timers, hear
        self._transport: asyncio.DatagramTransport | None = None
        self._open: dict[tuple[str, str], Transaction] = {}
        self._answers = OrderedDict[tuple[str, str, str], bytes]()
        self._acks = OrderedDict[tuple[str, str], tuple[bytes, Where]]()

    async def open(self, host: str, port: int) -> None:
        """Begins to listen. Raises OSError."""
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self, local_addr=(host, port))

    @property
    def port(self) -> int:
        """Where it listens; 0 where it does not."""
        return self._transport.get_extra_info("sockname")[1] if self._transport else 0

    @property
    def family(self) -> int:
        """That of its addresses; 0 where it does not listen."""
        return self._transport.get_extra_info("socket").family if self._transport else 0

    def close(self) -> None:
        """Listens no more."""
        if self._transport is not None:
            self._transport.close()

    def send(self, octets: bytes, where: Where) -> None:
        """Says it once; whether it arrives nobody knows."""
        if self._transport is not None:
            with suppress(OSError, ValueError):
                self._transport.sendto(octets, where)

    def ask(self, request: Request, where: Where) -> "Transaction":
        """A transaction of ours, to be entered."""
        return Transaction(self, request, where)

    def acknowledge(self, final: Response, ack: Request, where: Where) -> None:
        """Sends an ACK, and again whenever the answer that it is for comes again."""
        self._acks[final.branch, _tag(final)] = bytes(ack), where
        _forget(self._acks)
        self.send(bytes(ack), where)

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Where) -> None:
        with suppress(Malformed):
            said = read(data)
            if isinstance(said, Response):
                self._answered(said)
            else:
                self._asked(said, addr)

    def error_received(self, exc: Exception) -> None:
        """Nobody listens there now: said again, it may arrive."""

    def _answered(self, said: Response) -> None:
        again = self._acks.get((said.branch, _tag(said)))
        if again is not None and said.status >= 200 and said.method_asked == "INVITE":
            self.send(*again)
        elif (found := self._open.get((said.branch, said.method_asked))) is not None:
            found.answers.put_nowait(said)

    def _asked(self, request: Request, addr: Where) -> None:
        name = (request.branch, request.method, request.first("Call-ID"))
        octets = self._answers.get(name)
        if octets is None:
            answer = self._hear(request, addr)
            if answer is None:
                return
            octets = self._answers[name] = bytes(answer)
            _forget(self._answers)
        self.send(octets, addr)


class Transaction:
    """One request of ours, said again until it is answered."""

    def __init__(self, wire: Wire, request: Request, where: Where) -> None:
        self.request, self._wire, self._where = request, wire, where
        self.answers = asyncio.Queue[Response]()
        self._wait = wire.timers.t1
        self._again_at = 0.0

    def __enter__(self) -> Self:
        self._wire._open[self.request.branch, self.request.method] = self
        self._say()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._wire._open.pop((self.request.branch, self.request.method), None)

    async def next(self, until: float) -> Response | None:
        """The next answer; None where the loop's clock shows `until` before there is one."""
        loop = asyncio.get_running_loop()
        while True:
            left = min(until, self._again_at) - loop.time()
            try:
                async with asyncio.timeout(max(0.0, left)):
                    found = await self.answers.get()
            except TimeoutError:
                if loop.time() >= until:
                    return None
                self._say()
                continue
            if self.request.method == "INVITE":
                self._again_at = float("inf")
            return found

    async def final(self, until: float) -> Response | None:
        """The last answer; None where there is none in time."""
        while (found := await self.next(until)) is not None and found.status < 200:
            pass
        return found

    def _say(self) -> None:
        self._wire.send(bytes(self.request), self._where)
        self._again_at = asyncio.get_running_loop().time() + self._wait
        longest = float("inf") if self.request.method == "INVITE" else self._wire.timers.t2
        self._wait = min(2 * self._wait, longest)


def answer_to(
    request: Request, status: int, phrase: str, *, tag: str = "", more: dict[str, str] | None = None
) -> Response:
    """An answer with what it must repeat of the request. tag: of our own, for To."""
    kept = [(n, v) for n, v in request.headers if n.lower() in ("via", "from", "call-id", "cseq")]
    to = request.first("To")
    if tag and "tag" not in parameters(to):
        to = f"{to};tag={tag}"
    return Response((*kept, ("To", to), *(more or {}).items()), status=status, phrase=phrase)


def with_body(answer: Response, kind: str, body: bytes) -> Response:
    """The answer with a body of that media type."""
    return replace(answer, headers=(*answer.headers, ("Content-Type", kind)), body=body)


def token() -> str:
    """A word that nobody can guess."""
    return secrets.token_hex(12)


def _tag(said: Response) -> str:
    return parameters(said.first("To")).get("tag", "")


def _forget(kept: OrderedDict[Any, Any]) -> None:
    while len(kept) > _MOST_KEPT:
        kept.popitem(last=False)

"""Devices that send by CoAP: a port of UDP, answered 2.04 only after what came is durable.

A message that is sent again, as its number tells, is taken once and hears the same answer.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiocoap import Context
from aiocoap import Message as Coap
from aiocoap.error import ResolutionError
from aiocoap.numbers.codes import Code
from aiocoap.numbers.constants import TransportTuning
from aiocoap.resource import Resource
from aiocoap.util import hostportsplit

from anlan.connectors import Fault
from anlan.connectors.coap.codec import (
    MOST_BYTES,
    Sent,
    UnknownMedia,
    UnknownPath,
    prove,
    taken_of,
)
from anlan.connectors.coap.map import Map, map_of
from anlan.connectors.mapping.read import UNREADABLE
from anlan.live.gateway.bounds import Rate
from anlan.live.gateway.store import Store
from anlan.live.ways.called.blocks import Blocks
from anlan.live.ways.way import Books
from anlan.terms.errors import Malformed, Refused, Unavailable

TITLE = "CoAP"
_SHOWN, _MOST_ADDRESSES = 4_096, 20_000
logging.getLogger("coap-server").setLevel(logging.CRITICAL)  # what is wrong is told by us


class Devices:
    """One port. blocks: messages that have come in part."""

    station = None

    def __init__(self, mapping: Map, name: str, store: Store) -> None:
        where = f"{mapping.port.bind}:{mapping.port.port}"
        self.books = Books("coap", f"coap:{name}", store, title=TITLE, address=where)
        self.mapping, self.blocks = mapping, Blocks()
        self._rates: dict[str, Rate] = {}

    async def run(self) -> None:
        """Answers until it is cancelled; Unavailable where the port cannot be had."""
        context = await self.opened()
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            await context.shutdown()

    async def opened(self) -> Context:
        """The open port."""
        where = (self.mapping.port.bind, self.mapping.port.port)
        try:
            context = await Context.create_server_context(_Site(self), where, transports=["udp6"])
        except (OSError, ResolutionError) as error:
            raise Unavailable(f"cannot listen on {where[0]}:{where[1]} ({error})") from error
        for one in context.request_interfaces:
            door = one.token_interface
            door.dispatch_message = partial(self._enter, door.dispatch_message)
        return context

    def _enter(self, go_on: Callable[[Coap], None], message: Coap) -> None:
        """Judges a datagram before the library keeps anything of it."""
        if message.code.is_request():
            try:
                self._admit(message)
            except _Cut as cut:
                message.transport_tuning = _Refused(cut)
        go_on(message)

    async def answer(self, request: Coap) -> Coap:
        """One message, or a block of one."""
        said = await self._said(request)
        said.opt.block1 = request.opt.block1
        return said

    async def _said(self, request: Coap) -> Coap:
        """Nothing is kept, not even a block, of one who may not send."""
        try:
            if isinstance(request.transport_tuning, _Refused):
                raise request.transport_tuning.cut
            sent = _sent(request)
            prove(self.mapping, sent)
            whole = self.blocks.take(request)
            if isinstance(whole, Coap):
                return whole
            await self._take(sent._replace(payload=whole))
        except _Cut as cut:
            self.books.faults[cut.code] += 1
            return _reply(cut.answer, str(cut))
        except Refused as error:
            self.books.faults["key_wrong"] += 1
            return _reply(Code.UNAUTHORIZED, str(error))
        except UnknownPath as error:
            return _reply(Code.NOT_FOUND, str(error))
        except UnknownMedia as error:
            return _reply(Code.UNSUPPORTED_CONTENT_FORMAT, str(error))
        except Malformed as error:
            return _reply(Code.BAD_REQUEST, str(error))
        except Unavailable as error:
            return _reply(Code.SERVICE_UNAVAILABLE, str(error))
        return Coap(code=Code.CHANGED)

    def _admit(self, request: Coap) -> None:
        address = _address(request)
        if not self.mapping.port.lets_in(address):
            raise _Cut("foreign_address", Code.FORBIDDEN, "this address may not send here")
        block = request.opt.block1
        if (block is None or block.block_number == 0) and self._is_fast(address):
            raise _Cut("too_fast", Code.TOO_MANY_REQUESTS, "too many messages")
        if request.code not in (Code.POST, Code.PUT):
            raise _Cut("method_wrong", Code.METHOD_NOT_ALLOWED, "POST or PUT")
        if is_long(request):
            raise _Cut("too_long", Code.REQUEST_ENTITY_TOO_LARGE, f"at most {MOST_BYTES} bytes")

    def _is_fast(self, address: str) -> bool:
        """Counts a message; whether they are too many."""
        rate = self._rates.pop(address, None)
        now_s = time.monotonic()
        if len(self._rates) >= _MOST_ADDRESSES:
            del self._rates[next(iter(self._rates))]
        self._rates[address] = rate = rate or Rate(self.mapping.port.messages_per_s, now_s)
        return rate.wait_s(1, now_s) > 0

    async def _take(self, sent: Sent) -> None:
        """Returns once what came is durable, also what of it is wrong; Malformed where all is."""
        try:
            taken = taken_of(self.mapping, sent)
        except (UnknownPath, UnknownMedia):
            raise
        except Malformed as error:
            fault = Fault(UNREADABLE, str(error), sent.payload[:_SHOWN])
            self.books.came([fault])
            await self.books.keep((), [fault])
            raise
        at = self.books.came(taken.faults)
        await self.books.keep(taken.readings, taken.faults)
        self.books.presence.hear(taken.heard, at)
        if taken.faults and not taken.readings:
            raise Malformed(taken.faults[0].reason)


class _Cut(Exception):
    """A message that is not looked into. code: as faults are counted."""

    def __init__(self, code: str, answer: Code, why: str) -> None:
        super().__init__(why)
        self.code, self.answer = code, answer


class _Refused(TransportTuning):  # type: ignore[misc]  # aiocoap has no types
    """That a message is refused. So that it comes again is not remembered, as that would be memory
    for anybody who sends: it is refused again."""

    EXCHANGE_LIFETIME = 0.0

    def __init__(self, cut: _Cut) -> None:
        self.cut = cut


class _Site(Resource):  # type: ignore[misc]  # aiocoap has no types
    """All paths."""

    def __init__(self, devices: Devices) -> None:
        super().__init__()
        self._devices = devices

    async def needs_blockwise_assembly(self, request: Coap) -> bool:
        """The library would keep blocks of anybody, without bound: we put them together."""
        return False

    async def render(self, request: Coap) -> Coap:
        return await self._devices.answer(request)


def is_long(request: Coap) -> bool:
    """Whether a message, or what its block is of, is longer than one may be."""
    block = request.opt.block1
    return len(request.payload) + (block.start if block else 0) > MOST_BYTES


def _address(request: Coap) -> str:
    host, _ = hostportsplit(request.remote.hostinfo)
    found = ip_address(host.partition("%")[0])
    return str(getattr(found, "ipv4_mapped", None) or found)


def _sent(request: Coap) -> Sent:
    query = [one.partition("=") for one in request.opt.uri_query]
    key = next((value for name, _, value in query if name == "key"), "")
    media = request.opt.content_format
    return Sent(
        tuple(request.opt.uri_path), request.payload, key, None if media is None else int(media),
        time.time_ns() // 1_000_000,
    )  # fmt: skip


def _reply(code: Code, why: str) -> Coap:
    """A diagnostic payload is short: it must fit into one datagram."""
    return Coap(code=code, payload=why.encode(errors="replace")[:200])


def coap_of(tables: dict[str, Any], path: Path, store: Store) -> Devices:
    """The way that a file describes."""
    return Devices(map_of(tables, str(path), path.parent), path.stem, store)

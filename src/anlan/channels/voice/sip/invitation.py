"""To call: an INVITE until somebody picks up, refuses, or the time is over."""

import asyncio
import secrets
from dataclasses import dataclass
from typing import Protocol

from anlan.channels.voice.sip.digest import Login, answered
from anlan.channels.voice.sip.leg import Leg
from anlan.channels.voice.sip.message import Request, Response
from anlan.channels.voice.sip.wire import Transaction, Where, Wire

_CHALLENGES = {401: ("WWW-Authenticate", "Authorization"),
               407: ("Proxy-Authenticate", "Proxy-Authorization")}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Door:
    """The way to the exchange, and who we are there."""

    wire: Wire
    where: Where
    login: Login


class Told(Protocol):
    """How a request is made anew, with credentials."""

    def __call__(self, *more: tuple[str, str]) -> Request: ...


def credentials(door: Door, request: Request, final: Response) -> tuple[str, str] | None:
    """The header that answers a challenge; None where it cannot be answered."""
    asks, answers = _CHALLENGES[final.status]
    # A challenge may stand in several headers; its own commas part nothing.
    challenges = [value for name, value in final.headers if name.lower() == asks.lower()]
    told = answered(challenges, door.login, method=request.method, uri=request.uri,
                    cnonce=secrets.token_hex(8))  # fmt: skip
    return (answers, told) if told else None


async def asked(door: Door, make: Told, until: float) -> Response | None:
    """The answer to a request other than INVITE, with credentials where they are asked for."""
    more: list[tuple[str, str]] = []
    for _ in range(3):
        request = make(*more)
        with door.wire.ask(request, door.where) as transaction:
            final = await transaction.final(until)
        header = credentials(door, request, final) if _is_challenge(final) and final else None
        if header is None or header[0] in dict(more):
            return final
        more.append(header)
    return final


async def invited(
    door: Door, leg: Leg, body: bytes, *, kind: str, ring_until: float
) -> tuple[Request, Response | None]:
    """The last INVITE and its final answer; None where the exchange says nothing at all.

    When it rings for too long the INVITE is taken back. Whoever cancels this task takes it back
    as well.
    """
    more: list[tuple[str, str]] = []
    while True:
        invite = leg.request("INVITE", ("Content-Type", kind), *more, body=body)
        final = await _final(door, leg, invite, ring_until)
        header = credentials(door, invite, final) if _is_challenge(final) and final else None
        if header is None or header[0] in dict(more):
            return invite, final
        more.append(header)


async def _final(door: Door, leg: Leg, invite: Request, ring_until: float) -> Response | None:
    loop, wire = asyncio.get_running_loop(), door.wire
    silent_until = min(ring_until, loop.time() + wire.timers.patience)
    with wire.ask(invite, door.where) as transaction:
        said = first = await transaction.next(silent_until)
        try:
            while said is not None and said.status < 200:
                said = await transaction.next(ring_until)
                if said is None:
                    said = await _taken_back(door, leg, transaction)
        except asyncio.CancelledError:
            said = await _taken_back(door, leg, transaction)
            if said is not None and said.status < 300:
                leg.learn(said)
                wire.acknowledge(said, leg.ack(invite, said), door.where)
                wire.send(bytes(leg.request("BYE")), door.where)
            raise
        if said is None:
            # It has rung, and is taken back though nobody says so.
            return first and Response(status=487)
        if said.status >= 300:
            wire.acknowledge(said, leg.ack(invite, said), door.where)
    return said


async def _taken_back(door: Door, leg: Leg, transaction: Transaction) -> Response | None:
    """The final answer after a CANCEL: mostly 487, but somebody may have picked up meanwhile."""
    loop, timers = asyncio.get_running_loop(), door.wire.timers
    until = loop.time() + min(10 * timers.t1, timers.patience)
    with door.wire.ask(leg.cancel(transaction.request), door.where) as cancelling:
        await cancelling.final(until)
    return await transaction.final(until)


def _is_challenge(final: Response | None) -> bool:
    return final is not None and final.status in _CHALLENGES

"""A telephone: it rings, is picked up, hears, presses keys, and hangs up."""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from anlan.channels.voice.media.g711 import ALAW, Samples, decoded
from anlan.channels.voice.media.rtp import Packet, event, unpacked
from anlan.channels.voice.media.sdp import EVENTS, TYPE, Media, media_of, offer
from anlan.channels.voice.sip.leg import Leg
from anlan.channels.voice.sip.message import Request, parameters, uri_in
from anlan.channels.voice.sip.wire import Where, Wire, answer_to, token, with_body
from anlan.sandtable.sinks.voice.faults import Faults, begins
from anlan.terms.errors import Malformed

_FRAME_S, _FRAME = 0.02, 160


@dataclass
class Rung:
    """One call to a telephone. arrived_s: when each packet of sound came · keys: pressed so far."""

    to: str
    caller: str
    at_ms: int
    state: str = "ringing"
    keys: str = ""
    law: int = ALAW
    octets: bytearray = field(default_factory=bytearray)
    arrived_s: list[float] = field(default_factory=list)

    @property
    def sound(self) -> Samples:
        """What was heard so far."""
        return decoded(bytes(self.octets), self.law)


class _Ear(asyncio.DatagramProtocol):
    def __init__(self, rung: Rung) -> None:
        self._rung = rung

    def datagram_received(self, data: bytes, _: Any) -> None:
        packet = unpacked(data)
        self._rung.octets += packet.payload
        self._rung.arrived_s.append(time.monotonic())


class Telephone:
    """One call from its INVITE on. changed: is called whenever something happened."""

    def __init__(
        self, wire: Wire, invite: Request, where: Where, *, rung: Rung,
        changed: Callable[[], None],
    ) -> None:  # fmt: skip
        self.rung, self._wire, self._invite, self._where = rung, wire, invite, where
        self._changed, self.tag = changed, token()
        self.acknowledged, self.cancelled, self.ended = (asyncio.Event() for _ in range(3))
        self.picks_up = asyncio.Event()
        self._pressed = asyncio.Queue[str]()
        self._out: asyncio.DatagramTransport | None = None

    async def ring(self, faults: Faults) -> None:
        """The whole call."""
        number = self.rung.to
        for heads, status, phrase in (
            (faults.busy, 486, "Busy Here"), (faults.declining, 603, "Decline"),
            (faults.unknown, 404, "Not Found"),
        ):  # fmt: skip
            if begins(number, heads):
                await self._refuse(status, phrase)
                return
        self._say(180, "Ringing")
        if await self._is_picked_up(faults):
            await self._pick_up(faults)
        else:
            await self._refuse(487, "Request Terminated")

    def press(self, keys: str) -> None:
        """Presses keys once somebody has picked up."""
        for sign in keys:
            self._pressed.put_nowait(sign)

    async def _is_picked_up(self, faults: Faults) -> bool:
        """Whether somebody does before the caller gives up."""
        waits = None if begins(self.rung.to, faults.silent) else faults.slow_s
        ends = [asyncio.create_task(e.wait()) for e in (self.cancelled, self.picks_up)]
        await asyncio.wait(ends, timeout=waits, return_when=asyncio.FIRST_COMPLETED)
        for task in ends:
            task.cancel()
        return not self.cancelled.is_set()

    async def _pick_up(self, faults: Faults) -> None:
        try:
            media = media_of(self._invite.body)
        except Malformed:
            await self._refuse(488, "Not Acceptable Here")
            return
        self.rung.law = media.law
        loop = asyncio.get_running_loop()
        host = "127.0.0.1"
        self._out, _ = await loop.create_datagram_endpoint(
            lambda: _Ear(self.rung), local_addr=(host, 0)
        )
        port = self._out.get_extra_info("sockname")[1]
        try:
            await self._until_acknowledged(offer(host, port, session=1), host)
            self._becomes("picked up")
            await self._talk(faults, media)
        finally:
            self._out.close()
        self._becomes("over")

    async def _talk(self, faults: Faults, media: Media) -> None:
        if begins(self.rung.to, faults.hanging):
            await asyncio.sleep(faults.stays_s)
            return
        pressing = asyncio.create_task(self._press_all(faults, media))
        try:
            async with asyncio.timeout(faults.stays_s):
                await self.ended.wait()
        except TimeoutError:
            await self._hang_up()
        finally:
            pressing.cancel()

    async def _press_all(self, faults: Faults, media: Media) -> None:
        if faults.press:
            await asyncio.sleep(faults.press_after_s)
        self.press(faults.press * (2 if faults.twice else 1))
        while True:
            sign = await self._pressed.get()
            if faults.by_info:
                await self._inform(sign)
            else:
                await self._sound_key(sign, media, faults)
            self.rung.keys += sign
            self._changed()
            await asyncio.sleep(0.1)

    async def _sound_key(self, sign: str, media: Media, faults: Faults) -> None:
        """One key by RFC 4733: packets while it is held, and its end three times."""
        stamp, count = random.getrandbits(31), max(1, round(faults.press_s / _FRAME_S))
        lasts = [False] * count + [True] * (0 if faults.endless else 3)
        for number, is_over in enumerate(lasts):
            duration = _FRAME * min(number + 1, count)
            packet = Packet(kind=media.events or EVENTS, sequence=number, stamp=stamp, source=7,
                            payload=event(sign, is_over=is_over, duration=duration))  # fmt: skip
            for _ in range(2 if faults.doubled else 1):
                if self._out is not None:
                    self._out.sendto(bytes(packet), (media.host, media.port))
            await asyncio.sleep(_FRAME_S)

    async def _inform(self, sign: str) -> None:
        body = f"Signal={sign}\r\nDuration=160\r\n".encode()
        kind = ("Content-Type", "application/dtmf-relay")
        await self._ask("INFO", kind, body=body)

    async def _hang_up(self) -> None:
        await self._ask("BYE")

    async def _ask(self, method: str, *more: tuple[str, str], body: bytes = b"") -> None:
        self._leg.sequence += 1
        request = self._leg.request(method, *more, body=body)
        until = asyncio.get_running_loop().time() + 2
        with self._wire.ask(request, self._where) as transaction:
            await transaction.final(until)

    async def _until_acknowledged(self, body: bytes, host: str) -> None:
        """Says yes, and again until the caller has heard it."""
        asked = self._invite
        via = f"{host}:{self._wire.port}"
        self._leg = Leg(
            own=uri_in(asked.first("To")), far=uri_in(asked.first("From")), via=via, tag=self.tag,
            contact=f"sip:{self.rung.to}@{via}", call_id=asked.first("Call-ID"),
            far_tag=parameters(asked.first("From")).get("tag", ""),
            target=uri_in(asked.first("Contact")),
        )  # fmt: skip
        answer = answer_to(
            asked, 200, "OK", tag=self.tag, more={"Contact": f"<{self._leg.contact}>"}
        )
        await self._final(bytes(with_body(answer, TYPE, body)))

    async def _refuse(self, status: int, phrase: str) -> None:
        self._becomes(phrase.lower())
        await self._final(bytes(answer_to(self._invite, status, phrase, tag=self.tag)))

    async def _final(self, octets: bytes) -> None:
        wait_s = self._wire.timers.t1
        for _ in range(7):
            self._wire.send(octets, self._where)
            try:
                async with asyncio.timeout(wait_s):
                    await self.acknowledged.wait()
                    return
            except TimeoutError:
                wait_s = min(2 * wait_s, self._wire.timers.t2)

    def _say(self, status: int, phrase: str) -> None:
        self._wire.send(bytes(answer_to(self._invite, status, phrase, tag=self.tag)), self._where)

    def _becomes(self, state: str) -> None:
        self.rung.state = state
        self._changed()

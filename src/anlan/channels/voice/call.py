"""One call: it rings, somebody picks up, the message is said, a key is pressed, both hang up."""

import asyncio
import secrets
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from anlan.channels.voice.course import CONFIRMS, Course, End
from anlan.channels.voice.media.g711 import RATE, Samples
from anlan.channels.voice.media.sdp import TYPE, media_of, offer
from anlan.channels.voice.media.stream import Stream
from anlan.channels.voice.saying import silence
from anlan.channels.voice.settings import Settings
from anlan.channels.voice.sip.invitation import Door, invited
from anlan.channels.voice.sip.leg import Leg
from anlan.channels.voice.sip.message import Request, Response, host_of
from anlan.channels.voice.sip.wire import Where, answer_to, with_body
from anlan.terms.errors import Malformed

_MOST_KEYS = 32
_KEEPING_S, _FINDING_S = 5.0, 2.0
_KEYS_BY_INFO = {"application/dtmf-relay", "application/dtmf"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What is said in a call, and what is said when its confirmation is kept."""

    message: Samples
    thanks: Samples


class Call:
    """pressed: is told the course and each key; what it gives is set once the key is kept."""

    def __init__(
        self, settings: Settings, words: Words, pressed: Callable[[Course, str], asyncio.Event]
    ) -> None:
        self.course = Course()
        self._settings, self._words, self._pressed = settings, words, pressed
        self._stream = Stream(lambda sign: self._press(sign, by_info=False))
        self._by_info: bool | None = None
        self._confirmed, self._over = asyncio.Event(), asyncio.Event()
        self._kept: asyncio.Event | None = None
        self._own = b""
        self.leg: Leg | None = None

    async def run(self, door: Door, leg: Leg, host: str, *, until: float) -> Course:
        """The whole call. host: where we hear sound · until: by the loop's clock, when it is to
        be over. Cancelled, it hangs up and raises."""
        self.leg, self.course.call_id = leg, leg.call_id
        port = await self._stream.open(host)
        self._own = offer(host, port, session=secrets.randbits(31))
        try:
            await self._ring(door, leg, until)
        finally:
            self._stream.close()
        return self.course

    async def _ring(self, door: Door, leg: Leg, until: float) -> None:
        loop = asyncio.get_running_loop()
        until = min(until, loop.time() + self._settings.timeout_s)
        ring_until = min(until, loop.time() + self._settings.ring_s)
        invite, final = await invited(door, leg, self._own, kind=TYPE, ring_until=ring_until)
        if final is None:
            self.course.end = End.UNREACHABLE
        elif final.status >= 300:
            self.course.refused(final)
        else:
            await self._picked_up(door, invite, final, until=until)

    async def _picked_up(
        self, door: Door, invite: Request, final: Response, *, until: float
    ) -> None:
        leg = self.leg
        if leg is None:
            return
        leg.learn(final)
        where = await _hop(leg, door)
        door.wire.acknowledge(final, leg.ack(invite, final), where)
        try:
            self._stream.connect(media_of(final.body))
            self.course.end = End.PICKED_UP
            with suppress(TimeoutError):
                async with asyncio.timeout_at(until):
                    await self._speak()
        except Malformed as error:
            self.course.end, self.course.said = End.NO_SOUND, str(error)
        finally:
            await self._hang_up(door, where)

    async def _speak(self) -> None:
        """Says the message until it is confirmed, they hang up, or it was said often enough."""
        saying = asyncio.create_task(self._say())
        ends = [asyncio.create_task(e.wait()) for e in (self._confirmed, self._over)]
        try:
            await asyncio.wait([saying, *ends], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (saying, *ends):
                task.cancel()
        if self._confirmed.is_set() and self._kept is not None and not self._over.is_set():
            await self._thank(self._kept)

    async def _say(self) -> None:
        await self._stream.say(silence(0.5))
        for _ in range(self._settings.times):
            await self._stream.say(self._words.message)
            await self._stream.say(silence(self._settings.pause_s))

    async def _thank(self, kept: asyncio.Event) -> None:
        """Only what is kept is thanked for: whoever hears nothing calls the desk."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_KEEPING_S):
                await kept.wait()
            await self._stream.say(self._words.thanks)

    async def _hang_up(self, door: Door, where: Where) -> None:
        if self.leg is None or self._over.is_set():
            return
        timers = door.wire.timers
        until = asyncio.get_running_loop().time() + min(4 * timers.t1, 2.0)
        with door.wire.ask(self.leg.request("BYE"), where) as transaction:
            await transaction.final(until)

    def hear(self, request: Request) -> Response:
        """What we answer to a request of the other end."""
        match request.method:
            case "BYE":
                self._over.set()
                return answer_to(request, 200, "OK")
            case "INFO":
                return self._info(request)
            case "INVITE" | "UPDATE":
                return self._changed(request)
            case "OPTIONS":
                return answer_to(request, 200, "OK")
        return answer_to(request, 405, "Method Not Allowed")

    def _changed(self, request: Request) -> Response:
        """Sound goes elsewhere from now on, or the session is only kept alive."""
        contact = {"Contact": f"<{self.leg.contact}>"} if self.leg else {}
        answer = answer_to(request, 200, "OK", more=contact)
        if not request.body:
            return answer if request.method == "UPDATE" else with_body(answer, TYPE, self._own)
        try:
            self._stream.connect(media_of(request.body))
        except Malformed:
            return answer_to(request, 488, "Not Acceptable Here")
        return with_body(answer, TYPE, self._own)

    def _info(self, request: Request) -> Response:
        kind = request.first("Content-Type").partition(";")[0].strip().lower()
        if kind not in _KEYS_BY_INFO:
            return answer_to(request, 415, "Unsupported Media Type")
        if sign := key_in(request.body.decode("ascii", "replace")):
            self._press(sign, by_info=True)
        return answer_to(request, 200, "OK")

    def _press(self, sign: str, *, by_info: bool) -> None:
        """Counts a key; what tells keys by two ways at once is believed by the first."""
        if self._by_info is None:
            self._by_info = by_info
        is_late = self._confirmed.is_set() or self._over.is_set()
        if by_info != self._by_info or is_late or len(self.course.keys) >= _MOST_KEYS:
            return
        self.course.keys += sign
        kept = self._pressed(self.course, sign)
        if sign == CONFIRMS:
            self._kept = kept
            self._confirmed.set()


def key_in(text: str) -> str:
    """The key in the body of an INFO: `Signal=1` among other lines, or the sign alone."""
    told = next((line.partition("=")[2] for line in text.splitlines()
                 if line.strip().lower().startswith("signal")), text)  # fmt: skip
    sign = told.strip().upper()
    return sign if len(sign) == 1 and sign in "0123456789*#ABCD" else ""


def longest_s(words: Words, settings: Settings) -> float:
    """How long the message is said at most."""
    return settings.times * (len(words.message) / RATE + settings.pause_s)


async def _hop(leg: Leg, door: Door) -> Where:
    """Where the next request of a call goes: by the proxies that want to see it, else straight.

    The exchange, where that has no address that our socket reaches, or is not found at once.
    """
    uri = leg.routes[0] if leg.routes else leg.target
    try:
        host, port = host_of(uri.partition("<")[2].partition(">")[0] or uri)
        async with asyncio.timeout(_FINDING_S):
            found = await asyncio.get_running_loop().getaddrinfo(
                host, port, family=door.wire.family, type=socket.SOCK_DGRAM
            )
        return tuple(found[0][4])
    except (Malformed, OSError, UnicodeError):  # whoever picked up may name anything
        return door.where

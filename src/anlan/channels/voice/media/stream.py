"""The sound of a call: sent in packets of 20 ms, and listened to for key presses."""

import asyncio
import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from anlan.channels.voice.media.g711 import RATE, SILENCE, Samples, encoded
from anlan.channels.voice.media.rtp import Packet, Presses, unpacked
from anlan.channels.voice.media.sdp import Media
from anlan.terms.errors import Malformed

FRAME_S = 0.02
_FRAME = round(RATE * FRAME_S)
_LATE_S = 0.2


class Stream(asyncio.DatagramProtocol):
    """One socket for one call. press: is told each key once."""

    def __init__(self, press: Callable[[str], None]) -> None:
        self._press, self._presses = press, Presses()
        self._transport: asyncio.DatagramTransport | None = None
        self._media: Media | None = None
        self._source = secrets.randbits(32)
        self._sequence, self._stamp = secrets.randbits(15), secrets.randbits(31)
        self._due_s = 0.0
        self._is_first = True

    async def open(self, host: str) -> int:
        """The port at which it listens. Raises OSError."""
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(host, 0))
        return int(transport.get_extra_info("sockname")[1])

    def connect(self, media: Media) -> None:
        """From now on it speaks with that end, and hears nobody else."""
        self._media = media

    def close(self) -> None:
        """Neither speaks nor hears any more."""
        if self._transport is not None:
            self._transport.close()

    async def say(self, sound: Samples) -> None:
        """Sends the sound, in the time that it takes to hear it."""
        for start in range(0, len(sound), _FRAME):
            await self._pace()
            self._send(sound[start : start + _FRAME])

    async def _pace(self) -> None:
        """Waits for the moment of the next packet; what is much too late is not made up for."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        if now - self._due_s > _LATE_S:
            self._due_s = now
        await asyncio.sleep(max(0.0, self._due_s - now))
        self._due_s += FRAME_S
        for sign in self._presses.lapse(loop.time()):
            self._press(sign)

    def _send(self, part: Samples) -> None:
        media = self._media
        if media is None or self._transport is None:
            return
        payload = encoded(part, media.law).ljust(_FRAME, bytes([SILENCE[media.law]]))
        packet = Packet(kind=media.law_type, sequence=self._sequence, stamp=self._stamp,
                        source=self._source, payload=payload, is_first=self._is_first)  # fmt: skip
        self._sequence, self._stamp, self._is_first = (
            self._sequence + 1,
            self._stamp + _FRAME,
            False,
        )
        if not media.is_held:
            with suppress(OSError):
                self._transport.sendto(bytes(packet), (media.host, media.port))

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def error_received(self, exc: Exception) -> None:
        """The other end is not listening yet, or no more."""

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        media = self._media
        if media is None or addr[0] != media.host or media.events is None:
            return
        with suppress(Malformed):
            packet = unpacked(data)
            if packet.kind == media.events:
                now_s = asyncio.get_running_loop().time()
                for sign in self._presses.hear(packet, now_s):
                    self._press(sign)

"""One connection of a device: what it says is read as fast as it may, and cut where it harms."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from anlan.connectors.frames import Ask, Due, Frame, Minder, Talk
from anlan.live.gateway.bounds import Rate
from anlan.terms.errors import Unavailable

if TYPE_CHECKING:
    from anlan.live.gateway.station import Station

_log = logging.getLogger("anlan.gateway")
_MOST_REFUSED, _MOST_UNREAD = 20, 1 << 18


def far_of(peer: tuple[Any, ...]) -> str:
    """The address and the port of a far end, as URIs have them."""
    host, port = str(peer[0]).removeprefix("::ffff:"), peer[1] if len(peer) > 1 else 0
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def due_of(talk: Talk | None, at_ms: int) -> Due:
    """What is due by now of a talk that minds the time; nothing of others."""
    return cast("Minder", talk).mind(at_ms) if hasattr(talk, "mind") else Due()


class Line(asyncio.Protocol):
    """A way back to one far end over TCP."""

    def __init__(self, station: "Station", looked_at: set[Any]) -> None:
        self._station, self._looked_at = station, looked_at
        self._transport: Any = None
        self._talk: Talk | None = None
        self._devices: set[str] = set()
        self._rate = Rate(station.listener.frames_per_s, time.monotonic())
        self._heard_s, self._limit_s = time.monotonic(), station.listener.first_s
        self._refused = self._holds = self.owed = 0
        self._has_ended, self.address = False, ""

    # The network's side

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        peer = transport.get_extra_info("peername") or ("",)
        address = str(peer[0]).removeprefix("::ffff:")
        code = self._station.crowd.reason_against(address)
        if code:
            self._end(code)
            return
        self.address = address
        self._talk = self._station.speech.talk(self._station.way._replace(far=far_of(peer)))
        self._station.crowd.enter(address)
        self._looked_at.add(self)

    def data_received(self, data: bytes) -> None:
        self._take(data)

    def eof_received(self) -> bool:
        """What was begun is judged; answers still go out where the far end only stopped sending."""
        self._take(None)
        self._has_ended = True
        is_encrypted = self._transport.get_extra_info("sslcontext") is not None
        return bool(self.owed) and not is_encrypted

    def connection_lost(self, exc: Exception | None) -> None:
        if self._talk is not None:
            self._talk = None
            self._looked_at.discard(self)
            self._station.crowd.leave(self.address)
            self._station.devices.left(self._devices, self)

    def _take(self, data: bytes | None) -> None:
        if self._talk is None:
            return
        try:
            frames = self._talk.end() if data is None else self._talk.feed(data)
        except Exception:  # noqa: BLE001 - one reader that breaks must not end the others
            self._break()
            return
        if not frames:
            return
        now_s = time.monotonic()
        self._note(frames, now_s)
        wait_s = self._rate.wait_s(len(frames), now_s)
        owed_s = self._station.take(frames, self, now_ms())
        if wait_s > 0 or owed_s > 0:
            wait_s = max(wait_s, owed_s)
            self.hold()
            asyncio.get_running_loop().call_later(wait_s, self.go_on)

    def _note(self, frames: list[Frame], now_s: float) -> None:
        for frame in frames:
            if not frame.reason:
                self._heard_s, self._limit_s = now_s, self._station.listener.idle_s
                self._refused = 0
                if frame.device:
                    self._devices.add(frame.device)
            else:
                self._refused += 1
        if self._refused >= _MOST_REFUSED:
            self._end("garbage")

    # The station's side

    def answer(self, frame: Frame) -> None:
        if self._talk is not None:
            self._say_to(frame, self._talk.answer)

    def refuse(self, frame: Frame) -> bool:
        return self._talk is None or self._say_to(frame, self._talk.refuse)

    def _say_to(self, frame: Frame, worded: Callable[[Frame, int], bytes]) -> bool:
        try:
            return self._say(worded(frame, now_ms()))
        except Exception:  # noqa: BLE001 - one answer that breaks must not end the others
            self._break()
            return True

    def _break(self) -> None:
        _log.exception("%s: a frame broke its reader", self._station.listener.name)
        self._end("reader_broken")

    def ask(self, ask: Ask) -> str:
        """Sends a question; its name. Malformed where it cannot be said, Unavailable where nobody
        is there any more."""
        if self._talk is None:
            raise Unavailable("the device has just gone")
        name, said = self._talk.ask(ask, now_ms())
        self._say(said)
        return name

    def settled(self) -> None:
        if self._has_ended:
            self._transport.close()

    def cut(self) -> None:
        self._transport.abort()

    def hold(self) -> None:
        self._holds += 1
        if self._holds == 1 and not self._transport.is_closing():
            self._transport.pause_reading()

    def go_on(self) -> None:
        self._holds -= 1
        if self._holds == 0 and not self._transport.is_closing():
            self._heard_s = time.monotonic()
            self._transport.resume_reading()

    def look(self, now_s: float) -> None:
        """Cuts a line that brings no right frame for too long, or does not read its answers."""
        if self._holds:
            self._heard_s = now_s
        elif now_s - self._heard_s > self._limit_s:
            self._end("silent")
        if self._transport.get_write_buffer_size() > _MOST_UNREAD:
            self._end("does_not_read")
        # Nothing is lost over TCP: what is not answered is not said again.
        self._station.devices.left(set(due_of(self._talk, now_ms()).gone), self)

    def _say(self, said: bytes) -> bool:
        if said and self._transport is not None and not self._transport.is_closing():
            self._transport.write(said)
        return bool(said)

    def _end(self, code: str) -> None:
        self._station.faults[code] += 1
        self._transport.abort()

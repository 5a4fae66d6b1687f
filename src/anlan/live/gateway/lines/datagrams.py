"""Datagrams of devices: each is judged by itself, and answered to where it came from."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from anlan.connectors.frames import Ask, Frame
from anlan.live.gateway.bounds import FULL, Rate
from anlan.live.gateway.lines.line import due_of, far_of, now_ms

if TYPE_CHECKING:
    from anlan.live.gateway.station import Station

_MIND_S = 0.25
_log = logging.getLogger("anlan.gateway")


class Peer:
    """A way back to one far end over UDP; nothing can be held back, so what is too much is lost."""

    def __init__(self, station: "Station", to: tuple[Any, ...], transport: Any) -> None:
        self._station, self._to, self._transport = station, to, transport
        self.talk = station.speech.talk(station.way._replace(far=far_of(to)))
        self.rate = Rate(station.listener.frames_per_s, time.monotonic())
        self.address = str(to[0]).removeprefix("::ffff:")
        self.heard_s, self.owed = time.monotonic(), 0
        self.devices: set[str] = set()
        self._is_cut = False
        self._soon: asyncio.TimerHandle | None = None

    def answer(self, frame: Frame) -> None:
        self._say_to(frame, self.talk.answer)

    def refuse(self, frame: Frame) -> bool:
        return self._say_to(frame, self.talk.refuse)

    def read(self, data: bytes) -> list[Frame]:
        """The frames of a datagram, and of those before it that end in it."""
        try:
            if self._station.speech.spans:
                return self.talk.feed(data + b"\n")
            return [*self.talk.feed(data), *self.talk.end()]
        except Exception:  # noqa: BLE001 - one reader that breaks must not end the others
            self._break()
            return []

    def _say_to(self, frame: Frame, worded: Callable[[Frame, int], bytes]) -> bool:
        try:
            return self._say(worded(frame, now_ms()))
        except Exception:  # noqa: BLE001 - one answer that breaks must not end the others
            self._break()
            return True

    def _break(self) -> None:
        _log.exception("%s: a frame broke its reader", self._station.listener.name)
        self._station.faults["reader_broken"] += 1

    def ask(self, ask: Ask) -> str:
        name, said = self.talk.ask(ask, now_ms())
        self._say(said)
        return name

    def settled(self) -> None:
        return

    def cut(self) -> None:
        self._is_cut = True  # it is told nothing more
        self._wait_no_more()

    def hold(self) -> None:
        return

    def go_on(self) -> None:
        return

    def mind(self) -> None:
        """Says again what was not answered, and lets go who is no longer there."""
        self._wait_no_more()
        try:
            due = due_of(self.talk, now_ms())
            self._station.devices.left(set(due.gone), self)
            self._send(due.said)
        except Exception:  # noqa: BLE001 - one talk that breaks must not end the others
            self._break()
            return
        if due.waits:
            self._mind_soon()

    def _mind_soon(self) -> None:
        if self._soon is None and not self._is_cut:
            self._soon = asyncio.get_running_loop().call_later(_MIND_S, self.mind)

    def _wait_no_more(self) -> None:
        if self._soon is not None:
            self._soon.cancel()
            self._soon = None

    def _say(self, said: bytes) -> bool:
        self._send(said)
        if said and hasattr(self.talk, "mind"):
            self._mind_soon()
        return bool(said)

    def _send(self, said: bytes) -> None:
        for one in self._station.speech.apart(said) if said and not self._is_cut else ():
            self._transport.sendto(one, self._to)


class Datagrams(asyncio.DatagramProtocol):
    """A UDP port."""

    def __init__(self, station: "Station", looked_at: set[Any]) -> None:
        self._station, self._is_held = station, False
        looked_at.add(self)
        self._peers: dict[tuple[Any, ...], Peer] = {}
        self._transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        peer = None if self._is_held else self._peer(addr)
        if peer is None:
            return
        if self._station.carrier.is_full or peer.rate.wait_s(1, time.monotonic()) > 0:
            self._station.faults["datagram_lost"] += 1
            return
        frames = peer.read(data)
        peer.heard_s = time.monotonic()
        peer.devices.update(one.device for one in frames if one.is_ok and one.device)
        self._station.take(frames, peer, now_ms())

    def _peer(self, to: tuple[Any, ...]) -> Peer | None:
        if (peer := self._peers.pop(to, None)) is not None:
            self._peers[to] = peer  # who was heard last stands last
            return peer
        station = self._station
        code = station.crowd.reason_against(str(to[0]).removeprefix("::ffff:"))
        if code == FULL and self._peers:  # senders are easily forged: the most silent one goes
            self._forget(next(iter(self._peers)))
        elif code:
            station.faults[code] += 1
            return None
        peer = Peer(station, to, self._transport)
        self._peers[to] = peer
        station.crowd.enter(peer.address)
        return peer

    def hold(self) -> None:
        """Takes nothing more."""
        self._is_held = True

    def look(self, now_s: float) -> None:
        """Forgets who has been silent."""
        idle_s = self._station.listener.idle_s
        for to, peer in list(self._peers.items()):
            if now_s - peer.heard_s > idle_s:
                self._forget(to)
            else:
                peer.mind()

    def _forget(self, to: tuple[Any, ...]) -> None:
        peer = self._peers.pop(to)
        peer.cut()
        self._station.crowd.leave(peer.address)
        self._station.devices.left(peer.devices, peer)

"""Far ends over UDP that have not answered yet are minded at one pace, and each by itself."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from anlan.connectors.frames import Due, Way
from anlan.live.gateway.lines.datagrams import Datagrams
from anlan.live.gateway.protocols import MODULES
from anlan.live.gateway.settings import Listener
from anlan.live.gateway.station import Station
from tests.pure.gateway import tiny
from tests.wire.scenes import Store


class Waiting(tiny.Talk):
    """Says again what is never answered."""

    def __init__(self, way: Way) -> None:
        super().__init__(way)
        self.far = way.far

    def mind(self, now_ms: int) -> Due:
        return Due(self.far.encode(), waits=True)


@pytest.fixture(autouse=True)
def _waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    speech = replace(tiny.PROTOCOL, talk=Waiting)
    monkeypatch.setitem(MODULES, "tiny", "tests.pure.gateway.tiny")
    monkeypatch.setattr(tiny, "PROTOCOL", speech)


class Port:
    """A UDP port that sends into a list. broken: an address to which nothing can be sent."""

    def __init__(self, broken: str = "") -> None:
        self.sent: list[str] = []
        self._broken = broken
        self.station = Station(Listener(protocol="tiny", port=1), Store())
        self.datagrams = Datagrams(self.station, set())
        self.datagrams.connection_made(SimpleNamespace(sendto=self._sendto))

    def _sendto(self, data: bytes, to: tuple[str, int]) -> None:
        if to[0] == self._broken:
            raise OSError("no way there")
        self.sent.append(data.decode())

    def look(self, after_s: float = 0.0) -> None:
        self.datagrams.look(time.monotonic() + after_s)


def played(play: Callable[[], None]) -> int:
    """How many timers are left pending by what was played."""
    planted: list[asyncio.TimerHandle] = []

    async def run() -> None:
        loop = asyncio.get_running_loop()
        later: Any = loop.call_later

        def call_later(*args: Any) -> asyncio.TimerHandle:
            planted.append(later(*args))
            return planted[-1]

        loop.call_later = call_later  # type: ignore[method-assign,assignment]  # it is watched
        play()

    asyncio.run(run())
    return sum(not one.cancelled() for one in planted)


def test_a_far_end_has_one_timer_however_often_it_is_looked_at() -> None:
    def play() -> None:
        port = Port()
        port.datagrams.datagram_received(b"a level 1 1", ("10.0.0.1", 5))
        for _ in range(5):
            port.look()

    assert played(play) == 1


def test_who_is_forgotten_has_no_timer() -> None:
    def play() -> None:
        port = Port()
        port.datagrams.datagram_received(b"a level 1 1", ("10.0.0.1", 5))
        port.look()
        port.look(100_000)

    assert played(play) == 0


def test_a_far_end_that_cannot_be_sent_to_is_not_in_the_way_of_others() -> None:
    port = Port(broken="10.0.0.1")

    def play() -> None:
        for host in ("10.0.0.1", "10.0.0.2"):
            port.datagrams.datagram_received(b"a level 1 1", (host, 5))
        port.look()

    played(play)
    assert port.sent == ["10.0.0.2:5"]
    assert port.station.faults["reader_broken"] == 1

"""Frames of all connections of a protocol, gathered, made durable together, and then answered."""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from itertools import chain, repeat
from typing import Protocol

import msgspec

from anlan.connectors import Fault
from anlan.connectors.frames import Frame, Media
from anlan.live.gateway.sense.rows import Rows
from anlan.live.gateway.store import Store
from anlan.terms.errors import Unavailable
from anlan.terms.readings import Reading

_GROUP = 20_000
_FULL, _EASY = 40_000, 10_000
_PATIENCE_S, _LONGEST_WAIT_S = 2.0, 5.0


class Back(Protocol):
    """The way back to whoever sent a frame. owed: how many of its frames are not settled yet."""

    address: str
    owed: int

    def answer(self, frame: Frame) -> None:
        """Says that it is kept."""
        ...

    def refuse(self, frame: Frame) -> bool:
        """Says that it is not, so that it is sent again; whether that can be said."""
        ...

    def settled(self) -> None:
        """Hears that nothing is owed to it any more."""
        ...

    def cut(self) -> None:
        """Ends it."""
        ...

    def hold(self) -> None:
        """Reads no more."""
        ...

    def go_on(self) -> None:
        """Reads again."""
        ...


class Load(msgspec.Struct, gc=False):
    """A frame with what of it must be durable before it is answered. keys: the sensors that its
    readings are of · received: when they came, ms UTC."""

    frame: Frame
    back: Back
    readings: Sequence[Reading] = ()
    keys: Sequence[str] = ()
    received: int = 0
    faults: Sequence[Fault] = ()
    media: Sequence[Media] = ()
    is_refused: bool = False

    @property
    def size(self) -> int:
        return 1 + len(self.readings) + len(self.faults)


class Carrier:
    """One group is on its way at a time, so that the readings of a sensor keep their order.

    trouble: why nothing can be stored at present; empty while all is well · lag_s: how long the
    last group took.
    """

    def __init__(self, source: str, store: Store) -> None:
        self._source, self._store = source, store
        self._waiting: deque[Load] = deque()
        self._held: set[Back] = set()
        self._come = asyncio.Event()
        self._size = 0
        self.trouble, self.lag_s, self.stored = "", 0.0, 0

    @property
    def is_idle(self) -> bool:
        """Whether everything is durable and answered."""
        return not self._size

    @property
    def is_full(self) -> bool:
        """Whether nothing more should be read."""
        return self._size > _FULL

    def put(self, load: Load) -> None:
        """Takes a frame; whoever sent it is not read further where there is no room for more."""
        self._waiting.append(load)
        load.back.owed += 1
        self._size += load.size
        self._come.set()
        if self.is_full and load.back not in self._held:
            self._held.add(load.back)
            load.back.hold()

    async def run(self) -> None:
        """Carries until it is cancelled."""
        while True:
            await self._come.wait()
            group, size = self._taken()
            began = time.monotonic()
            await self._carry(group, began)
            self.lag_s = time.monotonic() - began
            for load in group:
                _settle(load)
            self._size -= size
            if self._size < _EASY:
                self._let_go()

    def _taken(self) -> tuple[list[Load], int]:
        group, size = [], 0
        while self._waiting and size < _GROUP:
            group.append(self._waiting.popleft())
            size += group[-1].size
        if not self._waiting:
            self._come.clear()
        return group, size

    async def _carry(self, group: list[Load], began: float) -> None:
        """Returns when the group is durable; tries as long as that takes."""
        wait_s = 0.0
        while True:
            try:
                await asyncio.to_thread(self._kept, group)
                self.stored += sum(len(load.readings) for load in group)
                self.trouble = ""
                return
            except Unavailable as error:
                self.trouble = str(error)
                wait_s = min(_LONGEST_WAIT_S, max(0.2, error.retry_after_s / 2, wait_s))
            if time.monotonic() - began > _PATIENCE_S:
                for load in (*group, *self._waiting):
                    if load.frame.is_ok and not load.is_refused:
                        load.is_refused = load.back.refuse(load.frame)
            await asyncio.sleep(wait_s)

    def _kept(self, group: list[Load]) -> None:
        """Stores, then sets aside; in this order a repetition repeats nothing."""
        for load in group:
            if load.media:
                self._store.shelve(self._source, load.frame.device, load.media)
        readings = _rows_of(group)
        faults = [fault for load in group for fault in load.faults]
        faults += self._store.put(self._source, readings) if readings else []
        self._store.set_aside(self._source, faults)

    def _let_go(self) -> None:
        held, self._held = self._held, set()
        for back in held:
            back.go_on()


def _rows_of(group: Sequence[Load]) -> Sequence[Reading]:
    """All readings of a group, by the names that they have here."""
    readings = list(chain.from_iterable([load.readings for load in group]))
    if not readings:
        return ()
    _, time_ms, value, quality, _ = zip(*readings, strict=True)
    key = list(chain.from_iterable([load.keys for load in group]))
    came = (repeat(load.received, len(load.keys)) for load in group)
    return Rows((key, time_ms, value, quality, list(chain.from_iterable(came))))


def _settle(load: Load) -> None:
    """Answers a frame, unless its device was told already to send it again."""
    if not load.frame.is_ok:
        load.back.refuse(load.frame)
    elif not load.is_refused:
        load.back.answer(load.frame)
    load.back.owed -= 1
    if not load.back.owed:
        load.back.settled()

"""What comes by a way, made durable: what comes together is stored together."""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from anlan.connectors import Fault
from anlan.live.gateway.store import Store
from anlan.terms.errors import Unavailable
from anlan.terms.readings import Reading

_GROUP, _MOST = 20_000, 100_000


class _Load(NamedTuple):
    readings: Sequence[Reading]
    faults: Sequence[Fault]
    done: "asyncio.Future[None]"

    @property
    def size(self) -> int:
        return 1 + len(self.readings) + len(self.faults)


class Keeping:
    """Of one source. trouble: why nothing can be stored at present · stored: readings so far."""

    def __init__(self, source: str, store: Store) -> None:
        self._source, self._store = source, store
        self._waiting: deque[_Load] = deque()
        self._size = 0
        self._come = asyncio.Event()
        self.trouble, self.stored = "", 0

    async def keep(self, readings: Sequence[Reading], faults: Sequence[Fault] = ()) -> None:
        """Returns once all is durable; Unavailable where it cannot be now, or too much waits."""
        if not readings and not faults:
            return
        if self._size > _MOST:
            raise Unavailable("more comes than can be stored")
        load = _Load(readings, faults, asyncio.get_running_loop().create_future())
        self._waiting.append(load)
        self._size += load.size
        self._come.set()
        await load.done

    async def run(self) -> None:
        """Stores until it is cancelled."""
        while True:
            await self._come.wait()
            group = self._taken()
            try:
                await asyncio.to_thread(self._put, group)
            except Unavailable as error:
                self.trouble = str(error)
                _settle(group, error)
            else:
                self.trouble = ""
                _settle(group, None)
            self._size -= sum(load.size for load in group)

    def _taken(self) -> list[_Load]:
        group, size = [], 0
        while self._waiting and size < _GROUP:
            group.append(self._waiting.popleft())
            size += group[-1].size
        if not self._waiting:
            self._come.clear()
        return group

    def _put(self, group: list[_Load]) -> None:
        """Stores, then sets aside; in this order a repetition repeats nothing."""
        readings = [reading for load in group for reading in load.readings]
        faults = [fault for load in group for fault in load.faults]
        faults += self._store.put(self._source, readings)
        self._store.set_aside(self._source, faults)
        self.stored += len(readings)


def _settle(group: list[_Load], error: Unavailable | None) -> None:
    for load in group:
        if load.done.done():  # whoever waited has gone
            continue
        if error is None:
            load.done.set_result(None)
        else:
            load.done.set_exception(error)

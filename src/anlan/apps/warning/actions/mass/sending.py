"""A sender: takes parcels in hand, lets their ways tell, and writes down what became of each.

All ways are at work at once, each with parcels of its own: one that hangs keeps no other waiting.
The records are asked on one thread; where they are away for a while, what is known is kept.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import lru_cache, partial
from typing import Any

from django.db import DatabaseError, connection

from anlan.apps.warning.actions.mass.book import Book, Line
from anlan.apps.warning.actions.mass.loading import load, said_of
from anlan.apps.warning.actions.mass.packing import Packer
from anlan.apps.warning.actions.mass.settling import write_down
from anlan.apps.warning.actions.mass.taking import is_idle, keep, let_go, put_down, take, ways_due
from anlan.apps.warning.models import Message
from anlan.apps.warning.models.mass import Parcel, code_of
from anlan.channels import Message as Said
from anlan.channels import Receipt
from anlan.channels.bulk import Bulk

_log = logging.getLogger("anlan.mass")
_HANDS, _LOOK_S, _WRITE_S, _AGAIN_S = 2, 0.15, 0.2, 0.5
"""Parcels of a way in hand at once; how often it looks for more, writes down, and tries again to
reach records that are away."""
News = dict[int, list[tuple[int, int]]]


class Sender:
    """Sends to very many by some ways until it is told to end.

    clock: gives the moment · turn: which of several it is, so that they pack different ways.
    """

    def __init__(
        self, ways: Sequence[Bulk], *, holder: str, book: Book, clock: Callable[[], datetime],
        turn: int = 0,
    ) -> None:  # fmt: skip
        self._ways = {way.name: way for way in ways}
        self._holder, self._book, self._clock = holder, book, clock
        self._packer = Packer(turn)
        self._records = ThreadPoolExecutor(1, thread_name_prefix="records")
        self._news: News = defaultdict(list)
        self._lines: list[Line] = []
        self._tasks: dict[int, tuple[str, asyncio.Task[None]]] = {}
        self._bell, self._writing, self._is_ending = asyncio.Event(), asyncio.Lock(), False
        self._said = lru_cache(16)(_said)

    async def run(self, ending: asyncio.Event) -> None:
        """Works until `ending` is set; what is on its way then is told again by whoever follows."""
        await self._asked(self._put_right)
        writing = asyncio.create_task(self._write_often())
        try:
            while not ending.is_set():
                more = await self._look()
                if not more:
                    await _either(ending, self._bell, _LOOK_S)
                self._bell.clear()
        finally:
            await self._end(writing)

    async def _end(self, writing: asyncio.Task[None]) -> None:
        self._is_ending = True
        writing.cancel()
        tasks = [task for _way, task in self._tasks.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(writing, *tasks, return_exceptions=True)
        for way in self._ways.values():
            await way.close()
        await self._asked(self._put_right)
        self._records.shutdown()

    def _put_right(self) -> None:
        """What the book knows goes into the records; what was in hand may be taken at once."""
        write_down(self._book.read(), self._clock())
        put_down(self._holder)
        self._book.begin()

    async def _look(self) -> bool:
        """Packs what waits for it and takes what is due; whether there may be more at once."""
        try:
            if await self._on_thread(is_idle):
                return False
            packed = await self._db(self._packer.next)
            due = await self._db(ways_due)
            return await self._take_all(due) or packed > 0
        except DatabaseError as error:
            _log.warning("the records: %s", error)
            await asyncio.sleep(_AGAIN_S)
            return False

    async def _take_all(self, due: set[str]) -> bool:
        taken = False
        for name in sorted(due & self._ways.keys()):
            if sum(way == name for way, _task in self._tasks.values()) >= _HANDS:
                continue
            parcel = await self._db(partial(take, name, self._holder, has=list(self._tasks)))
            if parcel is not None:
                taken = True
                if parcel.is_open:
                    task = asyncio.create_task(self._send(parcel))
                    self._tasks[parcel.pk] = name, task
        return taken

    async def _send(self, parcel: Parcel) -> None:
        """One try of a parcel, from loading it to letting it go."""
        waits = [0]
        try:
            to, stopped = await self._asked(partial(load, parcel))
            said = await self._asked(partial(self._said, parcel.message_id, parcel.way))
            self._note(parcel.pk, stopped)
            await self._ways[parcel.way].send(said, to, self._hearing(parcel.pk, waits))
        except asyncio.CancelledError:
            if self._is_ending:
                raise
            # A later message replaces it, or somebody else has it in hand.
        except Exception:  # noqa: BLE001 - one parcel must not keep the others from leaving
            _log.exception("a parcel by %s", parcel.way)
        await self._let_go(parcel.pk, waits[0])
        self._tasks.pop(parcel.pk, None)
        self._bell.set()

    def _hearing(self, pk: int, waits: list[int]) -> Callable[[int, Receipt], None]:
        """What hears of each recipient of a parcel; waits: the longest wait asked for."""

        def tell(place: int, receipt: Receipt) -> None:
            if receipt.wait_s > waits[0]:
                waits[0] = receipt.wait_s
            self._note(pk, ((place, code_of(receipt)),))

        return tell

    def _note(self, pk: int, news: Sequence[tuple[int, int]]) -> None:
        if not self._lines:
            asyncio.get_running_loop().call_soon(self._to_book)
        self._news[pk] += news
        self._lines += [(pk, *one) for one in news]

    def _to_book(self) -> None:
        lines, self._lines = self._lines, []
        self._book.write(lines)

    async def _write_often(self) -> None:
        """Writes down some times a second, and lets go of what is to be let go of."""
        while True:
            await asyncio.sleep(_WRITE_S)
            if not self._news and not self._tasks:
                continue
            try:
                gone = await self._write_down(self._kept)
            except DatabaseError as error:
                _log.warning("the records: %s", error)
                continue
            for pk in gone & self._tasks.keys():
                self._tasks[pk][1].cancel()

    def _kept(self) -> set[int]:
        """Keeps the leases; the parcels to let go of."""
        return keep(list(self._tasks), self._holder, self._clock()) if self._tasks else set()

    async def _write_down(self, then: Callable[[], Any]) -> Any:
        """Writes what is known into the records, and does something more there.

        What could not be written is known still.
        """
        async with self._writing:
            news, self._news = self._news, defaultdict(list)
            try:
                found = await self._on_thread(lambda: self._written(news, then))
            except BaseException:
                for pk, later in self._news.items():
                    news[pk] += later
                self._news = news
                raise
            if self._book.is_large():
                self._lines.clear()
                self._book.begin((pk, *one) for pk, many in self._news.items() for one in many)
            return found

    def _written(self, news: News, then: Callable[[], Any]) -> Any:
        if news:
            write_down(news, self._clock())
        return then()

    async def _let_go(self, pk: int, wait_s: int) -> None:
        """Writes the last of it down before it is let go; waits for records that are away."""
        while True:
            try:
                await self._write_down(
                    lambda: let_go(pk, self._holder, self._clock(), wait_s=wait_s)
                )
                return
            except DatabaseError as error:
                _log.warning("the records: %s", error)
                await asyncio.sleep(_AGAIN_S)

    async def _db(self, do: Callable[[datetime], Any]) -> Any:
        """Asks the records at this moment, on their thread."""
        return await self._on_thread(lambda: do(self._clock()))

    async def _asked(self, do: Callable[[], Any]) -> Any:
        """The same, and again as long as the records are away."""
        while True:
            try:
                return await self._on_thread(do)
            except DatabaseError as error:
                _log.warning("the records: %s", error)
                await asyncio.sleep(_AGAIN_S)

    async def _on_thread(self, do: Callable[[], Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._records, _tidy, do)


def _tidy(do: Callable[[], Any]) -> Any:
    """Does it; a connection that broke is not used again."""
    try:
        return do()
    except DatabaseError:
        connection.close()
        raise


def _said(message: int, way: str) -> dict[str, Said]:
    return said_of(Message.objects.select_related("warning").get(pk=message), way)


async def _either(ending: asyncio.Event, bell: asyncio.Event, most_s: float) -> None:
    """Waits for one of the two, or so long."""
    waits = [asyncio.ensure_future(one.wait()) for one in (ending, bell)]
    await asyncio.wait(waits, timeout=most_s, return_when=asyncio.FIRST_COMPLETED)
    for one in waits:
        one.cancel()

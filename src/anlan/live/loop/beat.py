"""The beating thread: takes whatever has queued, applies it, makes it durable, answers.

The only writer of the store. It ends when asked to, after all that was taken is answered.
"""

import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from anlan.live.loop.ahead import Ahead
from anlan.live.loop.clock import Clock
from anlan.live.loop.heart import Heart, Told
from anlan.live.loop.keeper import Keeper
from anlan.terms.errors import AnlanError, Unavailable
from anlan.terms.readings import Batch

MOST_ROWS = 50_000
"""Readings of one record; a group ends when it has as many."""
_RETRY_S = 1.0
_TICK_MS = 1000

Answer = Callable[["Done"], None]


@dataclass(slots=True)
class Done:
    """What became of an offer: a verdict for each row, or why nothing was stored."""

    verdicts: Any = None
    seq: int = 0
    error: AnlanError | None = None


@dataclass(slots=True)
class Offer:
    """Readings that wait to be taken; `answer` is called from the beating thread."""

    batch: Batch
    answer: Answer
    since: float = field(default_factory=time.monotonic)


@dataclass(slots=True, eq=False)
class Edit:
    """Registry entries that wait to be entered; `ahead` is what they need, where it was read."""

    entries: Sequence[Mapping[str, Any]]
    answer: Answer
    was_read: bool = False
    ahead: Ahead | None = None


class Beat(threading.Thread):
    """The loop over one heart.

    ring: hears the changes of each commit · entered: is called after registry entries hold.
    """

    def __init__(
        self,
        heart: Heart,
        clock: Clock,
        *,
        ring: Callable[[list[Told]], None],
        entered: Callable[[], None],
    ) -> None:
        super().__init__(name="beat", daemon=True)
        self.heart, self.clock = heart, clock
        self.keeper = Keeper(heart)
        self._ring, self._entered = ring, entered
        self._queue: queue.SimpleQueue[Offer | Edit | None] = queue.SimpleQueue()
        self._held: Offer | Edit | None = None
        self._reading: list[Edit] = []
        self._next_tick = 0
        self._is_ending = False
        self.trouble: str | None = None
        self.oldest: float | None = None
        self.notes: list[str] = []

    # For other threads

    def offer(self, one: Offer | Edit) -> None:
        """Puts something into the queue."""
        self._queue.put(one)

    def end(self, wait_s: float) -> None:
        """Answers what was taken, then stops."""
        self._queue.put(None)
        self.join(wait_s)

    @property
    def lag_s(self) -> float:
        """How long the oldest of what is at work has waited."""
        oldest = self.oldest
        return 0.0 if oldest is None else time.monotonic() - oldest

    # The thread

    def run(self) -> None:
        try:
            while not self._is_ending:
                self._once()
        except BaseException as error:
            self.trouble = f"the loop has stopped: {error!r}"
            raise
        finally:
            self._refuse_rest()
            self.keeper.end()
            self.heart.close()

    def _once(self) -> None:
        first = self._next(self._until_tick())
        if isinstance(first, Offer):
            self._take_group(first)
        elif first is not None:
            self._enter(first)
        self._tick_if_due()
        self.keeper.look(self.clock.now())

    def _next(self, wait_s: float) -> Offer | Edit | None:
        if self._held is not None:
            held, self._held = self._held, None
            return held
        try:
            one = self._queue.get(timeout=wait_s) if wait_s > 0 else self._queue.get_nowait()
        except queue.Empty:
            return None
        if one is None:
            self._is_ending = True
        elif isinstance(one, Edit) and one.was_read:
            self._reading.remove(one)
        return one

    def _until_tick(self) -> float:
        return max(0.0, min(_TICK_MS, self._next_tick - self.clock.now()) / 1000)

    def _take_group(self, first: Offer) -> None:
        group = [first]
        rows = len(first.batch.sensor)
        while rows < MOST_ROWS and not self._is_ending:
            one = self._next(0)
            if not isinstance(one, Offer):
                self._held = one
                break
            group.append(one)
            rows += len(one.batch.sensor)
        self.oldest = first.since
        self._take(group)
        self.oldest = None

    def _take(self, group: list[Offer]) -> None:
        batch, order = _in_time(_joined([offer.batch for offer in group]))
        verdicts = np.empty(len(batch.sensor), np.uint8)
        try:
            for start in range(0, len(batch.sensor), MOST_ROWS):
                piece = slice(start, start + MOST_ROWS)
                part = Batch(*(column[piece] for column in batch))
                verdicts[piece] = self.heart.take(part, at=self.clock.now())
                self._commit()
        except Unavailable as error:
            _refuse(group, error)
            self._outlast(error)
            return
        if order is not None:
            verdicts[order] = verdicts.copy()
        start = 0
        for offer in group:
            stop = start + len(offer.batch.sensor)
            offer.answer(Done(verdicts[start:stop], self.heart.seq))
            start = stop

    def _enter(self, edit: Edit) -> None:
        if self._reads_ahead(edit):
            return
        try:
            self.heart.enter(edit.entries, at=self.clock.now(), ahead=edit.ahead)
            self._commit()
        except AnlanError as error:
            edit.answer(Done(error=error))
            if isinstance(error, Unavailable):
                self._outlast(error)
                self._entered()
            return
        self._entered()
        edit.answer(Done(seq=self.heart.seq))

    def _reads_ahead(self, edit: Edit) -> bool:
        """Whether another thread now reads what the edit needs; it comes back with it."""
        read = None if edit.was_read else self.heart.reading_ahead(edit.entries)
        if read is None:
            return False
        self._reading.append(edit)
        threading.Thread(target=self._read, args=(edit, read), name="ahead", daemon=True).start()
        return True

    def _read(self, edit: Edit, read: Callable[[], Ahead]) -> None:
        edit.was_read = True
        try:
            edit.ahead = read()
        except AnlanError:
            pass  # the loop meets the same, and answers for it
        finally:
            self._queue.put(edit)

    def _tick_if_due(self) -> None:
        now = self.clock.now()
        for note in self.clock.take_notes():
            self.notes = [*self.notes[-9:], note]
            self.heart.remark(note, at=now)
            self._next_tick = 0
        if now < self._next_tick:
            return
        self._next_tick = now - now % _TICK_MS + _TICK_MS
        self.heart.tick(now - now % _TICK_MS)
        try:
            self._commit()
        except Unavailable as error:
            self._outlast(error)

    def _commit(self) -> None:
        """Makes all steps durable; Unavailable where the disk does not allow it now."""
        told = self.heart.commit()
        if told:
            self._ring(told)

    def _outlast(self, error: Unavailable) -> None:
        """Refuses everything until what waits is written.

        Nothing more is applied meanwhile, so that the engine and the log stay together.
        """
        self.trouble = str(error)
        while self.heart.waits and not self._is_ending:
            self._refuse_for(_RETRY_S, error)
            try:
                self._commit()
            except Unavailable as still:
                self.trouble = str(still)
        self.trouble = None

    def _refuse_for(self, span_s: float, error: AnlanError) -> None:
        until = time.monotonic() + span_s
        while not self._is_ending and (left := until - time.monotonic()) > 0:
            one = self._next(left)
            if one is not None:
                one.answer(Done(error=error))

    def _refuse_rest(self) -> None:
        """Answers what is left when the thread ends."""
        error = Unavailable("the service is stopping", retry_after_s=5)
        while (one := self._next(0)) is not None or self._held is not None:
            if one is not None:
                one.answer(Done(error=error))
        for edit in self._reading:
            edit.answer(Done(error=error))


def _refuse(group: list[Offer], error: AnlanError) -> None:
    for offer in group:
        offer.answer(Done(error=error))


def _joined(batches: list[Batch]) -> Batch:
    if len(batches) == 1:
        return batches[0]
    return Batch(*(np.concatenate(columns) for columns in zip(*batches, strict=True)))


def _in_time(batch: Batch) -> tuple[Batch, Any]:
    """The rows of a group by event time, and the order they were put in (None: as they were).

    What is committed together may stand in any order; by time, parallel senders do not make
    each other late. Equal times stay in order of arrival.
    """
    time = batch.time
    if len(time) < 2 or bool((time[1:] >= time[:-1]).all()):
        return batch, None
    order = np.argsort(time, kind="stable")
    return Batch(*(column[order] for column in batch)), order

"""Who sends: some threads for each kind of address, so that one that hangs delays no other."""

import queue
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from anlan.apps.people.models import Notice
from anlan.channels import Receipt

Tried = tuple[Notice, Receipt]
Job = tuple[Notice, Callable[[], Receipt]]


class Due(NamedTuple):
    """What of a notice that is due says whether there is a hand for it."""

    pk: int
    kind: str
    address: str


class Hands:
    """Tries notices, so many of a kind at once, and brings their receipts back.

    each: threads for each kind of address; 0: the caller's own, one after another · lanes: for
    which kinds it is another number. A thread speaks to the far end only; the records are the
    caller's. Threads that hang do not keep a process.
    """

    def __init__(self, each: int = 0, lanes: Mapping[str, int] | None = None) -> None:
        self._each, self._lanes = each, lanes or {}
        self._away: dict[int, Notice] = {}
        self._jobs: defaultdict[str, queue.SimpleQueue[Job]] = defaultdict(queue.SimpleQueue)
        self._threads: Counter[str] = Counter()
        self._back: queue.SimpleQueue[tuple[Notice, Receipt | BaseException]] = queue.SimpleQueue()
        self._faults: list[BaseException] = []

    def full(self) -> list[str]:
        """The kinds of which nothing more is taken now."""
        if not self._each:
            return []
        return [kind for kind, count in self._counts().items() if count >= self._most(kind)]

    def fitting(self, due: Sequence[Due]) -> list[Due]:
        """Those of some that there are hands for, one for each address; the caller's own: one."""
        if not self._each:
            return list(due[:1])
        counts, busy, found = self._counts(), self.busy(), list[Due]()
        for one in due:
            if counts[one.kind] < self._most(one.kind) and one.address not in busy[one.kind]:
                counts[one.kind] += 1
                busy[one.kind].append(one.address)
                found.append(one)
        return found

    def busy(self) -> defaultdict[str, list[str]]:
        """By kind the addresses that are being written to now."""
        found = defaultdict[str, list[str]](list)
        for notice in self._away.values():
            found[notice.kind].append(notice.address)
        return found

    def addresses(self) -> list[str]:
        """Those that are being written to now."""
        return [notice.address for notice in self._away.values()]

    def take(self, notice: Notice, send: Callable[[], Receipt]) -> None:
        """Tries a notice; on the caller's own hands whatever it raises comes through at once."""
        if not self._each:
            self._back.put((notice, send()))
            return
        self._away[notice.pk] = notice
        kind = notice.kind
        self._jobs[kind].put((notice, send))
        if self._threads[kind] < self._counts()[kind]:
            self._threads[kind] += 1
            threading.Thread(target=self._work, args=(self._jobs[kind],), daemon=True).start()

    def back(self, wait_s: float) -> list[Tried]:
        """Notices and their receipts, as soon as there are some; raises what a try has raised,
        after what had come before it."""
        found = list[Tried]()
        while not self._faults and (one := self._next(0.0 if found else wait_s)):
            notice, answer = one
            self._away.pop(notice.pk, None)
            if isinstance(answer, BaseException):
                self._faults.append(answer)
            else:
                found.append((notice, answer))
        if self._faults and not found:
            raise self._faults.pop()
        return found

    def _most(self, kind: str) -> int:
        return self._lanes.get(kind, self._each)

    def keep(self, tried: Sequence[Tried]) -> None:
        """What could not be written down is brought back again: nobody is told twice for it.

        Until then its address is as busy as during the try, however long that lasts: what is
        claimed meanwhile is not the same notice again.
        """
        for notice, receipt in tried:
            self._away[notice.pk] = notice
            self._back.put((notice, receipt))

    def _counts(self) -> Counter[str]:
        return Counter(notice.kind for notice in self._away.values())

    def _next(self, wait_s: float) -> tuple[Notice, Receipt | BaseException] | None:
        try:
            return self._back.get(timeout=wait_s if self._away else 0.0)
        except queue.Empty:
            return None

    def _work(self, jobs: "queue.SimpleQueue[Job]") -> None:
        """One hand of a kind for as long as the process lives: hundreds may come at once."""
        while True:
            notice, send = jobs.get()
            answer: Receipt | BaseException
            try:
                answer = send()
            except BaseException as error:  # noqa: BLE001 - raised where it is brought back
                answer = error
            self._back.put((notice, answer))

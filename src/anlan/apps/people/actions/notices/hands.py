"""Who sends: some threads for each kind of address, so that one that hangs delays no other."""

import queue
import threading
from collections import Counter
from collections.abc import Callable

from anlan.apps.people.models import Notice
from anlan.channels import Receipt

Tried = tuple[Notice, Receipt]


class Hands:
    """Tries notices, so many of a kind at once, and brings their receipts back.

    each: threads for each kind of address; 0: the caller's own, one after another. A thread speaks
    to the far end only; the records are the caller's. Threads that hang do not keep a process.
    """

    def __init__(self, each: int = 0) -> None:
        self._each = each
        self._away: dict[int, Notice] = {}
        self._back: queue.SimpleQueue[tuple[Notice, Receipt | BaseException]] = queue.SimpleQueue()

    def full(self) -> list[str]:
        """The kinds of which nothing more is taken now."""
        if not self._each:
            return []
        counts = Counter(notice.kind for notice in self._away.values())
        return [kind for kind, count in counts.items() if count >= self._each]

    def addresses(self) -> list[str]:
        """Those that are being written to now."""
        return [notice.address for notice in self._away.values()]

    def take(self, notice: Notice, send: Callable[[], Receipt]) -> None:
        """Tries a notice; on the caller's own hands whatever it raises comes through at once."""
        if not self._each:
            self._back.put((notice, send()))
            return
        self._away[notice.pk] = notice
        threading.Thread(target=self._send, args=(notice, send), daemon=True).start()

    def back(self, wait_s: float) -> Tried | None:
        """A notice and its receipt, as soon as there is one; raises what its try has raised."""
        try:
            notice, answer = self._back.get(timeout=wait_s if self._away else 0.0)
        except queue.Empty:
            return None
        self._away.pop(notice.pk, None)
        if isinstance(answer, BaseException):
            raise answer
        return notice, answer

    def _send(self, notice: Notice, send: Callable[[], Receipt]) -> None:
        answer: Receipt | BaseException
        try:
            answer = send()
        except BaseException as error:  # noqa: BLE001 - raised where it is brought back
            answer = error
        self._back.put((notice, answer))

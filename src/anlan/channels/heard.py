"""What the far end says later: that a message arrived or did not, or what a person answered."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from anlan.channels import Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One word of the far end after the sending.

    key: names it for ever; told a second time it has the same · kind: the channel's name ·
    reference: what the next hop calls the message, as in the receipt of its sending; empty where
    it is not known · receipt: what became of the message, None for the answer of a person ·
    address: who answers · text: what was answered: the text, or the digit pressed · at: ms UTC ·
    message: the key of the message that is answered, where the channel knows it.
    """

    key: str
    kind: str
    at: int
    reference: str = ""
    receipt: Receipt | None = None
    address: str = ""
    text: str = ""
    message: str = ""


@runtime_checkable
class Hearing(Protocol):
    """A channel whose far end speaks later. Neither verb raises for what the world does."""

    @property
    def name(self) -> str:
        """The kind of address it serves."""

    def heard(self, most: int) -> Sequence[Heard]:
        """What has come and was not taken yet, the oldest first; asks nobody, returns at once."""

    def take(self, keys: Sequence[str]) -> None:
        """These are kept: only now may the far end be told that they are."""


@runtime_checkable
class Asks(Protocol):
    """A channel whose far end says nothing unasked."""

    @property
    def name(self) -> str:
        """The kind of address it serves."""

    def expect(self, references: Sequence[str]) -> None:
        """Asks on for what was sent by these references; twice asks no more."""


_MOST = 50_000

Ask = Callable[[str], Receipt | None]
"""What became of the message of a reference, None while it is open; OSError where nobody says."""


class Asking:
    """Ears for a far end that says nothing unasked: one thread asks in turn, from the first on.

    poll_s: between two rounds · patience_s: of what is not told in that time it is not known, it
    stays as it was sent. Thread-safe.
    """

    def __init__(self, kind: str, ask: Ask, *, poll_s: float, patience_s: float) -> None:
        self._kind, self._ask, self._poll_s, self._patience_s = kind, ask, poll_s, patience_s
        self._lock, self._ended = threading.Lock(), threading.Event()
        self._since_s: dict[str, float] = {}
        self._held: OrderedDict[str, Heard] = OrderedDict()
        self._told: OrderedDict[str, None] = OrderedDict()
        self._thread: threading.Thread | None = None

    def expect(self, reference: str) -> None:
        """Asks for this message until its fate is known or patience ends."""
        with self._lock:
            if reference in self._told or len(self._since_s) >= _MOST:
                return
            self._since_s.setdefault(reference, time.monotonic())
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, daemon=True)
                self._thread.start()

    def is_waiting(self) -> bool:
        """Whether the fate of some message is open."""
        with self._lock:
            return bool(self._since_s)

    def heard(self, most: int) -> list[Heard]:
        """What has come and was not taken."""
        with self._lock:
            return list(self._held.values())[:most]

    def take(self, keys: Sequence[str]) -> None:
        """These need not be held any more."""
        with self._lock:
            for key in keys:
                self._held.pop(key, None)

    def close(self) -> None:
        """Asks no more."""
        self._ended.set()

    def _work(self) -> None:
        while not self._ended.wait(self._poll_s):
            with self._lock:
                first_s = time.monotonic() - self._patience_s
                self._since_s = {n: s for n, s in self._since_s.items() if s > first_s}
                references = list(self._since_s)
            for reference in references:
                if self._ended.is_set():
                    break
                try:
                    self._note(reference, self._ask(reference))
                except OSError:
                    continue

    def _note(self, reference: str, receipt: Receipt | None) -> None:
        if receipt is None:
            return
        with self._lock:
            self._since_s.pop(reference, None)
            self._told[reference] = None
            while len(self._told) > _MOST:
                self._told.popitem(last=False)
            word = Heard(key=reference[:128], kind=self._kind, at=receipt.at,
                         reference=reference, receipt=receipt)  # fmt: skip
            self._held[word.key] = word

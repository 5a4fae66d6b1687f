"""The channel `voice`: one call to one telephone, which confirms by a key and by nothing else."""

import asyncio
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence

from anlan.channels import Address, Fault, Message, Receipt
from anlan.channels.heard import Heard
from anlan.channels.voice.call import Words
from anlan.channels.voice.course import Course, receipt_of
from anlan.channels.voice.exchange import Exchange
from anlan.channels.voice.number import KIND, dialled, reason_against
from anlan.channels.voice.saying import sound_of, thanks_of
from anlan.channels.voice.settings import MOST_S, Settings
from anlan.terms.errors import Unavailable


class Voice:
    """Calls by the exchange of the settings; thread-safe.

    A try lasts as long as the call does, and `MOST_S` at most, speech and all. Each key is heard
    at once, while the call goes on, and the person is told that the confirmation is kept only
    when it is.

    clock: what it is now, ms UTC.
    """

    name = "voice"

    def __init__(self, settings: Settings, *, clock: Callable[[], int]) -> None:
        self.settings, self._clock = settings, clock
        self._exchange = Exchange(settings)
        self._lock = threading.Lock()
        self._held = OrderedDict[str, tuple[Heard, asyncio.Event]]()

    def check(self, address: Address) -> str | None:
        """Why nobody can be called there, one of REASONS, or None."""
        return KIND if address.kind != self.name else reason_against(address.value)

    def send(self, message: Message, address: Address, *, now_ms: int) -> Receipt:
        """What became of the call: confirmed is delivered, picked up is accepted."""
        if reason := self.check(address):
            return Receipt.refused(now_ms, Fault.ADDRESS, reason)
        until = time.monotonic() + MOST_S
        try:
            words = Words(message=sound_of(message, self.settings),
                          thanks=thanks_of(message, self.settings))  # fmt: skip
        except Unavailable as error:
            return Receipt.failed(now_ms, Fault.SETTINGS, str(error))

        def pressed(course: Course, sign: str) -> asyncio.Event:
            name = f"{course.call_id}:{len(course.keys)}"
            return self._hold(Heard(
                key=name, kind=self.name, at=self._clock(), reference=course.call_id,
                message=message.key, address=address.value, text=sign,
            ))  # fmt: skip

        number = dialled(address.value)
        return receipt_of(self._exchange.place(number, words, pressed, until=until), now_ms)

    def heard(self, most: int) -> Sequence[Heard]:
        """The keys that were pressed and not taken yet."""
        with self._lock:
            return [word for (word, _), _ in zip(self._held.values(), range(most), strict=False)]

    def take(self, keys: Sequence[str]) -> None:
        """These are kept: only now may the person be told so."""
        with self._lock:
            taken = [self._held.pop(key) for key in keys if key in self._held]
        for _, event in taken:
            self._exchange.tell(event)

    def close(self) -> None:
        """Hangs up everywhere."""
        self._exchange.close()

    def _hold(self, word: Heard) -> asyncio.Event:
        event = asyncio.Event()
        with self._lock:
            self._held[word.key] = (word, event)
        return event

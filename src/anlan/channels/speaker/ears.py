"""Asks the platform what became of the broadcasts that it has taken, and holds what it says."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from http.client import HTTPException

from anlan.channels import Fault, Receipt, State
from anlan.channels.heard import Heard
from anlan.channels.speaker.ebd import words
from anlan.channels.speaker.ebd.document import asked_state, read_state
from anlan.channels.speaker.ebd.words import Kind, Played, number_of
from anlan.channels.speaker.platform import Platform
from anlan.channels.speaker.settings import Settings
from anlan.terms.errors import Malformed, Refused

_MOST = 50_000
_PLAYED, _ENDED = (Played.PLAYED, Played.STOPPED), (Played.FAILED,)


class Ears:
    """One thread that asks in turn, from the first expectation on; thread-safe."""

    def __init__(self, platform: Platform, settings: Settings, clock: Callable[[], int]) -> None:
        self._platform, self._settings, self._clock = platform, settings, clock
        self._lock, self._ended = threading.Lock(), threading.Event()
        self._since_s: dict[str, float] = {}
        self._held: OrderedDict[str, Heard] = OrderedDict()
        self._told: OrderedDict[str, None] = OrderedDict()
        self._asked = 0
        self._thread: threading.Thread | None = None

    def expect(self, name: str) -> None:
        """Asks for this broadcast until its fate is known or patience ends."""
        with self._lock:
            if name in self._told or len(self._since_s) >= _MOST:
                return
            self._since_s.setdefault(name, time.monotonic())
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, daemon=True)
                self._thread.start()

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
        while not self._ended.wait(self._settings.poll_s):
            with self._lock:
                # Of what has not been told in all that time it is not known: it stays sent.
                first_s = time.monotonic() - self._settings.patience_s
                self._since_s = {n: s for n, s in self._since_s.items() if s > first_s}
                names = list(self._since_s)
            for name in names:
                if self._ended.is_set() or not self._look(name):
                    break

    def _look(self, name: str) -> bool:
        """Asks for one; false where the platform does not answer, so that nobody is hammered."""
        try:
            state = self._state(name)
        except (Malformed, Refused, OSError, HTTPException, ValueError):
            state, is_there = None, False
        else:
            is_there = True
        with self._lock:
            word = self._word(name, state)
            if word is not None:
                self._since_s.pop(name, None)
                self._told[name] = None
                self._held[word.key] = word
                while len(self._told) > _MOST:
                    self._told.popitem(last=False)
        return is_there

    def _state(self, name: str) -> words.State | None:
        self._asked += 1
        now_ms = self._clock()
        key = number_of("", name, str(now_ms), str(self._asked))
        answer = self._platform.ask(key, Kind.ASKS_STATE, asked_state(name), now_ms=now_ms)
        if isinstance(answer, Receipt) or answer.kind is not Kind.STATE:
            return None
        state = read_state(answer.body)
        return state if state.id == name else None

    def _word(self, name: str, state: words.State | None) -> Heard | None:
        """The fate of a broadcast; None while it is open."""
        at = self._clock()
        if state is not None and state.state in _PLAYED:
            receipt = Receipt(state=State.DELIVERED, at=at)
        elif state is not None and state.state in _ENDED:
            told = f"the loudspeaker did not play it: {state.said}"
            receipt = Receipt.refused(at, Fault.RECIPIENT, told)
        else:
            return None
        return Heard(key=name, kind="speaker", at=at, reference=name, receipt=receipt)

"""The feeder: what the fictional sensors measure, sent to the intake second by second."""

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path

from anlan.sandtable import Script, basin, readings
from anlan.site.demo.intake import Sender, enter
from anlan.terms.errors import AnlanError, Unavailable

SEED = 99
_SECOND_MS = 1000
_CATCH_UP_MS = 600_000
"""After a longer stop of the intake the readings before are left out."""
_RETRY_S = 0.5
_PATIENCE_S = 20.0
"""A site that is still starting is nothing to tell."""


class Feeder(threading.Thread):
    """Registers the basin and sends its readings until `ending` is set."""

    def __init__(
        self, data: Path, url: str, *, ending: threading.Event, tell: Callable[[str], None]
    ) -> None:
        super().__init__(name="feeder", daemon=True)
        self._data, self._url = data, url
        self._ending, self._tell = ending, tell
        self._told = ""

    def run(self) -> None:
        while not self._ending.is_set():
            key = self._entered()
            if key is not None:
                self._feed(Sender(self._url, key))

    def _entered(self) -> str | None:
        """The source key, once the site has taken the basin; None when it is time to end."""
        began = time.monotonic()
        while not self._ending.is_set():
            try:
                return enter(self._data, basin())
            except Unavailable as error:
                if time.monotonic() - began > _PATIENCE_S:
                    self._tell_once(error)
            except AnlanError as error:
                self._tell_once(error)
            self._ending.wait(_RETRY_S)
        return None

    def _feed(self, sender: Sender) -> None:
        """Sends each second's readings; returns where the key is refused or it is time to end."""
        low = _now_ms()
        script = Script(SEED, _starts(self._data, low))
        while not self._ending.is_set():
            high = _now_ms()
            try:
                sender.send(readings(script, low, high))
                low = high
            except Unavailable as error:
                self._tell_once(error)
                low = max(low, high - _CATCH_UP_MS)
            except AnlanError as error:
                self._tell_once(error)
                break
            self._ending.wait((high + _SECOND_MS - time.time_ns() / 1e6) / 1000)
        sender.close()

    def _tell_once(self, error: AnlanError) -> None:
        """Says what is wrong, the same thing only once."""
        sentence = str(error)
        if sentence != self._told and not self._ending.is_set():
            self._told = sentence
            self._tell(f"feeder: {sentence}")


def _now_ms() -> int:
    """The beginning of this second, ms UTC."""
    now = time.time_ns() // 1_000_000
    return now - now % _SECOND_MS


def _starts(data: Path, now: int) -> tuple[int, ...]:
    """All starts of this demo so far and this one: each begins a new storm."""
    path = data / "sandtable" / "starts.json"
    try:
        starts = [int(start) for start in json.loads(path.read_text()) if int(start) < now]
    except (OSError, ValueError, TypeError):
        starts = []
    starts.append(now)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(starts))
    part.replace(path)
    return tuple(starts)

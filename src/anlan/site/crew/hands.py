"""The crew of a site beside its live process: pages and work, kept up while the site runs."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from anlan.live.supervisor import FIRST_WAIT_S, LONGEST_WAIT_S, SOUND_S
from anlan.site.crew.child import Child
from anlan.terms.errors import Unavailable

_LOOK_S = 0.1


class Hand(threading.Thread):
    """Keeps one part running until `ending` is set."""

    def __init__(
        self, what: str, data: Path, settings: dict[str, Any], *, ending: threading.Event,
        tell: Callable[[str], None], fds: tuple[int, ...] = (),
    ) -> None:  # fmt: skip
        super().__init__(name=what, daemon=True)
        self._what, self._data, self._settings, self._fds = what, data, settings, fds
        self._ending, self._tell = ending, tell

    def run(self) -> None:
        wait_s = FIRST_WAIT_S
        while not self._ending.is_set():
            began = time.monotonic()
            status = self._once()
            if time.monotonic() - began > SOUND_S:
                wait_s = FIRST_WAIT_S
            if not self._ending.is_set():
                self._tell(f"{self._what} ended (status {status}); starting it again")
                self._ending.wait(wait_s)
                wait_s = min(LONGEST_WAIT_S, 2 * wait_s)

    def _once(self) -> int | None:
        child = Child(self._what, self._data, self._settings, fds=self._fds)
        while child.ended() is None and not self._ending.wait(_LOOK_S):
            pass
        child.end()
        return child.ended()


def do(what: str, data: Path, settings: dict[str, Any], *, ending: threading.Event) -> None:
    """Runs one part to its end, or until `ending` is set; Unavailable where it fails."""
    child = Child(what, data, settings)
    try:
        while child.ended() is None and not ending.wait(_LOOK_S):
            pass
        if child.ended():
            raise Unavailable(f"{what} failed; see above")
    finally:
        child.end()

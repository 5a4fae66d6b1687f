"""A task of the work process: a small step that is due again and again."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from anlan.terms.errors import AnlanError

_log = logging.getLogger("anlan.work")
_LONGEST_WAIT_S = 5.0


@dataclass
class Task:
    """A step that is due again `every_s` after it found nothing more to do.

    do: whether there was something; it is then called again at once. Each time that it fails it
    waits twice as long, up to five seconds. end: what is done when the process stops.
    """

    name: str
    do: Callable[[datetime], bool]
    every_s: float
    end: Callable[[datetime], None] | None = None
    due: float = 0.0
    told: str = field(default="", repr=False)
    done_at: datetime | None = None
    failed: int = field(default=0, repr=False)

    def run(self, now: datetime) -> None:
        """One step; what goes wrong is told once, until it goes well again."""
        try:
            more = self.do(now)
            self.told, self.done_at, self.failed = "", now, 0
        except Exception as error:  # noqa: BLE001 - one task must not stop the others
            more, told = False, str(error) or type(error).__name__
            self.failed += 1
            if told != self.told:
                self.told = told
                is_known = isinstance(error, AnlanError)
                _log.warning("%s: %s", self.name, error, exc_info=not is_known)
        self.due = time.monotonic() + (0.0 if more else self._wait_s())

    def stop(self, now: datetime) -> None:
        """The last step before the process ends; what goes wrong is told."""
        try:
            if self.end is not None:
                self.end(now)
        except Exception:  # noqa: BLE001 - one task must not keep the others from ending well
            _log.exception("%s", self.name)

    def _wait_s(self) -> float:
        longer_s = self.every_s * (1 << min(self.failed, 10))
        return max(self.every_s, min(longer_s, _LONGEST_WAIT_S))

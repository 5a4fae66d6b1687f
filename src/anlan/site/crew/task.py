"""A task of the work process: a small step that is due again and again."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from anlan.terms.errors import AnlanError

_log = logging.getLogger("anlan.work")


@dataclass
class Task:
    """A step that is due again `every_s` after it found nothing more to do.

    do: whether there was something; it is then called again at once.
    """

    name: str
    do: Callable[[datetime], bool]
    every_s: float
    due: float = 0.0
    told: str = field(default="", repr=False)
    done_at: datetime | None = None

    def run(self, now: datetime) -> None:
        """One step; what goes wrong is told once, until it goes well again."""
        from django.db import DatabaseError

        try:
            more = self.do(now)
            self.told, self.done_at = "", now
        except (AnlanError, DatabaseError, OSError) as error:
            more = False
            if str(error) != self.told:
                self.told = str(error)
                _log.warning("%s: %s", self.name, error)
        self.due = time.monotonic() + (0.0 if more else self.every_s)

"""From when to when a sensor was heard."""

import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from anlan.apps.atlas.history import STORE
from anlan.site.api.answers.newest import Row
from anlan.site.api.things.ask.moments import Interval
from anlan.terms.errors import Unavailable

_FRESH_S: Final = 600.0


class Beginnings:
    """The first readings of sensors, looked up again from time to time: history ages out."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._known: dict[int, int] = {}
        self._since = float("-inf")

    def of(self, handles: Sequence[int]) -> dict[int, int]:
        """By handle, ms UTC, to the day of the rollups; none while the store cannot be read."""
        with self._guard:
            if time.monotonic() - self._since > _FRESH_S:
                self._known, self._since = {}, time.monotonic()
            unknown = [handle for handle in handles if handle not in self._known]
            if unknown:
                try:
                    self._known |= STORE.beginnings(unknown)
                except Unavailable:
                    return {}
            return {one: self._known[one] for one in handles if one in self._known}


BEGINNINGS = Beginnings()


def stretch(first: int | None, newest: Row | None) -> Interval | None:
    """Both ends; None where nothing was heard."""
    if newest is None:
        return None
    start = newest[0] if first is None else min(first, newest[0])
    ends = [datetime.fromtimestamp(one / 1000, UTC) for one in (start, newest[0])]
    return Interval(ends[0], ends[1])

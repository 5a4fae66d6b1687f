"""When messages came in: one that is delivered again keeps the time of its first delivery."""

import time
from collections import OrderedDict

_MOST = 20_000
_LONGEST = 1_024


class Arrivals:
    """Of the newest messages. What is delivered again after a restart of ours has a new time."""

    def __init__(self) -> None:
        self._first: OrderedDict[tuple[str, bytes], int] = OrderedDict()

    def of(self, topic: str, payload: bytes, *, is_again: bool) -> int:
        """Milliseconds UTC. is_again: the broker says that it has sent it before."""
        now = time.time_ns() // 1_000_000
        if len(payload) > _LONGEST:
            return now
        at = self._first.pop((topic, payload), now) if is_again else now
        self._first[topic, payload] = at
        if len(self._first) > _MOST:
            self._first.popitem(last=False)
        return at

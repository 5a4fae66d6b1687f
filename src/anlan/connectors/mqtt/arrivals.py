"""When messages came in: one that is delivered again keeps the time of its first delivery."""

import time
from collections import OrderedDict

_MOST = 20_000
_LONGEST = 1_024


class Arrivals:
    """Of the newest messages; no two new ones of a topic came in the same millisecond.

    What is delivered again after a restart of ours has a new time.
    """

    def __init__(self) -> None:
        self._first: OrderedDict[tuple[str, bytes], int] = OrderedDict()
        self._last: OrderedDict[str, int] = OrderedDict()

    def of(self, topic: str, payload: bytes, *, is_again: bool) -> int:
        """Milliseconds UTC. is_again: the broker says that it has sent it before."""
        message = (topic, payload[:_LONGEST])
        at = self._first.pop(message, None) if is_again else None
        if at is None:
            at = max(time.time_ns() // 1_000_000, self._last.pop(topic, 0) + 1)
            self._last[topic] = at
        self._first[message] = at
        if len(self._first) > _MOST:
            self._first.popitem(last=False)
        if len(self._last) > _MOST:
            self._last.popitem(last=False)
        return at

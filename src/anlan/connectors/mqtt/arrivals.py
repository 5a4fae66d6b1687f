"""When messages came in: one that is delivered again keeps the time of its first delivery."""

import hashlib
import time
from collections import OrderedDict
from typing import NamedTuple

_MOST = 20_000
_LOST_S = 60.0
"""How long an acknowledgement may still be on its way: twice the keepalive, after which a dead
connection is found. Until then the broker may rightly send the message again."""


class _Came(NamedTuple):
    """The last message of a number. print: of its topic and payload · at: when it came, ms UTC ·
    acked_s: when it was acknowledged, monotonic s; None before."""

    print: bytes
    at: int
    acked_s: float | None = None


class Arrivals:
    """Of the newest messages; no two new ones of a topic came in the same millisecond.

    A broker numbers what it sends, and what it sends again has the number it had: the last message
    of each number is known, until it has surely heard that we have it. What is delivered again
    after a restart of ours has a new time.
    """

    def __init__(self, *, lost_s: float = _LOST_S) -> None:
        self._lost_s = lost_s
        self._came: OrderedDict[int, _Came] = OrderedDict()
        self._last: OrderedDict[str, int] = OrderedDict()

    def of(self, mid: int, topic: str, payload: bytes, *, is_again: bool) -> int:
        """Milliseconds UTC. mid: the broker's number · is_again: it says that it sent it before."""
        if not mid:  # QoS 0 is never sent again
            return self._new(topic)
        seen = hashlib.blake2b(topic.encode() + b"\0" + payload, digest_size=16).digest()
        came = self._came.pop(mid, None)
        if is_again and came is not None and came.print == seen and not self._is_over(came):
            at = came.at
        else:
            at = self._new(topic)
        self._came[mid] = _Came(seen, at)
        if len(self._came) > _MOST:
            self._came.popitem(last=False)
        return at

    def _new(self, topic: str) -> int:
        at = max(time.time_ns() // 1_000_000, self._last.pop(topic, 0) + 1)
        self._last[topic] = at
        if len(self._last) > _MOST:
            self._last.popitem(last=False)
        return at

    def acknowledged(self, mid: int) -> None:
        """A message is about to be acknowledged."""
        came = self._came.get(mid)
        if came is not None:
            self._came[mid] = came._replace(acked_s=time.monotonic())

    def _is_over(self, came: _Came) -> bool:
        return came.acked_s is not None and time.monotonic() - came.acked_s >= self._lost_s

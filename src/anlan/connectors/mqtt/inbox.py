"""Messages that came and are not yet durable, in order of arrival, within bounds of memory."""

import threading
from collections import deque
from typing import NamedTuple

from anlan.connectors.mqtt.codec import Published

MOST_MESSAGES = 20_000
MOST_BYTES = 64 * 1024 * 1024
_GATHER_S = 0.003


class Delivery(NamedTuple):
    """One message as the broker sent it; `connection` is the one it may be acknowledged on."""

    published: Published
    mid: int
    qos: int
    connection: int


class Inbox:
    """First in, first out, between the network's thread and the one that stores."""

    def __init__(self, *, most_messages: int = MOST_MESSAGES, most_bytes: int = MOST_BYTES) -> None:
        self._most_messages, self._most_bytes = most_messages, most_bytes
        self._deliveries: deque[Delivery] = deque()
        self._bytes = 0
        self._is_closed = False
        self._changed = threading.Condition()

    def __len__(self) -> int:
        return len(self._deliveries)

    def put(self, delivery: Delivery) -> None:
        """Adds a message; waits where there is no room, so that the broker must wait too."""
        with self._changed:
            if not self._has_room():
                self._changed.wait_for(lambda: self._is_closed or self._has_room())
            if self._is_closed:
                return
            self._deliveries.append(delivery)
            self._bytes += len(delivery.published.payload)
            if len(self._deliveries) == 1 or not self._has_room():
                self._changed.notify_all()

    def _has_room(self) -> bool:
        return len(self._deliveries) < self._most_messages and self._bytes < self._most_bytes

    def take(self, most: int) -> list[Delivery]:
        """The oldest messages, soon after there are any; none when the inbox is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_closed or bool(self._deliveries))
            # Threads that wake each other for every message cost more than its reading.
            self._changed.wait_for(lambda: self._is_closed or not self._has_room(), _GATHER_S)
            if self._is_closed:
                return []
            group = [self._deliveries.popleft() for _ in range(min(most, len(self._deliveries)))]
            self._bytes -= sum(len(one.published.payload) for one in group)
            self._changed.notify_all()
            return group

    def close(self) -> None:
        """Lets both threads go."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

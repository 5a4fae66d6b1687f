"""Messages that come in parts are joined again; what is missing can be asked for."""

from dataclasses import dataclass, field
from itertools import islice

from anlan.connectors.jt808.frame import Head

MOST_OPEN, _OF_A_PART = 8, 64
"""_OF_A_PART: bytes that a part costs beside its own; an empty one is not free."""

Key = tuple[str, int, int, int]


@dataclass(slots=True)
class _Open:
    """A message of which parts are here. asked: the indices that were asked for."""

    parts: dict[int, bytes] = field(default_factory=dict)
    size: int = 0
    asked: set[int] = field(default_factory=set)


class Parts:
    """What has begun and is not whole: at most `most` bytes and MOST_OPEN messages."""

    def __init__(self, most: int) -> None:
        self._most, self._size = most, 0
        self._open: dict[Key, _Open] = {}

    def add(self, head: Head, body: bytes) -> bytes | None:
        """The whole message where this part makes it whole."""
        total = head.total or 0
        if not 1 <= head.part <= total or total * _OF_A_PART > self._most:
            return None
        key = self._key(head)
        if key is None:
            key = (head.phone, head.id, total, _first(head))
            self._open[key] = _Open()
        message = self._open[key]
        if head.part not in message.parts:
            message.parts[head.part] = body
            message.size += len(body) + _OF_A_PART
            self._size += len(body) + _OF_A_PART
        if len(message.parts) == total:
            self._drop(key)
            return b"".join(message.parts[n] for n in range(1, total + 1))
        while self._size > self._most or len(self._open) > MOST_OPEN:
            self._drop(next(iter(self._open)))
        return None

    def missing(self, head: Head) -> tuple[int, list[int]]:
        """The serial of its first part and what to ask for now: nothing before its last is here."""
        key = self._key(head)
        if key is None:
            return 0, []
        message = self._open[key]
        if head.part != head.total and head.part != max(message.asked, default=0):
            return 0, []
        gaps = list(islice((n for n in range(1, key[2] + 1) if n not in message.parts), 255))
        message.asked = set(gaps)
        return key[3], gaps

    def has(self, head: Head) -> bool:
        """Whether the message of this part has begun and is not whole."""
        return self._key(head) is not None

    def _key(self, head: Head) -> Key | None:
        """Where a part belongs: by its serial, or to what asked for it where it bears a new one."""
        key = (head.phone, head.id, head.total or 0, _first(head))
        if key in self._open:
            return key
        alike = (one for one in self._open if one[:3] == key[:3])
        return next((one for one in alike if head.part in self._open[one].asked), None)

    def _drop(self, key: Key) -> None:
        self._size -= self._open.pop(key).size


def _first(head: Head) -> int:
    return (head.serial - head.part + 1) & 0xFFFF

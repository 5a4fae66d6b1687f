"""Requests over UDP are said again until they are answered (RFC 3261, 17.1)."""

from dataclasses import dataclass
from typing import Final

from anlan.connectors.gb28181.sip.message import Message

T1_MS: Final = 500
T2_MS: Final = 4_000
END_MS: Final = 64 * T1_MS
"""Timers B and F: after so long nobody waits for an answer any more."""
_MOST = 256


@dataclass(slots=True)
class _Open:
    """A request without an answer. next_ms: when it is said again · end_ms: when it is given up."""

    said: bytes
    is_invite: bool
    next_ms: int
    end_ms: int
    wait_ms: int = T1_MS


class Again:
    """The requests of one line."""

    def __init__(self) -> None:
        self._open: dict[str, _Open] = {}

    def __len__(self) -> int:
        return len(self._open)

    def put(self, name: str, said: bytes, now_ms: int) -> None:
        """Notes a request that is said now; the oldest is given up where there are too many."""
        one = _Open(said, name.endswith(" INVITE"), now_ms + T1_MS, now_ms + END_MS)
        self._open[name] = one
        if len(self._open) > _MOST:
            del self._open[next(iter(self._open))]

    def heard(self, message: Message) -> None:
        """Ends what a response answers; one that only says "wait" ends an INVITE's repeating, and
        slows that of others."""
        name = name_of(message)
        one = self._open.get(name)
        if one is None:
            return
        if message.status >= 200 or one.is_invite:
            del self._open[name]
        else:
            one.wait_ms = T2_MS

    def due(self, now_ms: int) -> bytes:
        """What is to be said again by now."""
        said = b""
        for name, one in list(self._open.items()):
            if now_ms >= one.end_ms:
                del self._open[name]
            elif now_ms >= one.next_ms:
                said += one.said
                one.wait_ms = 2 * one.wait_ms if one.is_invite else min(2 * one.wait_ms, T2_MS)
                one.next_ms = now_ms + one.wait_ms
        return said


def name_of(message: Message) -> str:
    """What names a request of ours, as a response to it repeats it."""
    number, method = message.asked
    return f"{message.first('call-id')} {number} {method}"

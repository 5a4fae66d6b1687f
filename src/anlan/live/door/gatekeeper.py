"""Who calls, how much it may send, and how much may be at work at once."""

import hmac
import time
from collections.abc import Callable

from anlan.live.door.wire import HttpError, Request
from anlan.live.view import OPERATOR, Access, View

_BURST_S = 10.0
"""A source may send so many seconds' worth at once."""


class Gatekeeper:
    """Answers who a caller is. token: of the operator, from the data folder."""

    def __init__(self, token: str) -> None:
        self._token = token

    def sender(self, request: Request, view: View) -> Access:
        """The source behind the request's key; HttpError 401 without a valid one."""
        text = _key_of(request)
        if not text:
            raise HttpError(401, "no key: send Authorization: Bearer KEY")
        if request.is_local and hmac.compare_digest(text.encode(), self._token.encode()):
            return OPERATOR
        access = view.access(text)
        if access is None:
            raise HttpError(401, "this key is not valid (any more)")
        return access

    def reader(self, request: Request, view: View) -> None:
        """Callers on this machine may read, others with any valid key; else HttpError 401."""
        if not request.is_local:
            self.sender(request, view)

    def operator(self, request: Request, view: View) -> None:
        """Only the holder of the token, on this machine; else HttpError 401 or 403."""
        if not self.sender(request, view).is_operator:
            raise HttpError(403, "only the operator of the data folder may do this")


def _key_of(request: Request) -> str:
    scheme, _, text = request.header(b"authorization").partition(" ")
    if scheme.lower() == "bearer":
        return text.strip()
    return request.header(b"x-api-key")


class Rates:
    """Readings per second of each key; a burst is paid back before more is taken."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._left: dict[str, tuple[float, float]] = {}

    def check(self, access: Access) -> None:
        """HttpError 429 with the time to wait, where the key has sent more than its rate."""
        if access.rate is None:
            return
        left = self._now(access.key, access.rate)
        if left <= 0:
            wait = -left / access.rate + 0.001
            raise HttpError(
                429,
                f"{access.source} sends more than its {access.rate:g} readings a second",
                retry_after_s=wait + 0.5,
            )

    def charge(self, access: Access, rows: int) -> None:
        """Counts rows that were sent."""
        if access.rate is not None:
            left = self._now(access.key, access.rate)
            self._left[access.key] = (left - rows, self._clock())

    def _now(self, key: str, rate: float) -> float:
        left, at = self._left.get(key, (_BURST_S * rate, self._clock()))
        return min(_BURST_S * rate, left + (self._clock() - at) * rate)


class Room:
    """Bytes of bodies at work; what is beyond is refused, so that memory stays bounded."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.bytes = 0
        self.requests = 0

    def take(self, size: int) -> None:
        """Takes room; HttpError 503 where there is none now."""
        if self.bytes + size > self.most_bytes:
            raise HttpError(503, "more is sent than can be stored now", retry_after_s=1)
        self.bytes += size

    def give(self, size: int) -> None:
        """Gives room back."""
        self.bytes -= size

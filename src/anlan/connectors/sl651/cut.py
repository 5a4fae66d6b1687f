"""A stream → frames, and what lies between them.

A frame is where a head, its length, an end and a check sum agree; of two that overlap, the one that
begins first. Everything else is refused, in one piece from one beginning to the next.
"""

from typing import NamedTuple

from anlan.connectors.sl651.heads import Head, head_at, is_end, start_from
from anlan.connectors.sl651.packet import MOST_BYTES
from anlan.connectors.sl651.sums import Sums

GARBAGE = "not a frame of SL 651"
_AT_ONCE = 1 << 16


class Piece(NamedTuple):
    """Bytes of the stream; reason: why they are no frame, empty where they are one."""

    raw: bytes
    reason: str = ""


class Cutter:
    """One stream. It keeps at most one frame that is not whole and one piece that is none.

    at: where it looks next; all before is no frame · tried: how many of the lengths that a head
    may mean were tried there · until: up to where what failed last may have reached · reason: why
    the bytes before `at` are no frame.
    """

    def __init__(self) -> None:
        self._data, self._sums = bytearray(), Sums()
        self._at = self._tried = self._until = 0
        self._reason = ""
        self._pieces: list[Piece] = []

    def feed(self, data: bytes) -> list[Piece]:
        """The pieces that are complete by now."""
        for start in range(0, len(data), _AT_ONCE):
            some = data[start : start + _AT_ONCE]
            self._data += some
            self._sums.add(some)
            while self._looked(is_last=False):
                pass
        return self._told()

    def end(self) -> list[Piece]:
        """The rest, as nothing comes any more."""
        while self._looked(is_last=True):
            pass
        self._refuse(len(self._data))
        return self._told()

    def _told(self) -> list[Piece]:
        pieces, self._pieces = self._pieces, []
        return pieces

    def _looked(self, *, is_last: bool) -> bool:
        """Looks at the next place where a frame may begin; whether to look on."""
        found = start_from(self._data, self._at)
        if found > self._at:
            self._at, self._tried = found, 0
        while self._at >= MOST_BYTES:
            self._shed()
        if self._at >= len(self._data):
            return False
        head = head_at(self._data, self._at)
        if head.flaw:
            self._pass(head.flaw)
            return True
        return self._judged(head, is_last=is_last)

    def _judged(self, head: Head, *, is_last: bool) -> bool:
        start, has = self._at, len(self._data)
        for body in head.bodies[self._tried :]:
            end = start + body + head.rest
            if end > has:
                break
            reason, self._tried = self._flaw(start, start + body, end), self._tried + 1
            if not reason:
                self._accept(start, end)
                return True
            if self._tried == len(head.bodies):
                self._fail(end if is_end(self._data[start + body]) else start + 1, reason)
                return True
        if is_last:
            of = f" of {head.bodies[-1] + head.rest}" if head.bodies else ""
            self._fail(has, f"cut short: {has - start}{of} bytes")
        return is_last

    def _flaw(self, start: int, body: int, end: int) -> str:
        if not is_end(self._data[body]):
            return f"wrong length: where the frame should end stands {self._data[body]:02x}"
        told, right = self._data[body + 1 : end], f"{self._sums.between(start, body + 1):04x}"
        said = told.hex() if len(told) == 2 else told.decode("ascii", "replace").lower()
        return "" if said == right else f"wrong check sum: {said}, reckoned {right}"

    def _accept(self, start: int, end: int) -> None:
        self._refuse(start)
        self._pieces.append(Piece(bytes(self._data[: end - start])))
        self._drop(end - start)

    def _fail(self, until: int, reason: str) -> None:
        """What begins here is none: a piece of its own, unless it lies in what looked like one."""
        if self._at >= self._until:
            until -= self._at
            self._refuse(self._at)
            self._reason, self._until = reason, until
        self._pass(reason)

    def _pass(self, reason: str) -> None:
        if not self._at:
            self._reason = self._reason or reason
        self._at, self._tried = self._at + 1, 0

    def _shed(self) -> None:
        """What is no frame is kept only as long as one can be."""
        reason, until = self._reason, self._until
        self._refuse(MOST_BYTES)
        self._reason, self._until = reason, max(0, until - MOST_BYTES)

    def _refuse(self, count: int) -> None:
        """Takes so many bytes from the front as a piece that is no frame."""
        if count:
            self._pieces.append(Piece(bytes(self._data[:count]), self._reason or GARBAGE))
            self._drop(count)

    def _drop(self, count: int) -> None:
        del self._data[:count]
        self._sums.drop(count)
        self._at, self._tried, self._until, self._reason = max(0, self._at - count), 0, 0, ""

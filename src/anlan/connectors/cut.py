"""A stream → pieces, for protocols whose frames begin with a mark and tell their own length.

A mark begins a frame where the protocol's judge says so; the earliest such mark wins. Where one is
wrong the search goes on one byte later, so that what is broken never hides a good frame. What is no
frame is one piece up to the next good one, or to the end of the broken frame that it is. All is
decided by the bytes alone, never by how they arrived.
"""

from collections.abc import Callable
from typing import NamedTuple

Piece = tuple[bytes, str]
"""The bytes, and why they are no frame: empty where they are one."""

_NOTHING = "not this protocol: nothing in it begins a frame"
_PIECE_BYTES = 1_024


class Judge(NamedTuple):
    """How frames begin, and where one ends: of what is kept and the place of a mark in it.

    The end lies behind what is kept where the frame is unfinished, and at the mark where it has
    none; the reason says why it is no frame.
    """

    mark: bytes
    judge: Callable[[bytes, int], tuple[int, str]]


class Cutter:
    """One stream. Keeps an unfinished frame, and less than 1,024 bytes before it that are none."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._kept = b""
        self._at = 0  # before this nothing begins a frame
        self._reason = ""  # why what is kept is none

    def feed(self, data: bytes) -> list[Piece]:
        """The pieces that are complete by now."""
        self._kept += data
        return self._cut(is_end=False)

    def end(self) -> list[Piece]:
        """The same at the end of the stream, where what is unfinished is cut short."""
        return self._cut(is_end=True)

    def _cut(self, *, is_end: bool) -> list[Piece]:
        (mark, judge), kept, at = self._judge, self._kept, self._at
        strip = _Strip(kept, mark, self._reason)
        while (start := kept.find(mark, at)) >= 0:
            strip.reach(start)
            end, reason = judge(kept, start)
            if end > len(kept) and not is_end:
                at = start
                break
            at = strip.broken(start, end, reason) if reason else strip.frame(start, end)
        else:
            begun = (n for n in range(len(mark) - 1, 0, -1) if kept.endswith(mark[:n]))
            at = max(at, len(kept) - next(begun, 0))
            strip.reach(at)
        if is_end:
            strip.close(len(kept))
            at = len(kept)
        self._kept, self._at, self._reason = kept[strip.start :], at - strip.start, strip.reason
        return strip.pieces


class _Strip:
    """Bytes that are being cut. start: of the piece at hand · reason: why it is no frame."""

    def __init__(self, kept: bytes, mark: bytes, reason: str) -> None:
        self.pieces: list[Piece] = []
        self.start, self.reason = 0, reason
        self._kept, self._mark = kept, mark

    def reach(self, at: int) -> None:
        """Nothing before `at` begins a frame: what is long enough of it is a piece."""
        while at - self.start >= _PIECE_BYTES:
            self._piece(self.start + _PIECE_BYTES)

    def close(self, at: int) -> None:
        """What is left before `at` is a piece."""
        self.reach(at)
        if at > self.start:
            self._piece(at)

    def _piece(self, end: int) -> None:
        self.pieces.append((self._kept[self.start : end], self.reason or _NOTHING))
        self.start, self.reason = end, ""

    def frame(self, start: int, end: int) -> int:
        """A good frame; gives where to look on, as the next does."""
        self.close(start)
        self.pieces.append((self._kept[start:end], ""))
        self.start = end
        return end

    def broken(self, start: int, end: int, reason: str) -> int:
        """No good one; by itself where it has its end and nothing in it could be one."""
        if start < end <= len(self._kept) and self._kept.find(self._mark, start + 1, end) < 0:
            self.close(start)
            self.reason = reason
            self._piece(end)
            return end
        self.reason = self.reason or reason
        return start + 1

"""A stream → pieces: whole frames, and what lies between them.

A mark begins a frame where the length it tells, the end and the check sum are right; the earliest
such mark wins. Where one is wrong the search goes on one byte later, so that what is broken never
hides a good frame. What is no frame is one piece up to the next good one, or to the end of the
broken frame that it is. All is decided by the bytes alone, never by how they arrived.
"""

from anlan.connectors.gb26875.heads import (
    AROUND,
    END,
    HEAD_BYTES,
    MARK,
    MOST_BYTES,
    MOST_UNIT,
    check_sum,
)

Piece = tuple[bytes, str]
"""The bytes, and why they are no frame: empty where they are one."""

_NOTHING = "not this protocol: nothing in it begins a frame"


class Cutter:
    """One stream. Keeps an unfinished frame, and before it less than another of what is none."""

    def __init__(self) -> None:
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
        kept, at = self._kept, self._at
        strip = _Strip(kept, self._reason)
        while (mark := kept.find(MARK, at)) >= 0:
            strip.reach(mark)
            end, reason = _judge(kept, mark)
            if end > len(kept) and not is_end:
                at = mark
                break
            at = strip.broken(mark, end, reason) if reason else strip.frame(mark, end)
        else:
            at = max(at, len(kept) - kept.endswith(MARK[:1]))
            strip.reach(at)
        if is_end:
            strip.close(len(kept))
            at = len(kept)
        self._kept, self._at, self._reason = kept[strip.start :], at - strip.start, strip.reason
        return strip.pieces


class _Strip:
    """Bytes that are being cut. start: of the piece at hand · reason: why it is no frame."""

    def __init__(self, kept: bytes, reason: str) -> None:
        self.pieces: list[Piece] = []
        self.start, self.reason = 0, reason
        self._kept = kept

    def reach(self, at: int) -> None:
        """Nothing before `at` begins a frame: what is long enough of it is a piece."""
        while at - self.start >= MOST_BYTES:
            self._piece(self.start + MOST_BYTES)

    def close(self, at: int) -> None:
        """What is left before `at` is a piece."""
        self.reach(at)
        if at > self.start:
            self._piece(at)

    def _piece(self, end: int) -> None:
        self.pieces.append((self._kept[self.start : end], self.reason or _NOTHING))
        self.start, self.reason = end, ""

    def frame(self, mark: int, end: int) -> int:
        """A good frame; gives where to look on, as the next does."""
        self.close(mark)
        self.pieces.append((self._kept[mark:end], ""))
        self.start = end
        return end

    def broken(self, mark: int, end: int, reason: str) -> int:
        """No good one; by itself where it has its end and nothing in it could be one."""
        if mark < end <= len(self._kept) and self._kept.find(MARK, mark + 1, end) < 0:
            self.close(mark)
            self.reason = reason
            self._piece(end)
            return end
        self.reason = self.reason or reason
        return mark + 1


def _judge(kept: bytes, mark: int) -> tuple[int, str]:
    """Where the frame of a mark ends, and why it is none.

    The end lies behind what is kept where the frame is unfinished, and at the mark where it has
    none.
    """
    came = len(kept) - mark
    if came < HEAD_BYTES:
        return len(kept) + 1, f"cut short: {came} of the first {HEAD_BYTES} bytes came"
    size = kept[mark + 24] | kept[mark + 25] << 8
    if size > MOST_UNIT:
        return mark, f"wrong length: a data unit of {size} bytes, {MOST_UNIT} are allowed"
    end = mark + AROUND + size
    if end > len(kept):
        return end, f"cut short: {came} of {AROUND + size} bytes came"
    if kept[end - 2 : end] != END:
        return mark, (
            f"wrong length or end: {END.hex()} should end {AROUND + size} bytes, "
            f"{kept[end - 2 : end].hex()} does"
        )
    wanted = check_sum(kept[mark : end - 3])
    if kept[end - 3] != wanted:
        return end, f"wrong check sum: {kept[end - 3]:02x} came, {wanted:02x} is right"
    return end, ""

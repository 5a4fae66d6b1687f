"""A stream → pieces: frames whose length and check sum are right, and what lies between them.

A frame is `##`, four digits, that many bytes, and a check sum of four hexadecimal digits. It holds
no line end and no other head; so one that was cut short or bears a wrong length ends where the
next begins or the line does, and costs no other. All is decided by the bytes alone, never by how
they arrived, and each byte is looked at a bounded number of times.
"""

import re

from anlan.connectors.hj212.crc import crc_of

MOST_BYTES = 10_240
"""Of what is kept of an unfinished frame; four digits allow 9,999 bytes of data."""

_LONGEST = MOST_BYTES - 64
_HEAD, _SUM = 6, 4
_HEADS = re.compile(rb"##([0-9]{4})")
_BEGINS = re.compile(rb"##[0-9]{4}[A-Za-z]{2,4}=")
_BEGIN = 11
_ENDS = re.compile(rb"(?:[\r\n]|\\r|\\n)*")
"""Line ends; also as people paste them, written out."""

Piece = tuple[bytes, str]
"""The bytes without their line end, and why they are no frame: empty where they are one."""


class Cutter:
    """One stream."""

    def __init__(self) -> None:
        self._kept = b""
        self._sought = 0  # the unit at the front has no stop before this
        self._is_wrong = False  # it is no frame, and lasts until a stop comes

    def feed(self, data: bytes) -> list[Piece]:
        """The pieces that are complete by now."""
        self._kept += data
        return self._cut(is_end=False)

    def end(self) -> list[Piece]:
        """What was begun, as it stands."""
        return self._cut(is_end=True)

    def _cut(self, *, is_end: bool) -> list[Piece]:
        kept, at, pieces = self._kept, 0, []
        while (at := _past_line_ends(kept, at)) < len(kept):
            found = self._piece(kept, at, is_end=is_end)
            if found is None:
                break
            pieces.append(found)
            at += len(found[0])
            self._sought, self._is_wrong = 0, False
        self._kept, self._sought = kept[at:], max(0, self._sought - at)
        return pieces

    def _piece(self, kept: bytes, at: int, *, is_end: bool) -> Piece | None:
        """The piece that begins here; None where more must come to tell where it ends."""
        if not is_end and len(kept) - at == 1 and kept[at:] == b"\\":
            return None  # perhaps a line end, written out
        head = _HEADS.match(kept, at)
        if head is not None and not self._is_wrong:
            end = at + _HEAD + int(head[1]) + _SUM
            if len(kept) >= end:
                if _is_summed(kept, at, end) and _stop(kept, at + _HEAD, end) is None:
                    return kept[at:end], ""
                self._is_wrong = True
        stop = _stop(kept, max(self._sought, at + (_HEAD if head else 1)), at + _LONGEST)
        self._sought = len(kept) - _BEGIN
        if stop is None and len(kept) - at >= _LONGEST + _BEGIN:
            stop = at + _LONGEST
        if stop is None and is_end:
            stop = min(len(kept), at + _LONGEST)
        return None if stop is None else (kept[at:stop], _reason(kept[at:stop]))


def _past_line_ends(kept: bytes, at: int) -> int:
    ends = _ENDS.match(kept, at)
    return ends.end() if ends else at


def _stop(kept: bytes, start: int, limit: int) -> int | None:
    """The first place from start, before limit, where what is no frame ends."""
    stop = None
    for line_end in (b"\r", b"\n"):
        found = kept.find(line_end, start, limit)
        if found >= 0:
            stop = limit = found
    if kept.find(b"##", start, limit) >= 0:
        begin = _BEGINS.search(kept, start, limit + _BEGIN - 1)
        if begin is not None and begin.start() < limit:
            return begin.start()
    return stop


def _is_summed(kept: bytes, at: int, end: int) -> bool:
    given = kept[end - _SUM : end]
    return given.upper() == b"%04X" % crc_of(kept[at + _HEAD : end - _SUM])


def _reason(piece: bytes) -> str:
    """Why a piece is no frame."""
    head = _HEADS.match(piece)
    if head is None:
        if piece.startswith(b"##") and len(piece) < _HEAD:
            return f"cut short: {len(piece)} bytes of a frame"
        is_begun = piece.startswith(b"##")
        return "no length: four digits must follow ##" if is_begun else "no frame: no ## to begin"
    said, size = int(head[1]), len(piece) - _HEAD - _SUM
    if size >= 0 and size != said and _is_summed(piece, 0, len(piece)):
        return f"wrong length: the head says {said} bytes of data, there are {size}"
    if size < said:
        return f"cut short: {len(piece)} bytes of {said + _HEAD + _SUM}"
    given = piece[_HEAD + said : _HEAD + said + _SUM].decode("ascii", "replace")
    wanted = crc_of(piece[_HEAD : _HEAD + said])
    if re.fullmatch(r"[0-9A-Fa-f]{4}", given):
        return f"wrong check sum: the frame says {given.upper()}, its data give {wanted:04X}"
    return f"no check sum after the {said} bytes that the head says"

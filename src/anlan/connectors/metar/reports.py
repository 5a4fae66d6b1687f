"""A stream → reports: one a line; in a bulletin 公报 each up to its `=`, over several lines."""

import re

Piece = tuple[bytes, str]
"""The bytes, and why they are no report: empty where they may be one."""

MOST_BYTES = 2_048
_HEADING = re.compile(rb"S[AP][A-Z]{2}[0-9]{2} [A-Z]{4} [0-9]{6}(?: [A-Z]{3})?")
_AROUND = re.compile(
    rb"(?:ZCZC.*|NNNN|[0-9]{3,5}|METAR|SPECI|METAR COR|SPECI COR|[0-9]{4}/[0-9]{2}/[0-9]{2} .*)"
)
_BEGIN = re.compile(rb"(?:METAR|SPECI)\b")
_CONTROLS = bytes(range(9)) + b"\x0b\x0c\x0e\x0f\x1b"


class Reports:
    """One stream. Keeps an unfinished line, and in a bulletin an unfinished report."""

    def __init__(self) -> None:
        self._line = b""
        self._report: list[bytes] = []
        self._in_collective = False

    def feed(self, data: bytes) -> list[Piece]:
        """The reports that are complete by now."""
        self._line += data
        pieces: list[Piece] = []
        at = 0
        while True:
            end = self._line.find(b"\n", at, at + MOST_BYTES) + 1
            if not end and len(self._line) - at < MOST_BYTES:
                break
            end = end or at + MOST_BYTES
            pieces += self._take(self._line[at:end])
            at = end
        self._line = self._line[at:]
        return pieces

    def end(self) -> list[Piece]:
        """What is left, also without its end."""
        last, self._line = self._line, b""
        pieces = self._take(last) + self._finish()
        self._in_collective = False
        return pieces

    def _take(self, line: bytes) -> list[Piece]:
        text = line.translate(None, _CONTROLS).strip()
        if _HEADING.fullmatch(text):
            pieces = self._finish()
            self._in_collective = True
            return pieces
        if not text or _AROUND.fullmatch(text):
            pieces = self._finish()
            self._in_collective = self._in_collective and text != b"NNNN"
            return pieces
        if not self._in_collective:
            return [(one, "") for one in _parted(text)]
        return self._go_on(text)

    def _go_on(self, text: bytes) -> list[Piece]:
        """A line of a bulletin."""
        pieces = self._finish() if _BEGIN.match(text) else []
        *whole, last = text.split(b"=")
        for one in whole:
            self._report.append(one)
            pieces += self._finish()
        if last.strip():
            self._report.append(last)
        if sum(map(len, self._report)) >= MOST_BYTES:
            pieces += self._finish()
        return pieces

    def _finish(self) -> list[Piece]:
        text, self._report = b" ".join(one.strip() for one in self._report), []
        return [(one, "") for one in _parted(text[:MOST_BYTES])]


def _parted(text: bytes) -> list[bytes]:
    return [one.strip() for one in text.split(b"=") if one.strip()]

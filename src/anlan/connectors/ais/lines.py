"""A stream → sentences: `!AIVDM,…*24` or `$GPGGA,…*47`, one a line or several, a tag block before.

A line ends at a line feed; one that is too long is taken in pieces, so that nothing is kept for
long and no sentence in it is lost. What stands between sentences is no frame.
"""

import re

Piece = tuple[bytes, str]
"""The bytes, and why they are no sentence: empty where they may be one."""

MOST_LINE, MOST_SENTENCE = 1_024, 400
_SENTENCE = re.compile(
    rb"(?:\\[^\\\r\n]{1,200}\\)?[!$][^!$\\*\r\n]{1,300}\*[0-9A-Fa-f]{2}(?:,[^!$\\\r\n]{0,90})?"
)


class Lines:
    """One stream. Keeps an unfinished line."""

    def __init__(self) -> None:
        self._kept = b""

    def feed(self, data: bytes) -> list[Piece]:
        """The sentences that are complete by now."""
        self._kept += data
        pieces: list[Piece] = []
        at = 0
        while True:
            end = self._kept.find(b"\n", at, at + MOST_LINE)
            if end >= 0:
                end += 1
            elif len(self._kept) - at >= MOST_LINE:
                end = _place_to_cut(self._kept, at)
            else:
                break
            pieces += sentences_of(self._kept[at:end])
            at = end
        self._kept = self._kept[at:]
        return pieces

    def end(self) -> list[Piece]:
        """What is left, also without its line feed."""
        last, self._kept = self._kept, b""
        return sentences_of(last)


def _place_to_cut(kept: bytes, at: int) -> int:
    """Before the last sentence that may go on behind the piece."""
    end = at + MOST_LINE
    begin = max(kept.rfind(mark, end - MOST_SENTENCE, end) for mark in (b"!", b"$"))
    return begin if begin > at else end


def sentences_of(line: bytes) -> list[Piece]:
    """The sentences of a line, and what is none."""
    pieces: list[Piece] = []
    at = 0
    for found in _SENTENCE.finditer(line):
        pieces += _other(line[at : found.start()])
        pieces.append((found.group(), ""))
        at = found.end()
    return pieces + _other(line[at:])


def _other(between: bytes) -> list[Piece]:
    if not between.strip():
        return []
    begins = b"!" in between or b"$" in between
    reason = "cut short: no check sum" if begins else "not this protocol: nothing begins a sentence"
    return [(between, reason)]

"""Messages of several sentences, put together again in whatever order these come."""

import re
from typing import NamedTuple

from anlan.connectors.ais.sentence import Sentence
from anlan.terms.errors import Malformed

MOST_PARTS = 9
_FIELDS, _MOST_FILL = 6, 5
_MOST_OPEN, _MOST_PATIENCE = 64, 1_000
_PAYLOAD = re.compile(r"[0-W`-w]*")


class Part(NamedTuple):
    """One sentence of a message. key: what all of its sentences have alike."""

    sentence: Sentence
    total: int
    number: int
    key: tuple[str, ...]
    payload: str
    fill: int


def part_of(sentence: Sentence) -> Part:
    """Malformed for a sentence that carries no part of a message."""
    fields = sentence.fields
    if len(fields) != _FIELDS:
        raise Malformed(f"wrong length: {len(fields)} fields, {_FIELDS} are right")
    total, number, sequence, channel, payload, fill = fields
    counts = (total, number, fill)
    if not all(one.isdigit() and len(one) == 1 for one in counts):
        raise Malformed(f"not this protocol: parts {total!r}, {number!r}, fill bits {fill!r}")
    if not 1 <= int(number) <= int(total) or int(fill) > _MOST_FILL:
        raise Malformed(f"not this protocol: part {number} of {total}, {fill} fill bits")
    if _PAYLOAD.fullmatch(payload) is None:
        raise Malformed("not this protocol: the payload has characters that stand for nothing")
    if not payload:
        raise Malformed("cut short: the payload is empty")
    key = (sentence.talker, sentence.formatter, total, sequence, channel)
    return Part(sentence, int(total), int(number), key, payload, int(fill))


class _Open(NamedTuple):
    parts: dict[int, Part]
    begun: int


class Parcels:
    """Those that are not whole yet: of the last sentences, and not too many."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, ...], _Open] = {}
        self._count = 0

    def put(self, part: Part) -> tuple[list[Part], list[list[Part]]]:
        """The parts of the message that is whole by now, if it is, and those of messages that will
        never be."""
        if part.total == 1:
            return [part], []
        self._count += 1
        lost = []
        found = self._open.get(part.key)
        if found is not None and part.number in found.parts:
            lost.append(self._take(part.key))
            found = None
        if found is None:
            found = self._open[part.key] = _Open({}, self._count)
        found.parts[part.number] = part
        whole = self._take(part.key) if len(found.parts) == part.total else []
        return whole, lost + self._old()

    def _take(self, key: tuple[str, ...]) -> list[Part]:
        return [part for _, part in sorted(self._open.pop(key).parts.items())]

    def _old(self) -> list[list[Part]]:
        """Those that have waited too long."""
        old = []
        while self._open:
            key, first = next(iter(self._open.items()))
            if len(self._open) <= _MOST_OPEN and self._count - first.begun < _MOST_PATIENCE:
                break
            old.append(self._take(key))
        return old

    def end(self) -> list[list[Part]]:
        """All that are not whole."""
        return [self._take(key) for key in list(self._open)]

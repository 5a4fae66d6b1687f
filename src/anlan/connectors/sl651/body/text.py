"""Reports in ASCII: identifier, space, data, space (6.6.2)."""

import re

from anlan.connectors.sl651.body.binary import Form
from anlan.connectors.sl651.body.entries import (
    FIVE_MIN_MS,
    Entry,
    Place,
    Value,
    at_gate,
    judged,
    one_value,
    series,
)
from anlan.connectors.sl651.tables.elements import BY_CODE, MANUAL, PICTURE, STATE, STEP, Element
from anlan.terms.errors import Malformed

_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.([0-9]*))?")
_STEP = re.compile(r"DR([DHN])([0-9]{2})")
_STEPS_MS = {"D": 86_400_000, "H": 3_600_000, "N": 60_000}
_BLOBS = {b"RGZS": MANUAL, b"PIC": PICTURE}
_NONE = "M"


class TextReport:
    """The elements of one body; the same as `binary.Report`."""

    def __init__(self, body: bytes, at: int, form: Form) -> None:
        self.entries: list[Entry] = []
        self.place, self.kind = Place(""), 0
        self.rest, self.fault = b"", ""
        self.blob: tuple[int, bytes] | None = None
        self._body, self._form, self._step_ms = body, form, -1
        while at < len(body):
            start = at
            word, at = self._word(at)
            if not word:
                continue
            try:
                at = self._blob(word, at) or self._led(word.decode("ascii"), at)
            except (Malformed, UnicodeDecodeError) as error:
                self.rest, self.fault = body[start:], f"the rest is not to be read: {error}"
                return

    def _word(self, at: int) -> tuple[bytes, int]:
        """The next word, and where the one behind it begins."""
        end = self._body.find(b" ", at)
        end = len(self._body) if end < 0 else end
        return self._body[at:end], end + 1

    def _blob(self, word: bytes, at: int) -> int:
        ident = _BLOBS.get(word)
        if ident is None:
            return 0
        self.blob = (ident, self._body[at:])
        return len(self._body) + 1

    def _led(self, word: str, at: int) -> int:
        """What an identifier leads in; where the next word begins."""
        if word == "ST":
            told, at = self._said(word, at)
            self.place = Place(told.lower())
            return self._class(at)
        if word == "TT":
            told, at = self._said(word, at)
            self.place = Place(self.place.station, told)
            return at
        step = _STEP.fullmatch(word)
        if step is not None:
            self._step_ms = int(step[2]) * _STEPS_MS[step[1]]
            more = {"step_min": self._step_ms // 60_000}
            self.entries.append(Entry(self.place, STEP, word, 0, more=more))
            return at
        if self._form.is_uniform and self._step_ms >= 0 and word in BY_CODE:
            after = self._rows(at - len(word) - 1)
            if after:
                return after
        told, at = self._said(word, at)
        entry = entry_of(self.place, word, told)
        self.entries.append(entry)
        self.place = at_gate(self.place, entry)
        return at

    def _said(self, word: str, at: int) -> tuple[str, int]:
        if at > len(self._body):
            raise Malformed(f"{word} without its data")
        told, at = self._word(at)
        return told.decode("ascii"), at

    def _class(self, at: int) -> int:
        word, after = self._word(at)
        if not self._form.has_class or len(word) != 1:
            return at
        self.kind = self.kind or word[0]
        return after

    def _rows(self, at: int) -> int:
        """Identifiers, then the data of each in turn at each step; 0 where they do not fit."""
        words = self._body[at:].decode("ascii").split()
        count = next((n for n, one in enumerate(words) if one not in BY_CODE), len(words))
        data = words[count:]
        if not data or len(data) % count:
            return 0
        for place, code in enumerate(words[:count]):
            self.entries.append(self._column(BY_CODE[code], data[place::count]))
        return len(self._body) + 1

    def _column(self, element: Element, words: list[str]) -> Entry:
        raw = " ".join(words)
        entries = [entry_of(self.place, element.code, one) for one in words]
        fault = next((one.fault for one in entries if one.fault), "")
        values = tuple(value for one in entries for value in one.values) if not fault else ()
        step_ms = FIVE_MIN_MS if element.is_series else self._step_ms
        return Entry(self.place, element.ident, raw, entries[0].decimals, values, step_ms, fault)


def entry_of(place: Place, code: str, word: str) -> Entry:
    """One element with its data."""
    element = BY_CODE.get(code)
    if element is None:
        return Entry(place, 0, word, 0, more={"code": code})
    if element.is_series:
        return _series(place, element, word)
    if element.ident == STATE and re.fullmatch(r"[0-9A-Fa-f]{1,8}", word):
        return one_value(place, STATE, word.lower(), 0)
    try:
        value, decimals = text_number(word)
    except Malformed as error:
        return Entry(place, element.ident, word, 0, fault=str(error))
    return judged(Entry(place, element.ident, word, decimals, (value,)))


def _series(place: Place, element: Element, word: str) -> Entry:
    values: tuple[Value, ...] = (None,)
    try:
        if word != _NONE:
            values = series(element.ident, bytes.fromhex(word))
    except ValueError:
        fault = f"{word[:60]} is no series"
        return Entry(place, element.ident, word, 0, (), FIVE_MIN_MS, fault)
    return Entry(place, element.ident, word, element.decimals, values, FIVE_MIN_MS)


def text_number(word: str) -> tuple[float | None, int]:
    """A number and its decimals; None where there is none. Raises Malformed for another text."""
    found = _NUMBER.fullmatch(word)
    if found is not None:
        return float(word), len(found[1] or "")
    if word == _NONE or (word and word.upper() in ("F" * len(word), "A" * len(word))):
        return None, 0
    raise Malformed(f"{word[:40]!r} is no number")

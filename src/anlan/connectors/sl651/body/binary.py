"""Reports in binary: identifier, one byte of definition, data (6.6.3)."""

from typing import NamedTuple

from anlan.connectors.sl651.body.digits import number
from anlan.connectors.sl651.body.entries import (
    FIVE_MIN_MS,
    Entry,
    Place,
    Value,
    at_gate,
    one_value,
    series,
)
from anlan.connectors.sl651.tables.elements import (
    FLOWS,
    LAST_LEVEL,
    MANUAL,
    MORE,
    OBSERVED,
    PICTURE,
    RAIN,
    STATION,
    STEP,
)
from anlan.terms.errors import Malformed

_DAY_MS, _HOUR_MS, _MINUTE_MS = 86_400_000, 3_600_000, 60_000


_LED_IN = (b"\x45\x20", b"\xf0\xf0", b"\xf2\xf2", b"\xf3\xf3")
"""What stands behind a class where no function says that there is one."""


class Form(NamedTuple):
    """How reports of a function are made. has_class: the class of the station stands behind its
    address · is_uniform: one element with its data at each step of time."""

    has_class: bool
    is_uniform: bool


class Item(NamedTuple):
    """An identifier with its data. after: where the next begins."""

    ident: int
    raw: bytes
    decimals: int
    after: int


def item_at(body: bytes, at: int) -> Item:
    """Raises Malformed where the body ends before the data does."""
    extended = body[at] == MORE
    define = at + 1 + extended
    if define >= len(body):
        raise Malformed("an identifier without its definition")
    ident = MORE << 8 | body[at + 1] if extended else body[at]
    size, start = body[define] >> 3, define + 1
    if not size:
        raise Malformed(f"{ident:02x} has no data")
    if start + size > len(body):
        raise Malformed(f"{ident:02x} has {len(body) - start} of {size} bytes")
    return Item(ident, body[start : start + size], body[define] & 7, start + size)


class Report:
    """The elements of one body.

    kind: the class of the first station, 0 where it is not told · rest: what could not be read,
    and fault, why · blob: a text or picture, and of which identifier.
    """

    def __init__(self, body: bytes, at: int, form: Form) -> None:
        self.entries: list[Entry] = []
        self.place, self.kind = Place(""), 0
        self.rest, self.fault = b"", ""
        self.blob: tuple[int, bytes] | None = None
        self._body, self._form, self._step_ms = body, form, -1
        self._read(at)

    def _read(self, at: int) -> None:
        body = self._body
        while at < len(body):
            try:
                at = self._marked(at) if body[at] >= OBSERVED else self._item(at)
            except (Malformed, IndexError) as error:
                self.rest, self.fault = body[at:], f"the rest is not to be read: {error}"
                return

    def _marked(self, at: int) -> int:
        """What identifiers from F0 on lead in; where the next begins."""
        body, ident = self._body, self._body[at]
        if ident in (OBSERVED, STATION) and body[at + 1] == ident:
            told = body[at + 2 : at + 7]
            if len(told) < 5:
                raise Malformed(f"{ident:02x} has {len(told)} of 5 bytes")
            if ident == OBSERVED:
                self.place = Place(self.place.station, told.hex())
                return at + 7
            return self._station(told.hex(), at + 7)
        if ident in (MANUAL, PICTURE, FLOWS):
            self.blob = (ident, body[at + 2 :])
            return len(body)
        return self._item(at)

    def _station(self, station: str, at: int) -> int:
        """Begins with another station; its class stands behind where the function has one, and
        some stations tell it elsewhere as well."""
        self.place = Place(station)
        body = self._body
        if at >= len(body) or body[at] == OBSERVED:
            return at
        if not self._form.has_class and body[at + 1 : at + 3] not in _LED_IN:
            return at
        self.kind = self.kind or body[at]
        return at + 1

    def _item(self, at: int) -> int:
        item = item_at(self._body, at)
        if self._form.is_uniform and self._step_ms >= 0 and item.raw:
            size, rest = len(item.raw), self._body[item.after - len(item.raw) :]
            if not len(rest) % size:
                self.entries.append(self._group(item, rest))
                return len(self._body)
        if item.ident == STEP:
            self.entries.append(self._step(item))
        elif RAIN <= item.ident <= LAST_LEVEL:
            values = series(item.ident, item.raw)
            self.entries.append(
                Entry(self.place, item.ident, item.raw.hex(), item.decimals, values, FIVE_MIN_MS)
            )
        else:
            entry = one_value(self.place, item.ident, item.raw.hex(), item.decimals)
            self.entries.append(entry)
            self.place = at_gate(self.place, entry)
        return item.after

    def _step(self, item: Item) -> Entry:
        """Days, hours and minutes, of which one is not 0, or all are: five minutes of an hour."""
        digits = item.raw.hex()
        if len(digits) != 6 or not digits.isdecimal():
            return Entry(self.place, STEP, digits, 0, fault=f"{digits} is no step of time")
        parts = [int(digits[at : at + 2]) for at in (0, 2, 4)]
        self._step_ms = parts[0] * _DAY_MS + parts[1] * _HOUR_MS + parts[2] * _MINUTE_MS
        more = {"step_min": self._step_ms // _MINUTE_MS}
        return Entry(self.place, STEP, digits, 0, (float(digits),), more=more)

    def _group(self, item: Item, rest: bytes) -> Entry:
        """The data of one element at each step until the end."""
        if RAIN <= item.ident <= LAST_LEVEL:
            values: tuple[Value, ...] = series(item.ident, rest)
            return Entry(self.place, item.ident, rest.hex(), item.decimals, values, FIVE_MIN_MS)
        size = len(item.raw)
        groups = [rest[at : at + size].hex() for at in range(0, len(rest), size)]
        fault = ""
        try:
            values = tuple([number(one, item.decimals) for one in groups])
        except Malformed as error:
            values, fault = (), str(error)
        return Entry(
            self.place, item.ident, rest.hex(), item.decimals, values, self._step_ms, fault
        )

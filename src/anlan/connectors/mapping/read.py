"""A message → what it holds, by its form. Nothing but Malformed leaves it.

rows    docs/how-to/mqtt.md; the other shapes know where everything stands:
flat    {"sensor": …, "time": …, "value": …[, "quality": …][, "received": …]}, or a list of them
values  {"ts": …, "values": {name: value, …}}, or a list of them (ThingsBoard's telemetry)
senml   a pack of RFC 8428: [{"bn": …, "bt": …}, {"n": …, "v": …, "t": …}, …]

A reading without a time of its own is a fault, unless the form says that its time is that of
arrival: a time made up at reception differs when the message is delivered again.
"""

from typing import Any

import msgspec

from anlan.connectors import Fault
from anlan.connectors.mapping import Heard, Message, Taken
from anlan.connectors.mapping.cells import plain_text
from anlan.connectors.mapping.coding import inner
from anlan.connectors.mapping.form import Form
from anlan.connectors.mapping.rows import read_row
from anlan.connectors.mapping.shapes import SHAPES, parts_of
from anlan.connectors.mapping.trails import MISSING, Spot
from anlan.terms.errors import Malformed
from anlan.terms.rows import shown

UNREADABLE = "unreadable"
MOST_FAULTS = 1_000
"""Faults of one message that are told each by itself; the rest are one that says how many."""


def fits(form: Form, content: Any) -> bool:
    """Whether what the form asks for stands in a message."""
    top = Spot(content)
    return all(_is(trail.find(top), word) for trail, word in form.when)


def _is(cell: Any, word: str) -> bool:
    """Whether a cell is the word, number or truth that a mapping names."""
    if isinstance(cell, bool):
        return str(cell).lower() == word.lower()
    return (str(cell) if isinstance(cell, float) else plain_text(cell)) == word


def read(form: Form, message: Message) -> Taken:
    """What a message holds, and a fault for each part that is no reading, up to MOST_FAULTS.

    Raises Malformed where the message as a whole cannot be read.
    """
    faults = _Faults(message.where)
    taken = Taken([], faults.kept, [])
    try:
        outer = Spot(message.content) if form.inside is not None else None
        message = message._replace(content=_unwrapped(form, message.content))
        if form.shape == "rows":
            for spot in form.rows.each(message.content, outer):
                read_row(form, message, spot, into=taken, fault=faults.add)
        else:
            _read_parts(form, message, taken, faults)
    except Malformed as error:
        raise Malformed(error.message, where=message.where) from error
    faults.close()
    return taken


def _read_parts(form: Form, message: Message, taken: Taken, faults: "_Faults") -> None:
    for part in parts_of(form, message.content):
        try:
            taken.readings.extend(SHAPES[form.shape](form, message.levels, part))
        except Malformed as error:
            faults.add(str(error), part)
    if form.device is not None and not message.is_kept:
        device = form.device.fill(message.levels, {}, Spot(None))
        taken.heard.append(Heard(device, None, {one.sensor: one.sensor for one in taken.readings}))


def _unwrapped(form: Form, content: Any) -> Any:
    if form.inside is None:
        return content
    cell = form.inside.at.find(Spot(content))
    if cell is MISSING:
        raise Malformed("what the mapping looks inside is not there")
    return inner(cell, form.inside.coding)


class _Faults:
    """The first faults of a message, and how many more there are."""

    def __init__(self, where: str) -> None:
        self._where, self._more = where, 0
        self.kept: list[Fault] = []

    def add(self, reason: str, part: Any) -> None:
        if len(self.kept) < MOST_FAULTS:
            self.kept.append(Fault(UNREADABLE, f"{self._where}: {reason}", _as_text(part)))
        else:
            self._more += 1

    def close(self) -> None:
        if self._more:
            reason = f"{self._where}: {self._more:,} more parts are no readings"
            self.kept.append(Fault(UNREADABLE, reason, b"", self._more))


def _as_text(part: Any) -> bytes:
    try:
        return msgspec.json.encode(part)
    except (TypeError, ValueError, OverflowError, RecursionError):
        return shown(part).encode(errors="replace")

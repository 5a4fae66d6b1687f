"""The shape `rows`: a row holds values, each at its place, under one time and one device."""

import math
from collections.abc import Callable
from typing import Any

from anlan.connectors import Fault
from anlan.connectors.mapping import Heard, Message, Taken
from anlan.connectors.mapping.cells import Cell, plain_text
from anlan.connectors.mapping.clocks import ARRIVAL
from anlan.connectors.mapping.form import Form
from anlan.connectors.mapping.templates import Template
from anlan.connectors.mapping.trails import MISSING, Spot
from anlan.terms.errors import Malformed
from anlan.terms.quality import Quality, quality_named
from anlan.terms.readings import Reading
from anlan.terms.rows import is_empty, key_in, quality_in, shown

SAYS = "device_says"
"""The code of words of a device; they are kept where what is no reading is kept."""
_MOST_SAID, _MOST_KNOWN = 1_000, 50_000
Tell = Callable[[str, Any], None]


def read_row(form: Form, message: Message, spot: Spot, *, into: Taken, fault: Tell) -> None:
    """What a row holds; a value that is wrong costs only itself, a time or a device all of it."""
    spoken: dict[str, str] = {}
    try:
        device = _device(form, message, spot)
        if form.device is not None:
            is_online = _online(form, spot)
            if is_online is not None or not message.is_kept:
                into.heard.append(Heard(device, is_online, spoken))
            _say(form, device, spot, into, message)
        if not form.values or (form.clock.unit == ARRIVAL and message.is_kept):
            return
        found = _found(form, spot)
        if not found:
            if form.online is None and form.says is None:
                raise Malformed("none of the mapping's values is in it")
            return
        time = _time(form, message, spot)
        quality = _quality(form, spot)
    except Malformed as error:
        fault(str(error), _brief(spot.node))
        return
    for name, cell, spec in found:
        try:
            quantity, key = _named(form, message, spot, device=device, name=name)
            value = spec.number(cell, spot)
        except Malformed as error:
            fault(f"{name.text}: {error}", {name.text: _brief(cell)})
        else:
            spoken[quantity] = key
            into.readings.append(Reading(key, time, value, quality, message.at))


def _named(
    form: Form, message: Message, spot: Spot, *, device: str, name: Template
) -> tuple[str, str]:
    """The quantity and the key of a value; remembered where only the device makes them."""
    found = form.known.get((device, name.text))
    if found is None:
        quantity = name.fill(message.levels, spot.names, spot)
        names = {**spot.names, "device": device, "quantity": quantity}
        found = quantity, key_in(form.sensor.fill(message.levels, names, spot))
        if form.is_steady:
            if len(form.known) >= _MOST_KNOWN:
                form.known.clear()
            form.known[device, name.text] = found
    return found


def _found(form: Form, spot: Spot) -> list[tuple[Template, Any, Cell]]:
    """The values that stand in a row, unconverted."""
    cells = [(name, spec.found(spot), spec) for name, spec in form.values]
    return [one for one in cells if one[1] is not MISSING]


def _device(form: Form, message: Message, spot: Spot) -> str:
    if form.device is None:
        return ""
    device = form.device.fill(message.levels, spot.names, spot).strip()
    if not device:
        raise Malformed("the device has no name")
    return device


def _online(form: Form, spot: Spot) -> bool | None:
    """Whether it says that it is online; None where it does not say."""
    if form.online is None or isinstance(form.online, bool):
        return form.online
    cell = form.online.found(spot)
    if cell is MISSING:
        return None
    number = form.online.number(cell, spot)
    return None if math.isnan(number) else bool(number)


def _say(form: Form, device: str, spot: Spot, into: Taken, message: Message) -> None:
    """Keeps what a device says in words."""
    said = form.says.find(spot) if form.says is not None else None
    if isinstance(said, str) and not message.is_kept and (text := said[:_MOST_SAID].strip()):
        into.faults.append(Fault(SAYS, f"{device} says", text.encode(errors="replace")))


def _time(form: Form, message: Message, spot: Spot) -> int:
    if form.clock.unit == ARRIVAL:
        return message.at
    cell = form.time.find(spot)
    if cell is MISSING:
        raise Malformed("has no time where the mapping looks for it")
    return form.clock.ms(cell, "time")


def _quality(form: Form, spot: Spot) -> Quality:
    """A word of ours, or what the states of the mapping make of another: 0 good, 1 uncertain, 2
    bad."""
    cell = MISSING if form.quality is None else form.quality.found(spot)
    if form.quality is None or cell is MISSING or is_empty(cell):
        return Quality.GOOD
    if not form.quality.states:
        return quality_in(cell)
    word = plain_text(cell)
    if word in form.quality.states:
        return Quality(int(form.quality.states[word]))
    try:
        return quality_named(word or "?")
    except ValueError:
        raise Malformed(f"quality is none that the mapping knows: {shown(cell)}") from None


def _brief(cell: Any) -> Any:
    """What of a cell is worth keeping: one may stand in many rows."""
    if isinstance(cell, bytes):
        return cell[:512].hex()
    if isinstance(cell, dict):
        first = list(cell.items())[:50]
        return {name: one if _is_small(one) else shown(one) for name, one in first}
    return cell if _is_small(cell) else shown(cell)


def _is_small(cell: Any) -> bool:
    if isinstance(cell, str):
        return len(cell) <= 128
    return cell is None or isinstance(cell, int | float)

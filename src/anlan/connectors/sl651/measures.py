"""What the quantities of a station are called."""

from anlan.connectors.frames import Measure
from anlan.connectors.sl651.tables.elements import BY_CODE
from anlan.connectors.sl651.tables.functions import STATE_BITS, STATE_WORDS

_STATES = {word: told[0] for word, told in zip(STATE_WORDS, STATE_BITS, strict=True)}
_ADDRESS = 10


def measure(quantity: str) -> Measure | None:
    """Of `CODE`, `CODE.GATE`, and with the address before it of a station that another hands on."""
    *before, name = quantity.split(".")
    gate = ""
    if before and name.isdecimal() and before[-1] in BY_CODE:
        gate, name = name, before.pop()
    if before and len(before[0]) != _ADDRESS:
        return None
    element = BY_CODE.get(name)
    title = element.name if element else _STATES.get(name)
    if title is None:
        return None
    title = f"{title}（闸{gate}）" if gate else title
    unit = (element.unit if element else "").replace("°C", "℃")
    return Measure(name, f"{before[0]} {title}" if before else title, unit)

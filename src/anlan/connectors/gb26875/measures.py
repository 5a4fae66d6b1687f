"""What a quantity is called: `SYSTEM-ADDRESS.ZONE-POSITION.NAME`, or a part of it from behind."""

from anlan.connectors.frames import Measure
from anlan.connectors.gb26875.words import (
    ANALOGS,
    COMPONENT_BITS,
    DEVICE_BITS,
    DEVICE_OPERATION_BITS,
    OPERATION_BITS,
    SYSTEM_BITS,
    SYSTEMS,
)

_BITS = {
    name: word
    for bits in (SYSTEM_BITS, COMPONENT_BITS, DEVICE_BITS, OPERATION_BITS, DEVICE_OPERATION_BITS)
    for name, word, _ in bits
}
_ANALOGS = {one.sensor: one for one in ANALOGS.values()}


def measure(quantity: str) -> Measure | None:
    """Its word, with the system and the place that it is of; states have no unit."""
    *place, name = quantity.split(".")
    analog = _ANALOGS.get(name)
    word = analog.word if analog else _BITS.get(name)
    if word is None:
        return None
    before = ""
    if place:
        system, _, address = place[0].partition("-")
        known = SYSTEMS.get(int(system)) if system.isdecimal() and len(system) < 4 else None
        before = " ".join([f"{known or system} {address}", *place[1:]]) + " "
    return Measure(name, before + word, analog.unit if analog else "")

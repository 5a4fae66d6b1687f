"""What a message of a ship or station says, by ITU-R M.1371; the bits are read by pyais."""

from collections.abc import Sequence
from enum import Enum
from typing import Any

import pyais

from anlan.connectors.ais.parcels import Part
from anlan.connectors.ais.words import CLASSES, STATUSES, ship_word
from anlan.terms.errors import Malformed

_SIX, _TYPE_BITS = 6, 6
_LEAST_BITS = {
    0: 168, 1: 168, 2: 168, 3: 168, 4: 168, 5: 420, 6: 88, 7: 72, 8: 56, 9: 168, 10: 72, 11: 168,
    12: 72, 13: 72, 14: 40, 15: 88, 16: 92, 17: 80, 18: 168, 19: 306, 20: 70, 21: 272, 22: 168,
    23: 160, 24: 160, 25: 40, 26: 60, 27: 96, 28: 168,
}  # fmt: skip
"""Below this a message of its kind lacks something; real ones leave out spare bits at the end."""


def message_of(parts: Sequence[Part]) -> dict[str, Any]:
    """Its values by name; Malformed where it is shorter than its kind may be.

    A kind that is not known, or bits that pyais does not read, stay raw.
    """
    payload = "".join(part.payload for part in parts)
    bits = len(payload) * _SIX - parts[-1].fill
    kind = _number_of(payload[0])
    least = _LEAST_BITS.get(kind, _TYPE_BITS)
    if bits < least:
        raise Malformed(f"wrong length: {bits} bits, a message of type {kind} has {least} or more")
    try:
        told = pyais.decode(*(part.sentence.text for part in parts)).asdict(enum_as_int=True)
    except Exception:  # noqa: BLE001 - what a library cannot read is kept as it came
        return {"msg_type": kind, "raw": payload, "bits": bits}
    values: dict[str, Any] = {}
    for name, value in told.items():
        values |= _plain(name, value)
    return values | _words(values)


def _number_of(letter: str) -> int:
    number = ord(letter) - 48
    return number - 8 if number > 40 else number


def _plain(name: str, value: Any) -> dict[str, Any]:
    """As JSON has it; bytes both as they are usually shown and in hexadecimal."""
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, bytes):
        return {name: str(value), f"{name}_hex": value.hex()}
    return {name: value}


def _words(values: dict[str, Any]) -> dict[str, str]:
    words = {"class": CLASSES.get(values["msg_type"])}
    if values["msg_type"] in (0, 1, 2, 3, 27):
        words["status_word"] = STATUSES.get(values.get("status") or 0)
    if isinstance(values.get("ship_type"), int):
        words["ship_word"] = ship_word(values["ship_type"])
    return {name: word for name, word in words.items() if word}

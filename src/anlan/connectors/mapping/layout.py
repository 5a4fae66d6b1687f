"""Numbers in bytes and registers: where they begin, how they are written, in which order."""

import struct
from typing import NamedTuple

from anlan.terms.errors import Malformed

_CODES = {
    "int8": "b", "uint8": "B", "int16": "h", "uint16": "H", "int32": "i", "uint32": "I",
    "int64": "q", "uint64": "Q", "float32": "f", "float64": "d", "bcd16": "2s", "bcd32": "4s",
}  # fmt: skip
TYPES = tuple(_CODES)
ORDERS = ("ABCD", "CDAB", "BADC", "DCBA")
"""Of the bytes of a number, most significant first; two bytes follow the first two letters."""


class Layout(NamedTuple):
    """type: one of TYPES · order: one of ORDERS · bit: the only one that counts, 0 the lowest."""

    type: str = "uint16"
    order: str = "ABCD"
    bit: int | None = None

    @property
    def size(self) -> int:
        """Bytes."""
        return struct.calcsize(f">{_CODES[self.type]}")

    def number(self, data: bytes, at: int) -> float:
        """The number that begins at a byte; Malformed where there are not enough, or it is none."""
        raw = data[at : at + self.size]
        if len(raw) < self.size:
            raise Malformed(f"{len(data)} bytes; byte {at} has no {self.type}")
        raw = _ordered(raw, self.order)
        if self.type.startswith("bcd"):
            digits = raw.hex()
            if not digits.isdigit():
                raise Malformed(f"{digits} at byte {at} is no BCD")
            return float(digits)
        found: float = struct.unpack(f">{_CODES[self.type]}", raw)[0]
        return float(found) if self.bit is None else float(int(found) >> self.bit & 1)

    def registers(self, number: float) -> list[int]:
        """The registers that hold a number; Malformed where it does not fit."""
        code = _CODES[self.type]
        try:
            raw = struct.pack(f">{code}", number if code in "fd" else round(number))
        except (struct.error, OverflowError, ValueError) as error:
            raise Malformed(f"{number:g} is no {self.type}") from error
        raw = _ordered(raw, self.order)
        return [int.from_bytes(raw[n : n + 2], "big") for n in range(0, len(raw), 2)]


def _ordered(raw: bytes, order: str) -> bytes:
    words = [raw[n : n + 2] for n in range(0, len(raw), 2)]
    if order in ("BADC", "DCBA"):
        words = [word[::-1] for word in words]
    return b"".join(reversed(words) if order in ("CDAB", "DCBA") else words)

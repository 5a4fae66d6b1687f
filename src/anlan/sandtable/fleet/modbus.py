"""The controllers of plants on Modbus TCP: numbers in holding registers, told when asked for."""

import struct
from collections.abc import Callable
from dataclasses import dataclass, field

from anlan.sandtable.fleet.line import nowhere

_HEAD, _ASKED = struct.Struct(">HHHB"), struct.Struct(">BHH")
_READ_HOLDING, _MOST = 3, 125
_NO_FUNCTION, _NO_ADDRESS, _NO_VALUE = 1, 2, 3


@dataclass
class Controllers:
    """Several behind one line. registers: by unit and number · say: where what they say goes."""

    registers: dict[tuple[int, int], int] = field(default_factory=dict)
    say: Callable[[bytes], None] = field(default=nowhere)

    def begin(self, now_ms: int) -> None:
        """Somebody called."""
        self._rest = b""

    def look(self, now_ms: int) -> None:
        """They say nothing by themselves."""

    def put(self, unit: int, at: int, number: float) -> None:
        """Two registers hold a number: float32, most significant byte first."""
        high, low = struct.unpack(">HH", struct.pack(">f", number))
        self.registers[unit, at], self.registers[unit, at + 1] = high, low

    def hear(self, data: bytes, now_ms: int) -> None:
        """Answers each question that is whole."""
        self._rest += data
        while len(self._rest) >= _HEAD.size:
            number, kind, size, unit = _HEAD.unpack_from(self._rest)
            if len(self._rest) < 6 + size:
                return
            asked, self._rest = self._rest[_HEAD.size : 6 + size], self._rest[6 + size :]
            told = self._answer(unit, asked)
            self.say(_HEAD.pack(number, kind, 1 + len(told), unit) + told)

    def _answer(self, unit: int, asked: bytes) -> bytes:
        if asked[:1] != bytes((_READ_HOLDING,)) or len(asked) != _ASKED.size:
            return bytes((0x80 | (asked[0] if asked else 0), _NO_FUNCTION))
        _, at, count = _ASKED.unpack(asked)
        if not 1 <= count <= _MOST:
            return bytes((0x80 | _READ_HOLDING, _NO_VALUE))
        words = [self.registers.get((unit, at + n)) for n in range(count)]
        found = [one for one in words if one is not None]
        if len(found) < count:
            return bytes((0x80 | _READ_HOLDING, _NO_ADDRESS))
        return bytes((_READ_HOLDING, 2 * count)) + struct.pack(f">{count}H", *found)

"""The check sum CRC-16/MODBUS, and that of any part of a stream whose bytes were summed once.

What claims to be a frame may overlap what claims to be another; summing each anew would let a
hostile stream cost the square of its length.
"""

from array import array

_POLYNOMIAL, _FIRST, _ONE = 0xA001, 0xFFFF, 0x8000


def _stepped(value: int) -> int:
    for _ in range(8):
        value = (value >> 1) ^ (_POLYNOMIAL if value & 1 else 0)
    return value


_TABLE = tuple(_stepped(value) for value in range(256))
_POWERS = array("H", [_ONE])
"""What n bytes of zero make of the polynomial 1."""


def crc16(data: bytes) -> int:
    state, table = _FIRST, _TABLE
    for octet in data:
        state = (state >> 8) ^ table[(state ^ octet) & 0xFF]
    return state


class Sums:
    """The running state at each byte of what is kept of a stream."""

    def __init__(self) -> None:
        self._states = array("H", [0])

    def add(self, data: bytes) -> None:
        state, table, add = self._states[-1], _TABLE, self._states.append
        for octet in data:
            state = (state >> 8) ^ table[(state ^ octet) & 0xFF]
            add(state)

    def drop(self, count: int) -> None:
        """Forgets the first bytes."""
        del self._states[:count]

    def between(self, start: int, end: int) -> int:
        """The check sum of the bytes from start up to, but without, end."""
        before = self._states[start] ^ _FIRST
        return self._states[end] ^ _product(before, _power(end - start))


def _power(count: int) -> int:
    while len(_POWERS) <= count:
        _POWERS.append((_POWERS[-1] >> 8) ^ _TABLE[_POWERS[-1] & 0xFF])
    return _POWERS[count]


def _product(left: int, right: int) -> int:
    """Of two polynomials, reduced; bit 15 stands for 1."""
    result = 0
    while left:
        if left & _ONE:
            result ^= right
        left = (left << 1) & 0xFFFF
        right = (right >> 1) ^ (_POLYNOMIAL if right & 1 else 0)
    return result

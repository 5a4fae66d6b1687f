"""The check sum of HJ 212, Appendix A: not Modbus, although of the same polynomial.

The register's low byte is thrown away before each byte of data goes in, so only eight bits are
carried from byte to byte, and what a byte does to them is linear and of order eight: bytes whose
distance from the end is the same modulo eight may be added up first. Whole texts are so folded
into eight bytes by a few operations on large numbers instead of a step for each byte.

source: HJ 212-2017 Appendix A · checked_against: the standard's example, 1C80, and the
algorithm step by step (tests/law/test_hj212.py)
"""

_POLYNOMIAL, _FRAME = 0xA001, 8


def _shifted(register: int) -> int:
    for _ in range(8):
        register = register >> 1 ^ (_POLYNOMIAL if register & 1 else 0)
    return register


def _powers() -> list[bytes]:
    """What a byte has become after 7, 6, … 0 further bytes, as tables."""
    powers = [bytes(range(256))]
    while len(powers) < _FRAME:
        powers.insert(0, bytes(_TABLE[byte] >> 8 for byte in powers[0]))
    return powers


_TABLE = [_shifted(byte) for byte in range(256)]
_P7, _P6, _P5, _P4, _P3, _P2, _P1, _ = _powers()


def crc_of(data: bytes) -> int:
    """The check sum of a data segment, 16 bits."""
    size = len(data)
    if not size:
        return 0xFFFF
    folded = int.from_bytes(data, "big") ^ 0xFF << 8 * (size - 1)
    while size > _FRAME:
        size = (size + 15) // 16 * _FRAME
        bits = 8 * size
        folded = folded >> bits ^ folded & (1 << bits) - 1
    a, b, c, d, e, f, g, h = folded.to_bytes(_FRAME, "big")
    return _TABLE[_P7[a] ^ _P6[b] ^ _P5[c] ^ _P4[d] ^ _P3[e] ^ _P2[f] ^ _P1[g] ^ h]

"""What bodies are encrypted with: a stream that a key and three numbers make (JT/T 809, 4.4).

The key is in each head; the numbers M1, IA1 and IC1 are agreed for each lower platform.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple


class Numbers(NamedTuple):
    """M1, IA1 and IC1."""

    m1: int
    ia1: int
    ic1: int


PUBLISHED = (
    Numbers(10_000_000, 20_000_000, 30_000_000),
    Numbers(30_000_000, 20_000_000, 20_000_000),
    Numbers(10_000_000, 20_000_000, 20_000_000),
    Numbers(20_000_000, 20_000_000, 20_000_000),
)
"""Those of public examples, which test platforms leave as they are."""


def turned(body: bytes, key: int, numbers: Numbers) -> bytes:
    """A plain body encrypted, or an encrypted one plain."""
    stream = _stream(key, numbers, 1 << max(6, (len(body) - 1).bit_length()))[: len(body)]
    mixed = int.from_bytes(body, "big") ^ int.from_bytes(stream, "big")
    return mixed.to_bytes(len(body), "big")


@lru_cache(maxsize=256)
def _stream(key: int, numbers: Numbers, size: int) -> bytes:
    """Connections keep their key, so a stream is made once."""
    return bytes(_octets(key or 1, numbers, size))


def _octets(key: int, numbers: Numbers, size: int) -> Iterable[int]:
    m1, ia1, ic1 = numbers.m1 or 1, numbers.ia1, numbers.ic1
    for _ in range(size):
        key = (ia1 * (key % m1) + ic1) & 0xFFFFFFFF
        yield key >> 20 & 0xFF

"""The kinds of values in bodies: each reads its own from a body and writes it back.

Values are plain: whole or decimal numbers, texts, bytes in lower-case hexadecimal. What is written
reads as the same.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

_TEXT = "gb18030"  # what GBK grew into: every GBK text reads the same


class Short(Exception):
    """The body ends inside a field."""


class Body:
    """Bytes that are read from the front; version: the standard's edition, 2011, 2013 or 2019."""

    __slots__ = ("at", "data", "version")

    def __init__(self, data: bytes, version: int = 2013) -> None:
        self.data, self.version, self.at = data, version, 0

    def take(self, size: int) -> bytes:
        end = self.at + size
        if end > len(self.data):
            raise Short
        taken, self.at = self.data[self.at : end], end
        return taken

    def rest(self) -> bytes:
        taken, self.at = self.data[self.at :], len(self.data)
        return taken

    @property
    def is_read(self) -> bool:
        return self.at >= len(self.data)


class Kind(Protocol):
    """How one value is written."""

    def read(self, body: Body) -> Any: ...

    def write(self, value: Any, version: int) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number, big end first. per: how many of it make one of the unit."""

    size: int
    per: int = 1
    is_signed: bool = False

    def read(self, body: Body) -> int | float:
        value = int.from_bytes(body.take(self.size), "big", signed=self.is_signed)
        return value if self.per == 1 else value / self.per

    def write(self, value: Any, version: int) -> bytes:
        units: int = round(value * self.per)
        return units.to_bytes(self.size, "big", signed=self.is_signed)


U8, U16, U32, U64 = Number(1), Number(2), Number(4), Number(8)
TENTH16, TENTH32 = Number(2, 10), Number(4, 10)
DEGREES = Number(4, 1_000_000)


@dataclass(frozen=True, slots=True)
class Signed:
    """A number of two bytes whose highest bit says that it is below zero."""

    def read(self, body: Body) -> int:
        value = int.from_bytes(body.take(2), "big")
        return -(value & 0x7FFF) if value & 0x8000 else value

    def write(self, value: Any, version: int) -> bytes:
        units: int = abs(value) | (0x8000 if value < 0 else 0)
        return units.to_bytes(2, "big")


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes, or digits of BCD; size: how many, None for the rest."""

    size: int | None = None

    def read(self, body: Body) -> str:
        return (body.rest() if self.size is None else body.take(self.size)).hex()

    def write(self, value: Any, version: int) -> bytes:
        data = bytes.fromhex(value)
        return data if self.size is None else data[: self.size].rjust(self.size, b"\0")


@dataclass(frozen=True, slots=True)
class Text:
    """A GBK text; size: filled up with zeros to so many bytes, None for the rest."""

    size: int | None = None

    def read(self, body: Body) -> str:
        data = body.rest() if self.size is None else body.take(self.size)
        return data.strip(b"\0").decode(_TEXT, "replace")

    def write(self, value: Any, version: int) -> bytes:
        data = str(value).encode(_TEXT, "replace")
        return data if self.size is None else data[: self.size].ljust(self.size, b"\0")


@dataclass(frozen=True, slots=True)
class Ended:
    """A text that a zero ends."""

    def read(self, body: Body) -> str:
        end = body.data.find(b"\0", body.at)
        text = body.rest() if end < 0 else body.take(end - body.at)
        body.at += end >= 0
        return text.decode(_TEXT, "replace")

    def write(self, value: Any, version: int) -> bytes:
        return str(value).encode(_TEXT, "replace") + b"\0"


@dataclass(frozen=True, slots=True)
class Moment:
    """A time in BCD, the device's own: `2026-11-30 12:22:00`; the digits where it is none."""

    def read(self, body: Body) -> str:
        digits = body.take(6).hex()
        pairs = [digits[at : at + 2] for at in range(0, len(digits), 2)]
        if not (digits.isdigit() and _is_time([int(pair) for pair in pairs])):
            return digits
        return f"20{pairs[0]}-{pairs[1]}-{pairs[2]} {':'.join(pairs[3:])}"

    def write(self, value: Any, version: int) -> bytes:
        digits = "".join(c for c in str(value) if c.isalnum())
        return bytes.fromhex(digits[-12:].rjust(12, "0"))


def _is_time(parts: list[int]) -> bool:
    year, month, day, hour, minute, second = parts
    try:
        datetime(2000 + year, month, day, hour, minute, second)  # noqa: DTZ001 - the zone is not known here
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Code:
    """The number of a message or of an item: `0x0200`."""

    size: int = 2

    def read(self, body: Body) -> str:
        return f"0x{int.from_bytes(body.take(self.size), 'big'):0{2 * self.size}X}"

    def write(self, value: Any, version: int) -> bytes:
        return int(value, 16).to_bytes(self.size, "big")

"""The outside of a frame: its control unit, check sum and times.

`@@`, 25 bytes of control unit, up to 1024 of data unit, the sum of both mod 256, `##`; numbers and
addresses with the low byte first, times from the second to the year.
"""

from datetime import datetime, tzinfo
from functools import lru_cache
from struct import Struct
from typing import Any, NamedTuple

from anlan.connectors.frames import moment_of
from anlan.connectors.gb26875.words import COMMANDS, called

MARK, END = b"@@", b"##"
HEAD_BYTES = 27
MOST_UNIT = 1024
AROUND = 30
"""Bytes of a frame without its data unit."""
MOST_BYTES = AROUND + MOST_UNIT

CONTROL, SEND, CONFIRM, REQUEST, REPLY, DENY = range(1, 7)

_HEAD = Struct("<2xHBB6s6s6sHB")
_CENTURY = 2000


class Head(NamedTuple):
    """A control unit. source, target: six bytes as they travel · sent: the same of its time."""

    serial: int
    main: int
    own: int
    sent: bytes
    source: bytes
    target: bytes
    size: int
    command: int

    @property
    def device(self) -> str:
        """The transmission device's address: who is spoken to where the centre speaks."""
        down = self.command in (CONTROL, REQUEST)
        return address_text(self.target if down else self.source)

    def told(self) -> dict[str, Any]:
        return {
            "serial": self.serial,
            "version": f"{self.main}.{self.own}",
            "time": clock_text(self.sent),
            "src": address_text(self.source),
            "dst": address_text(self.target),
            "adu_len": self.size,
            "cmd": self.command,
            "cmd_word": called(COMMANDS, self.command),
        }


def read_head(raw: bytes) -> Head:
    """The control unit of 27 bytes or more that begin with MARK."""
    return Head._make(_HEAD.unpack_from(raw))


def check_sum(raw: bytes) -> int:
    """Of a frame from its mark to the end of its data unit."""
    return sum(raw[2:]) & 0xFF


def write_frame(head: Head, unit: bytes = b"") -> bytes:
    """The frame of a control unit, whose size is not looked at, and a data unit."""
    inside = MARK + _HEAD.pack(*head._replace(size=len(unit)))[2:] + unit
    return inside + bytes([check_sum(inside)]) + END


@lru_cache(maxsize=4096)
def address_text(raw: bytes) -> str:
    """Twelve digits, the high byte first."""
    return raw[::-1].hex()


@lru_cache(maxsize=4096)
def clock_text(raw: bytes) -> str:
    """The numbers of a time as they stand, whether or not the calendar has it."""
    second, minute, hour, day, month, year = raw
    return f"{_CENTURY + year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"


@lru_cache(maxsize=4096)
def moment(raw: bytes, zone: tzinfo) -> int | None:
    """Milliseconds UTC of six bytes; None where the calendar has no such time."""
    return moment_of(raw[::-1], zone)


def stamp(ms: int, zone: tzinfo) -> bytes:
    """The six bytes of a moment of this century."""
    at = datetime.fromtimestamp(ms // 1000, zone)
    return bytes([at.second, at.minute, at.hour, at.day, at.month, at.year % 100])

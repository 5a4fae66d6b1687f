"""The outside of a frame: `##`, command, response, vehicle, encryption, length, data, check.

Numbers have the high byte first; the check is the exclusive or of all between mark and check.
"""

from datetime import datetime, tzinfo
from functools import lru_cache
from struct import Struct
from typing import Any, NamedTuple

import numpy as np

from anlan.connectors.cut import Judge
from anlan.connectors.frames import moment_of
from anlan.connectors.gb32960.tables import COMMANDS, ENCRYPTIONS, RESPONSES
from anlan.terms.sensors import is_key

MARK = b"##"
HEAD_BYTES = 24
AROUND = 25
MOST_DATA = 65_531
MOST_BYTES = AROUND + MOST_DATA
TIME_BYTES = 6

DONE, WRONG, ASKED = 1, 2, 0xFE
PLAIN = 1

_HEAD = Struct(">2xBB17sBH")
_CENTURY = 2000
_VIN_BYTES = frozenset(range(0x20, 0x7F)) | {0}


class Head(NamedTuple):
    """What stands before the data."""

    command: int
    response: int
    vin: bytes
    encryption: int
    size: int

    @property
    def device(self) -> str:
        """The vehicle; of a platform's own frames what it puts there instead, if anything."""
        return _vin_text(self.vin)

    def told(self) -> dict[str, Any]:
        return {
            "cmd": self.command,
            "cmd_word": COMMANDS.get(self.command, _reserved(self.command)),
            "resp": self.response,
            "resp_word": RESPONSES.get(self.response, "预留"),
            "vin": self.device,
            "enc": self.encryption,
            "enc_word": ENCRYPTIONS.get(self.encryption, "预留"),
            "dataLen": self.size,
        }


@lru_cache(maxsize=4096)
def _vin_text(raw: bytes) -> str:
    text = raw.rstrip(b"\0 ").decode("ascii", "replace")
    return text if not text or is_key(text) else raw.hex()


def _reserved(command: int) -> str:
    return "平台交换自定义" if 0xC0 <= command <= 0xFE else "预留"


def read_head(raw: bytes) -> Head:
    """Of 24 bytes or more that begin with MARK."""
    return Head._make(_HEAD.unpack_from(raw))


def check_of(data: bytes) -> int:
    """The exclusive or of bytes, eight at a time: frames may have 65,531 of them."""
    eights = np.frombuffer(data + bytes(-len(data) % 8), np.uint64)
    folded = int(np.bitwise_xor.reduce(eights))
    for bits in (32, 16, 8):
        folded ^= folded >> bits
    return folded & 0xFF


def write_frame(head: Head, data: bytes = b"") -> bytes:
    """The frame of a head, whose size is not looked at, and its data."""
    inside = _HEAD.pack(*head._replace(size=len(data)))[2:] + data
    return MARK + inside + bytes([check_of(inside)])


def judged(kept: bytes, mark: int) -> tuple[int, str]:
    """Where the frame of a mark ends, and why it is none; as cut.Judge says."""
    came = len(kept) - mark
    if came < HEAD_BYTES:
        return len(kept) + 1, f"cut short: {came} of the first {HEAD_BYTES} bytes came"
    response, encryption = kept[mark + 3], kept[mark + 21]
    if response not in RESPONSES or encryption not in ENCRYPTIONS:
        return mark, f"not this protocol: response {response}, encryption {encryption}"
    if not _VIN_BYTES.issuperset(kept[mark + 4 : mark + 21]):
        return mark, "not this protocol: no vehicle number where it should be"
    size = kept[mark + 22] << 8 | kept[mark + 23]
    if size > MOST_DATA:
        return mark, f"wrong length: {size} bytes of data, {MOST_DATA:,} are allowed"
    end = mark + AROUND + size
    if end > len(kept):
        return end, f"cut short: {came} of {AROUND + size} bytes came"
    wanted = check_of(kept[mark + 2 : end - 1])
    if kept[end - 1] != wanted:
        return end, f"wrong check sum: {kept[end - 1]:02x} came, {wanted:02x} is right"
    return end, ""


JUDGE = Judge(MARK, judged)


@lru_cache(maxsize=4096)
def moment(raw: bytes, zone: tzinfo) -> int | None:
    """Milliseconds UTC of six bytes; None where the calendar has no such time."""
    return moment_of(raw, zone)


@lru_cache(maxsize=4096)
def clock_text(raw: bytes) -> str:
    """The numbers of a time as they stand, whether or not the calendar has it."""
    year, month, day, hour, minute, second = raw
    return f"{_CENTURY + year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"


def stamp(ms: int, zone: tzinfo) -> bytes:
    """The six bytes of a moment of this century."""
    at = datetime.fromtimestamp(ms // 1000, zone)
    return bytes([at.year % 100, at.month, at.day, at.hour, at.minute, at.second])

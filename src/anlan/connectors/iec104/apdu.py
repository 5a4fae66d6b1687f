"""The outside of a frame: 68, length, four control bytes; I carry data, S acknowledge, U govern."""

from typing import Any, NamedTuple

from anlan.connectors.cut import Judge
from anlan.connectors.iec104.kinds import KINDS

MARK = b"\x68"
MOST_BYTES = 255
CONTROL_BYTES, HEAD_BYTES, ADDRESS_BYTES = 6, 12, 3
MODULUS = 1 << 15

START, START_CON, STOP, STOP_CON = 0x07, 0x0B, 0x13, 0x23
TEST, TEST_CON = 0x43, 0x83
FUNCTIONS = {
    START: "STARTDT act", START_CON: "STARTDT con", STOP: "STOPDT act", STOP_CON: "STOPDT con",
    TEST: "TESTFR act", TEST_CON: "TESTFR con",
}  # fmt: skip
_LEAST_LENGTH, _MOST_LENGTH, _ASDU_LENGTH = 4, 253, 10


class Control(NamedTuple):
    """form: I, S or U · sent, received: the sequence numbers of I and S · function: of U."""

    form: str
    sent: int = 0
    received: int = 0
    function: int = 0

    def told(self) -> dict[str, Any]:
        """None for what a form does not have."""
        return {
            "fmt": self.form,
            "ns": self.sent if self.form == "I" else None,
            "nr": None if self.form == "U" else self.received,
            "fn": FUNCTIONS.get(self.function),
        }


def control_of(raw: bytes) -> Control:
    """Of a frame that is right."""
    first, second, third, fourth = raw[2:CONTROL_BYTES]
    if first & 3 == 3:
        return Control("U", function=first)
    received = third >> 1 | fourth << 7
    return Control("S" if first & 1 else "I", first >> 1 | second << 7, received)


def governing(function: int) -> bytes:
    """A frame of the form U."""
    return MARK + bytes([_LEAST_LENGTH, function, 0, 0, 0])


def acknowledging(received: int) -> bytes:
    """A frame of the form S."""
    return MARK + bytes([_LEAST_LENGTH, 1, 0]) + (received << 1).to_bytes(2, "little")


def carrying(sent: int, received: int, asdu: bytes) -> bytes:
    """A frame of the form I."""
    numbers = (sent << 1).to_bytes(2, "little") + (received << 1).to_bytes(2, "little")
    return MARK + bytes([_LEAST_LENGTH + len(asdu)]) + numbers + asdu


def judged(kept: bytes, mark: int) -> tuple[int, str]:
    """Where the frame of a mark ends, and why it is none; as cut.Judge says."""
    came = len(kept) - mark
    if came < CONTROL_BYTES:
        why = _unlike(kept[mark:]) if came > 1 else ""
        return (mark, why) if why else (len(kept) + 1, f"cut short: {came} bytes came")
    if why := _unlike(kept[mark : mark + CONTROL_BYTES]):
        return mark, why
    end = mark + 2 + kept[mark + 1]
    if kept[mark + 2] & 1 == 0 and (why := _unfit(kept[mark : mark + HEAD_BYTES])):
        return mark, why
    if end > len(kept):
        return end, f"cut short: {came} of {end - mark} bytes came"
    return end, ""


def _unlike(begin: bytes) -> str:
    """Why these bytes begin no frame, as far as they tell."""
    length = begin[1]
    if not _LEAST_LENGTH <= length <= _MOST_LENGTH:
        return f"wrong length: {length}, it must be from {_LEAST_LENGTH} to {_MOST_LENGTH}"
    if len(begin) < CONTROL_BYTES:
        return ""
    first, second, third, fourth = begin[2:]
    if third & 1:
        return "not this protocol: no sequence number where it should be"
    if first & 1 == 0:
        short = length < _ASDU_LENGTH
        return f"wrong length: {length}, data need {_ASDU_LENGTH} or more" if short else ""
    if length != _LEAST_LENGTH:
        return f"wrong length: {length}, a frame without data has {_LEAST_LENGTH}"
    if first == 1 and not second:
        return ""
    is_function = first in FUNCTIONS and not (second or third or fourth)
    return "" if is_function else f"not this protocol: control {begin[2:].hex()}"


def _unfit(begin: bytes) -> str:
    """Why the data of a known kind cannot have the length that the frame tells."""
    if len(begin) < CONTROL_BYTES + 2:
        return ""
    kind = KINDS.get(begin[CONTROL_BYTES])
    if kind is None or kind.size < 0:
        return ""
    number, is_row = begin[7] & 0x7F, begin[7] >> 7
    each = kind.size + ADDRESS_BYTES
    wanted = ADDRESS_BYTES * bool(number) + number * kind.size if is_row else number * each
    has = begin[1] - _ASDU_LENGTH
    if has == wanted:
        return ""
    return f"wrong length: {number} objects of {kind.name} are {wanted} bytes, {has} are told"


JUDGE = Judge(MARK, judged)

"""The eight bytes that turn a camera: A5 0F 01 … and a check sum.

source: GB/T 28181-2016 appendix A.3 · checked_against: A5 0F 01 01 1F 00 00 D5, right at 0x1F.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from anlan.terms.errors import Malformed

_FIRST, _VERSION = 0xA5, 0
_RIGHT, _LEFT, _DOWN, _UP, _IN, _OUT = 1, 2, 4, 8, 16, 32
_TURNS = {"right": _RIGHT, "left": _LEFT, "down": _DOWN, "up": _UP, "zoom_in": _IN,
          "zoom_out": _OUT}  # fmt: skip
_LENS = {"focus_far": 0x41, "focus_near": 0x42, "iris_open": 0x44, "iris_close": 0x48}
_NUMBERED = {
    "set_preset": (0x81, 2), "call_preset": (0x82, 2), "delete_preset": (0x83, 2),
    "start_cruise": (0x88, 1), "aux_on": (0x8C, 1), "aux_off": (0x8D, 1), "start_scan": (0x89, 1),
}  # fmt: skip
"""Name → the command and the byte that its number stands in."""

_OTHERS = {0x84: "add cruise point", 0x85: "delete cruise point", 0x86: "cruise speed",
           0x87: "cruise stay", 0x8A: "scan speed"}  # fmt: skip
NAMES = ("stop", *_TURNS, *_LENS, *_NUMBERED)


class Command(NamedTuple):
    """code: the instruction · first, second: its data · third: the high half of the last byte."""

    code: int
    first: int = 0
    second: int = 0
    third: int = 0
    address: int = 1


def write_ptz(command: Command) -> str:
    """The sixteen hexadecimal digits of PTZCmd."""
    check = (0xA + 0x5 + _VERSION) % 16
    data = [_FIRST, _VERSION << 4 | check, command.address & 0xFF, command.code, command.first,
            command.second, command.third << 4 | command.address >> 8]  # fmt: skip
    return bytes([*data, sum(data) % 256]).hex().upper()


def read_ptz(text: str) -> Command:
    """The command in PTZCmd. Malformed for a wrong length or check sum."""
    try:
        data = bytes.fromhex(text.strip())
    except ValueError:
        data = b""
    if len(data) != 8 or data[0] != _FIRST:
        raise Malformed(f"PTZCmd is not eight bytes that begin with A5: {text[:40]!r}")
    if sum(data[:7]) % 256 != data[7]:
        raise Malformed(
            f"wrong check sum: PTZCmd says {data[7]:02X}, its bytes give {sum(data[:7]) % 256:02X}"
        )
    return Command(data[3], data[4], data[5], data[6] >> 4, (data[6] & 0xF) << 8 | data[2])


def worded(command: Command) -> str:
    """Such as `right speed 0x1F`."""
    code, first, second, third, _ = command
    if code in _LENS_WORDS:
        word, is_focus = _LENS_WORDS[code]
        return f"{word} speed 0x{first if is_focus else second:02X}"
    for name, (number, byte) in _NUMBERED.items():
        if number == code:
            return f"{name.replace('_', ' ')} {second if byte == 2 else first}"
    if code in _OTHERS:
        return f"{_OTHERS[code]} {first} {third << 8 | second}"
    if code >= 0x40:
        return f"0x{code:02X} 0x{first:02X} 0x{second:02X} 0x{third:X}"
    said = [
        (code & (_RIGHT | _LEFT), f"speed 0x{first:02X}"),
        (code & (_UP | _DOWN), f"speed 0x{second:02X}"),
        (code & (_IN | _OUT), f"speed 0x{third:X}"),
    ]
    turns = [f"{_turns(bits)} {speed}" for bits, speed in said if bits]
    return ", ".join(turns) or "stop"


def _turns(bits: int) -> str:
    return " ".join(name.replace("_", " ") for name, bit in _TURNS.items() if bits & bit)


_LENS_WORDS = {
    code: (name.replace("_", " "), name.startswith("focus")) for name, code in _LENS.items()
} | {0x40: ("stop lens", True)}


def command_for(words: Mapping[str, Any]) -> Command:
    """`move` is one of NAMES, or several turns with commas · `speed` 0–255, of zoom 0–15 ·
    `number` of a preset, a cruise or a switch. Malformed names what is missing or wrong.
    """
    moves = [one.strip() for one in str(words.get("move", "")).split(",")]
    move = moves[0]
    if move == "stop":
        return Command(0)
    if move in _NUMBERED:
        code, byte = _NUMBERED[move]
        number = _whole(words, "number", 255)
        return Command(code, second=number) if byte == 2 else Command(code, first=number)
    speed = _whole(words, "speed", 255, usual=64)
    if move in _LENS:
        return Command(_LENS[move], first=speed, second=speed)
    unknown = [one for one in moves if one not in _TURNS]
    if unknown:
        raise Malformed(f"move must be one of {', '.join(NAMES)}: {unknown[0][:40]!r}")
    code = sum(_TURNS[one] for one in set(moves))
    return Command(code, *_speeds(code, speed))


def _speeds(code: int, speed: int) -> tuple[int, int, int]:
    level: Callable[[int, int], int] = lambda bits, size: size if code & bits else 0  # noqa: E731 - said once, used thrice
    zoom = min(15, speed >> 4 if speed > 15 else speed)
    return level(_RIGHT | _LEFT, speed), level(_UP | _DOWN, speed), level(_IN | _OUT, zoom)


def _whole(words: Mapping[str, Any], name: str, most: int, usual: int | None = None) -> int:
    value = words.get(name, usual)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise Malformed(f"{name} must be a whole number up to {most}")
    return value

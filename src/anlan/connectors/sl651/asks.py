"""What a centre can ask or order, and how it is said (6.6.4.10 to 6.6.4.31)."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from anlan.connectors.frames import Ask
from anlan.connectors.sl651.body.digits import number_written
from anlan.connectors.sl651.tables.elements import BY_CODE, STATE, Element
from anlan.connectors.sl651.tables.settings import CLEAR, PASSWORD, RESET, SETTINGS
from anlan.terms.errors import Malformed

Words = Mapping[str, Any]
_MOST_SWITCHES = 240


class _Said(NamedTuple):
    function: int
    data: Callable[[Words, bool], bytes]


def asked(ask: Ask, *, is_text: bool) -> tuple[int, bytes]:
    """The function of a question and what stands behind serial number and time.

    Raises Malformed where there is no such question, or its words do not fit it.
    """
    said = _SAID.get(ask.name)
    if said is None:
        raise Malformed(f"SL 651 cannot ask {ask.name!r} (it can {', '.join(_SAID)})")
    try:
        return said.function, said.data(ask.words, is_text)
    except (KeyError, ValueError, TypeError, OverflowError) as error:
        raise Malformed(f"{ask.name} needs other words ({error})") from error


def _nothing(words: Words, is_text: bool) -> bytes:
    return b""


def _elements(words: Words, is_text: bool) -> bytes:
    """elements: codes, such as Z and PJ."""
    return b"".join(_identifier(_element(code), is_text) for code in _listed(words["elements"]))


def _listed(words: Any) -> list[str]:
    """Texts, also as one with commas between; one alone may look like a number."""
    found = [str(one) for one in words] if isinstance(words, list) else str(words).split(",")
    if not any(found):
        raise ValueError("an empty list")
    return found


def _element(code: str) -> Element:
    if code not in BY_CODE:
        raise ValueError(f"there is no element {code!r}")
    return BY_CODE[code]


def _identifier(element: Element, is_text: bool) -> bytes:
    if is_text:
        return f"{element.code} ".encode("ascii")
    return bytes((element.ident, _definition(element.size, element.decimals, element)))


def _definition(size: int, decimals: int, element: Element | None = None) -> int:
    """Bytes of the data and decimals in one byte; a series names no decimals (appendix C)."""
    return size << 3 | (0 if element is not None and element.is_series else decimals)


def _period(words: Words, is_text: bool) -> bytes:
    """first, last: YYMMDDHH · step_min · element: its code."""
    first, last, step = str(words["first"]), str(words["last"]), int(words["step_min"])
    if not (first.isdecimal() and last.isdecimal() and len(first) == len(last) == 8):
        raise ValueError("first and last are eight digits, YYMMDDHH")
    days, hours, minutes = _step(step)
    element = _element(str(words["element"]))
    if is_text:
        unit, count = ("D", days) if days else ("H", hours) if hours or not step else ("N", minutes)
        told = f"{first} {last} DR{unit}{count:02d} "
        return told.encode("ascii") + _identifier(element, is_text)
    told_step = bytes.fromhex(f"{days:02d}{hours:02d}{minutes:02d}")
    return bytes.fromhex(first + last) + b"\x04\x18" + told_step + _identifier(element, is_text)


def _step(minutes: int) -> tuple[int, int, int]:
    """Days, hours or minutes, of which only one may be told (table C.3)."""
    for unit, most, place in ((1440, 31, 0), (60, 23, 1), (1, 59, 2)):
        if minutes % unit == 0 and minutes // unit <= most:
            count = minutes // unit
            return (count * (place == 0), count * (place == 1), count * (place == 2))
    raise ValueError(f"a step of {minutes} minutes cannot be said")


def _idents(words: Words, is_text: bool) -> bytes:
    """settings: identifiers in hexadecimal, such as 20."""
    found = b""
    for text in _listed(words["settings"]):
        element = _setting(text)
        definition = _definition(element.size, element.decimals)
        found += f"{element.ident:02X} ".encode() if is_text else bytes((element.ident, definition))
    return found


def _setting(text: str) -> Element:
    ident = int(text, 16)
    if ident not in SETTINGS:
        raise ValueError(f"there is no setting {text!r}")
    return SETTINGS[ident]


def _changes(words: Words, is_text: bool) -> bytes:
    """settings: identifier → number, or bytes in hexadecimal where it is none."""
    changes: Mapping[str, Any] = words["settings"]
    if not changes:
        raise ValueError("settings is empty")
    return b"".join(_change(_setting(one), value, is_text) for one, value in changes.items())


def _change(element: Element, value: Any, is_text: bool) -> bytes:
    if isinstance(value, str):
        raw = bytes.fromhex(value)
        if not raw or len(raw) > 31 or element.size not in (0, len(raw)):
            raise ValueError(f"{element.ident:02x} does not take {len(raw)} bytes")
        told, decimals = value.upper(), 0
    else:
        raw, decimals = (
            number_written(float(value), element.size, element.decimals),
            element.decimals,
        )
        told = f"{float(value):.{decimals}f}"
        if len(raw) > element.size + (value < 0):
            raise ValueError(f"{element.ident:02x} has no room for {value}")
    if is_text:
        return f"{element.ident:02X} {told} ".encode("ascii")
    return bytes((element.ident, _definition(len(raw), decimals))) + raw


def _switches(words: Words, is_text: bool) -> bytes:
    """on: whether each runs or is open, in order."""
    bits = _bits(words["on"])
    return _told(bytes((len(bits),)) + bits, is_text)


def _gates(words: Words, is_text: bool) -> bytes:
    """on: whether each is open · openings_cm: how far each."""
    openings = [int(one) for one in words.get("openings_cm", ())]
    if openings and len(openings) != len(words["on"]):
        raise ValueError("openings_cm has not one number for each gate")
    heights = b"".join(bytes.fromhex(f"{one:04d}") for one in openings)
    return _told(bytes((len(words["on"]),)) + _bits(words["on"]) + heights, is_text)


def _bits(switches: list[bool]) -> bytes:
    if not switches or len(switches) > _MOST_SWITCHES:
        raise ValueError(f"{len(switches)} switches")
    number = sum(bool(one) << place for place, one in enumerate(switches))
    return number.to_bytes((len(switches) + 7) // 8, "little")


def _told(data: bytes, is_text: bool) -> bytes:
    return f"{data.hex().upper()} ".encode("ascii") if is_text else data


def _quota(words: Words, is_text: bool) -> bytes:
    """on: whether the control of a fixed quantity is on."""
    return _told(b"\xff" if words["on"] else b"\x00", is_text)


def _card(words: Words, is_text: bool) -> bytes:
    """on: whether cards work; only that bit counts (table 69)."""
    state = (1 << 9 if words["on"] else 0).to_bytes(4, "big")
    if is_text:
        return f"ZT {state.hex().upper()} ".encode("ascii")
    return bytes((STATE, 0x20)) + state


def _password(words: Words, is_text: bool) -> bytes:
    """old, new: four hexadecimal digits each."""
    setting = SETTINGS[PASSWORD]
    return b"".join(_change(setting, str(words[one]), is_text) for one in ("old", "new"))


def _marked(ident: int) -> Callable[[Words, bool], bytes]:
    """An order that only its own identifier makes valid."""
    return lambda words, is_text: f"{ident:02X} ".encode() if is_text else bytes((ident, 0))


_SAID = {
    "set_time": _Said(0x4A, _nothing),
    "clock": _Said(0x51, _nothing),
    "realtime": _Said(0x37, _nothing),
    "elements": _Said(0x3A, _elements),
    "period": _Said(0x38, _period),
    "manual": _Said(0x39, _nothing),
    "picture": _Said(0x36, _nothing),
    "read_basic": _Said(0x41, _idents),
    "set_basic": _Said(0x40, _changes),
    "read_running": _Said(0x43, _idents),
    "set_running": _Said(0x42, _changes),
    "motors": _Said(0x44, _nothing),
    "version": _Said(0x45, _nothing),
    "state": _Said(0x46, _nothing),
    "events": _Said(0x50, _nothing),
    "pumps": _Said(0x4C, _switches),
    "valves": _Said(0x4D, _switches),
    "gates": _Said(0x4E, _gates),
    "quota": _Said(0x4F, _quota),
    "card": _Said(0x4B, _card),
    "password": _Said(0x49, _password),
    "clear_store": _Said(0x47, _marked(CLEAR)),
    "factory_reset": _Said(0x48, _marked(RESET)),
}
ASKS = tuple(_SAID)

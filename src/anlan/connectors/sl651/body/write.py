"""Bodies as stations write them: reports in binary and in ASCII, pictures, texts."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from anlan.connectors.sl651.body.digits import number_written
from anlan.connectors.sl651.tables.elements import (
    BY_CODE,
    MANUAL,
    OBSERVED,
    PICTURE,
    RAIN,
    STATE,
    STATION,
    STEP,
    Element,
)
from anlan.terms.errors import Malformed

Value = float | Sequence[float]
"""NaN: there is none. A series of five minutes has many."""


class Group(NamedTuple):
    """Values observed at one time (YYMMDDHHmm), by the codes of their elements."""

    observed: str
    values: Sequence[tuple[str, Value]]


class Head(NamedTuple):
    """How a body begins. sent: YYMMDDHHmmSS · kind: the class of the station, 0 for none."""

    serial: int
    sent: str
    station: str = ""
    kind: int = 0


def head(told: Head, *, is_text: bool) -> bytes:
    """Raises Malformed where something has no room."""
    try:
        if is_text:
            text = f"{told.serial:04X}{told.sent}"
            if told.station:
                text += f"ST {told.station.upper()} " + (f"{told.kind:c} " if told.kind else "")
            return text.encode("ascii")
        data = told.serial.to_bytes(2, "big") + bytes.fromhex(told.sent)
        if told.station:
            data += bytes((STATION, STATION)) + bytes.fromhex(told.station)
        return data + (bytes((told.kind,)) if told.kind else b"")
    except (ValueError, OverflowError) as error:
        raise Malformed(f"a body cannot begin so ({error})") from error


def report(told: Head, groups: Sequence[Group], *, is_text: bool) -> bytes:
    """A report. Raises Malformed for an element that there is not, or a value without room."""
    data = head(told, is_text=is_text)
    for group in groups:
        data += _observed(group.observed, is_text=is_text)
        data += b"".join(_element(*one, is_text=is_text) for one in group.values)
    return data


def uniform(told: Head, group: Group, step_min: int, *, is_text: bool) -> bytes:
    """One element with a value at each step (6.6.4.4); a step of less than an hour."""
    ((code, values),) = group.values
    element, numbers = _named(code), [values] if isinstance(values, float | int) else values
    data = head(told, is_text=is_text) + _observed(group.observed, is_text=is_text)
    if is_text:
        words = " ".join(_word(element, one) for one in numbers)
        return data + f"DRN{step_min:02d} {code} {words} ".encode("ascii")
    data += bytes((STEP, 0x18, 0, 0)) + bytes.fromhex(f"{step_min:02d}")
    rows = [number_written(one, element.size, element.decimals) for one in numbers]
    size = max(map(len, rows), default=element.size)
    if any(len(one) != size for one in rows):
        raise Malformed("a negative value among others needs a size of its own")
    return data + bytes((element.ident, size << 3 | element.decimals)) + b"".join(rows)


def picture(told: Head, observed: str, jpeg: bytes, *, is_text: bool) -> bytes:
    """A picture; it stands as it is in both ways of writing."""
    data = head(told, is_text=is_text) + _observed(observed, is_text=is_text)
    return data + (b"PIC " if is_text else bytes((PICTURE, PICTURE))) + jpeg


def manual(told: Head, text: str, *, is_text: bool) -> bytes:
    """What a person set in at the station, in the words of SL 330."""
    mark = b"RGZS " if is_text else bytes((MANUAL, MANUAL))
    return head(told, is_text=is_text) + mark + text.encode("gb18030")


def _observed(digits: str, *, is_text: bool) -> bytes:
    if not digits:
        return b""
    return f"TT {digits} ".encode() if is_text else bytes((OBSERVED,) * 2) + bytes.fromhex(digits)


def _named(code: str) -> Element:
    element = BY_CODE.get(code)
    if element is None:
        raise Malformed(f"there is no element {code!r}")
    return element


def _element(code: str, value: Value, *, is_text: bool) -> bytes:
    element = _named(code)
    if not isinstance(value, float | int):
        data, decimals = _series(element, value), 0
    elif element.ident == STATE:
        data, decimals = int(value).to_bytes(4, "big"), 0
    else:
        data, decimals = number_written(value, element.size, element.decimals), element.decimals
    if len(data) > 31:
        raise Malformed(f"{code} has no room for {value}")
    if not is_text:
        return bytes((element.ident, len(data) << 3 | decimals)) + data
    is_number = isinstance(value, float | int) and element.ident != STATE
    word = _word(element, value) if is_number else data.hex().upper()
    return f"{code} {word} ".encode("ascii")


def _word(element: Element, value: Value) -> str:
    if not isinstance(value, float | int):
        return _series(element, value).hex().upper()
    return "M" if math.isnan(value) else f"{value:.{element.decimals}f}"


def _series(element: Element, values: Sequence[float]) -> bytes:
    if not element.is_series:
        raise Malformed(f"{element.code} is no series")
    size, scale = (1, 10) if element.ident == RAIN else (2, 100)
    none = (1 << 8 * size) - 1
    counts = [none if math.isnan(one) else round(one * scale) for one in values]
    if any(not 0 <= one <= none for one in counts):
        raise Malformed(f"{element.code} has no room for one of its values")
    return b"".join(one.to_bytes(size, "big") for one in counts)

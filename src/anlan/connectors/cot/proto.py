"""The TAK protocol, version 1: an event as a message of protocol buffers.

Fields by number as in takmessage.proto, cotevent.proto and detail.proto of the TAK protocol.
"""

import struct
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from anlan.connectors.cot.event import Event, checked
from anlan.connectors.cot.part import Part, read, write
from anlan.terms.errors import Malformed

Value = int | float | bytes
_EVENT, _DETAIL = 2, 15
_TEXTS = {1: "kind", 5: "uid", 9: "how"}
_MORE = {2: "access", 3: "qos", 4: "opex", 16: "caveat", 17: "releaseableTo"}
_TIMES = {6: "at", 7: "start", 8: "stale"}
_PLACE = {10: "lat", 11: "lon", 12: "hae", 13: "ce", 14: "le"}
_PARTS: Final[dict[int, tuple[str, dict[int, tuple[str, str]]]]] = {
    2: ("contact", {1: ("endpoint", "text"), 2: ("callsign", "text")}),
    3: ("__group", {1: ("name", "text"), 2: ("role", "text")}),
    4: ("precisionlocation", {1: ("geopointsrc", "text"), 2: ("altsrc", "text")}),
    5: ("status", {1: ("battery", "whole")}),
    6: ("takv", {1: ("device", "text"), 2: ("platform", "text"), 3: ("os", "text"),
                 4: ("version", "text")}),
    7: ("track", {1: ("speed", "number"), 2: ("course", "number")}),
}  # fmt: skip
_FIRST = (b"", b"\x0a", b"\x12", b"\x18", b"\x20")
"""With what a message begins: a control, an event, or when it was sent or made; it may be empty."""
_MOST_VARINT = 1 << 64


def event_in(raw: bytes) -> Event | None:
    """The event of a message, None where it holds none; Malformed where it is no message."""
    body = None
    if raw[:1] not in _FIRST:
        raise Malformed("it begins with a field that no message has")
    for number, value in fields(raw):
        if number == _EVENT and isinstance(value, bytes):
            body = value
    return _event(body) if body is not None else None


def _event(raw: bytes) -> Event:
    # What is not sent is zero, or empty.
    found: dict[str, int | float | str] = dict.fromkeys(_PLACE.values(), 0.0)
    found |= dict.fromkeys(_TIMES.values(), 0) | dict.fromkeys(_TEXTS.values(), "")
    more: dict[str, str] = {}
    detail: tuple[Part, ...] = ()
    for number, value in fields(raw):
        if number in _TEXTS:
            found[_TEXTS[number]] = _text(value)
        elif number in _MORE:
            more[_MORE[number]] = _text(value)
        elif number in _TIMES and isinstance(value, int):
            found[_TIMES[number]] = value
        elif number in _PLACE and isinstance(value, float):
            found[_PLACE[number]] = value
        elif number == _DETAIL and isinstance(value, bytes):
            detail = _detail(value)
    return checked(Event(**found, more=more, detail=detail))  # type: ignore[arg-type]  # by the tables above


def _detail(raw: bytes) -> tuple[Part, ...]:
    """What the parts say stands before what XML says of the rest."""
    known: list[Part] = []
    rest: tuple[Part, ...] = ()
    for number, value in fields(raw):
        if number == 1:
            rest = read(b"<detail>" + _raw(value) + b"</detail>").parts
        elif number in _PARTS:
            tag, names = _PARTS[number]
            known.append(Part(tag, _attrs(_raw(value), names)))
    return (*known, *rest)


def _attrs(raw: bytes, names: dict[int, tuple[str, str]]) -> dict[str, str]:
    zeros = {"text": "", "whole": "0", "number": "0.0"}
    found = {name: zeros[kind] for name, kind in names.values() if kind != "text"}
    for number, value in fields(raw):
        name, kind = names.get(number, ("", ""))
        if name:
            found[name] = _text(value) if kind == "text" else str(value)
    return found


def _raw(value: Value) -> bytes:
    if not isinstance(value, bytes):
        raise Malformed("a number where a text should be")
    return value


def _text(value: Value) -> str:
    try:
        return _raw(value).decode()
    except UnicodeDecodeError as error:
        raise Malformed("a text that is no UTF-8") from error


def fields(raw: bytes) -> Iterator[tuple[int, Value]]:
    """The fields of a message in order, groups excepted; Malformed where it is none."""
    at = 0
    while at < len(raw):
        tag, at = varint(raw, at)
        number, kind = tag >> 3, tag & 7
        size = {1: 8, 5: 4}.get(kind, 0)
        if kind == 0:
            value, at = varint(raw, at)
            yield number, value
            continue
        if kind == 2:
            size, at = varint(raw, at)
        elif not size:
            raise Malformed("a field of no kind that there is")
        if number == 0 or at + size > len(raw):
            raise Malformed("a field that is cut short")
        piece = raw[at : at + size]
        yield number, piece if kind == 2 else _float(piece)
        at += size


def effort_of(raw: bytes) -> int:
    """About how many bytes were read until it was no message."""
    size = 1
    if raw[:1] in _FIRST:
        with suppress(Malformed):
            for _, value in fields(raw):
                size += 2 + (len(value) if isinstance(value, bytes) else 0)
    return size


def _float(piece: bytes) -> float:
    return float(struct.unpack("<d" if len(piece) == 8 else "<f", piece)[0])


def varint(raw: bytes, at: int) -> tuple[int, int]:
    """A number at a place, and where it ends; Malformed where it does not end."""
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(raw):
            break
        byte = raw[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            if value >= _MOST_VARINT:
                break
            return value, at
    raise Malformed("a number that does not end")


def message_of(event: Event) -> bytes:
    """An event as a message."""
    body = b""
    texts = {number: getattr(event, name) for number, name in _TEXTS.items()}
    texts |= {number: event.more.get(name, "") for number, name in _MORE.items()}
    for number in range(1, 18):
        if texts.get(number):
            body += _bytes(number, texts[number].encode())
        elif number in _TIMES and getattr(event, _TIMES[number]):
            body += _key(number, 0) + _varint(getattr(event, _TIMES[number]))
        elif number in _PLACE and getattr(event, _PLACE[number]):
            body += _key(number, 1) + struct.pack("<d", getattr(event, _PLACE[number]))
        elif number == _DETAIL and event.detail:
            body += _bytes(number, _detail_of(event.detail))
    return _bytes(_EVENT, body)


def _detail_of(detail: tuple[Part, ...]) -> bytes:
    """The first parts by number, as far as their fields hold them; the rest as XML."""
    known: dict[str, bytes] = {}
    rest = b""
    numbers = {tag: number for number, (tag, _) in _PARTS.items()}
    for part in detail:
        number = numbers.get(part.tag, 0)
        packed = _packed(part, _PARTS[number][1]) if number and part.tag not in known else None
        if packed is None:
            rest += write(part)
        else:
            known[part.tag] = _bytes(number, packed)
    return (_bytes(1, rest) if rest else b"") + b"".join(known.values())


def _packed(part: Part, names: dict[int, tuple[str, str]]) -> bytes | None:
    """A part as a message; None where it says more than that holds, or says it otherwise."""
    packed = b""
    for number, (name, kind) in names.items():
        text = part.get(name)
        try:
            if kind == "text" and text:
                packed += _bytes(number, text.encode())
            elif kind == "whole" and int(text or 0):
                packed += _key(number, 0) + _varint(int(text))
            elif kind == "number" and float(text or 0):
                packed += _key(number, 1) + struct.pack("<d", float(text))
        except ValueError:
            return None
    return packed if Part(part.tag, _attrs(packed, names)) == part else None


def _bytes(number: int, value: bytes) -> bytes:
    return _key(number, 2) + _varint(len(value)) + value


def _key(number: int, kind: int) -> bytes:
    return _varint(number << 3 | kind)


def _varint(value: int) -> bytes:
    out = bytearray()
    if value < 0:
        raise ValueError(value)
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def stream_of(message: bytes) -> bytes:
    """A message as it stands in a stream."""
    return b"\xbf" + _varint(len(message)) + message

"""The units of SMPP 3.4 that a sender and its centre need, as octets and back."""

import struct
from dataclasses import dataclass, fields
from typing import Any, ClassVar

from anlan.terms.errors import Malformed

_HEADER = struct.Struct(">IIII")
_ANSWER = 0x8000_0000
PAYLOAD, RECEIPTED, STATE = 0x0424, 0x001E, 0x0427
SAR_MARK, SAR_TOTAL, SAR_NUMBER = 0x020C, 0x020E, 0x020F
"""Tags of optional parameters."""

Options = tuple[tuple[int, bytes], ...]


@dataclass(frozen=True, slots=True)
class Bind:
    """A login that both sends and receives."""

    command: ClassVar[int] = 0x09
    layout: ClassVar[str] = "s16 s9 s13 n1 n1 n1 s41"
    user: str
    password: str
    system: str = ""
    version: int = 0x34
    ton: int = 0
    npi: int = 0
    range: str = ""


@dataclass(frozen=True, slots=True)
class BindResp:
    command: ClassVar[int] = _ANSWER | 0x09
    layout: ClassVar[str] = "s16 options"
    name: str = ""
    options: Options = ()


@dataclass(frozen=True, slots=True)
class Unbind:
    command: ClassVar[int] = 0x06
    layout: ClassVar[str] = ""


@dataclass(frozen=True, slots=True)
class UnbindResp:
    command: ClassVar[int] = _ANSWER | 0x06
    layout: ClassVar[str] = ""


@dataclass(frozen=True, slots=True)
class EnquireLink:
    command: ClassVar[int] = 0x15
    layout: ClassVar[str] = ""


@dataclass(frozen=True, slots=True)
class EnquireLinkResp:
    command: ClassVar[int] = _ANSWER | 0x15
    layout: ClassVar[str] = ""


@dataclass(frozen=True, slots=True)
class Nack:
    """What was said was not understood; the status of the header says why."""

    command: ClassVar[int] = _ANSWER
    layout: ClassVar[str] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What submit_sm and deliver_sm have in common: all their fields."""

    layout: ClassVar[str] = "s6 n1 n1 s21 n1 n1 s21 n1 n1 n1 s17 s17 n1 n1 n1 n1 content options"
    service: str = ""
    from_ton: int = 0
    from_npi: int = 0
    sender: str = ""
    to_ton: int = 1
    to_npi: int = 1
    to: str = ""
    esm_class: int = 0
    protocol: int = 0
    haste: int = 0
    send_at: str = ""
    valid_until: str = ""
    wants_report: int = 0
    replaces: int = 0
    coding: int = 0
    preset: int = 0
    content: bytes = b""
    options: Options = ()

    @property
    def body(self) -> bytes:
        """The text, wherever it stands."""
        return self.content or dict(self.options).get(PAYLOAD, b"")


@dataclass(frozen=True, slots=True, kw_only=True)
class Submit(Carried):
    command: ClassVar[int] = 0x04


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliver(Carried):
    command: ClassVar[int] = 0x05


@dataclass(frozen=True, slots=True)
class SubmitResp:
    command: ClassVar[int] = _ANSWER | 0x04
    layout: ClassVar[str] = "s65"
    name: str = ""


@dataclass(frozen=True, slots=True)
class DeliverResp:
    command: ClassVar[int] = _ANSWER | 0x05
    layout: ClassVar[str] = "s65"
    name: str = ""


Pdu = (
    Bind | BindResp | Unbind | UnbindResp | EnquireLink | EnquireLinkResp | Nack | Submit
    | SubmitResp | Deliver | DeliverResp
)  # fmt: skip
_KINDS: dict[int, type[Any]] = {
    one.command: one
    for one in (Bind, BindResp, Unbind, UnbindResp, EnquireLink, EnquireLinkResp, Nack, Submit,
                SubmitResp, Deliver, DeliverResp)
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit with its header; status: 0 for well, and for every question."""

    sequence: int
    pdu: Pdu
    status: int = 0


def encode(sequence: int, pdu: Pdu, status: int = 0) -> bytes:
    """The octets of a unit. Raises Malformed for a value that its field does not hold.

    An answer that refuses has no body (SMPP 3.4, 4.4.2).
    """
    values = (getattr(pdu, one.name) for one in fields(pdu))
    pairs = zip(pdu.layout.split(), values, strict=True)
    body = b"" if status else b"".join(_put(code, value) for code, value in pairs)
    return _HEADER.pack(_HEADER.size + len(body), pdu.command, status, sequence) + body


def decode(frame: bytes) -> Unit:
    """The unit of a whole frame. Raises Malformed for one that is none."""
    if len(frame) < _HEADER.size:
        raise Malformed("shorter than a header", where="smpp")
    length, command, status, sequence = _HEADER.unpack_from(frame)
    kind = _KINDS.get(command)
    if length != len(frame) or kind is None:
        raise Malformed(f"no unit of SMPP: command {command:#x}, {length} octets", where="smpp")
    if status and len(frame) == _HEADER.size and command & _ANSWER:
        return Unit(sequence, kind(), status)
    return Unit(sequence, _unpack(kind, frame[_HEADER.size :]), status)


def _unpack(kind: type[Any], body: bytes) -> Any:
    values: list[Any] = []
    at = 0
    for code in kind.layout.split():
        value, at = _take(code, body, at)
        values.append(value)
    if at != len(body):
        raise Malformed(f"{len(body) - at} octets too many", where=kind.__name__)
    return kind(**dict(zip((one.name for one in fields(kind)), values, strict=True)))


def _put(code: str, value: Any) -> bytes:
    try:
        if code == "options":
            pairs = ((tag.to_bytes(2), len(told).to_bytes(2), told) for tag, told in value)
            return b"".join(octets for pair in pairs for octets in pair)
        if code == "content":
            return len(value).to_bytes(1) + bytes(value)
        if code == "n1":
            return int(value).to_bytes(1)
        octets: bytes = value.encode("latin-1") + b"\0"
        if len(octets) > int(code[1:]) or octets.find(b"\0") != len(octets) - 1:
            raise OverflowError(f"{len(octets)} octets for {code[1:]}")
    except (OverflowError, UnicodeEncodeError) as error:
        raise Malformed(f"not fit for a field of SMPP: {error}", where=code) from error
    return octets


def _take(code: str, body: bytes, at: int) -> tuple[Any, int]:
    if code == "options":
        return _options(body, at)
    if code == "content":
        size, at = _cut(body, at, 1)
        return _cut(body, at, size[0])
    if code == "n1":
        octets, at = _cut(body, at, 1)
        return octets[0], at
    end = body.find(b"\0", at, at + int(code[1:]))
    if end < 0:
        raise Malformed("a text that does not end", where="smpp")
    return body[at:end].decode("latin-1"), end + 1


def _options(body: bytes, at: int) -> tuple[Options, int]:
    found = []
    while at < len(body):
        head, at = _cut(body, at, 4)
        value, at = _cut(body, at, int.from_bytes(head[2:]))
        found.append((int.from_bytes(head[:2]), value))
    return tuple(found), at


def _cut(body: bytes, at: int, size: int) -> tuple[bytes, int]:
    if at + size > len(body):
        raise Malformed(f"{at + size - len(body)} octets are missing", where="smpp")
    return body[at : at + size], at + size

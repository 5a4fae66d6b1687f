"""The units of CMPP 3.0 and 2.0 as octets and back, those of both ends (China Mobile, CMPP)."""

import hashlib
import struct
from dataclasses import dataclass, fields
from typing import Any, ClassVar

from anlan.terms.errors import Malformed

V2, V3 = 0x20, 0x30
_HEADER = struct.Struct(">III")
_ANSWER = 0x8000_0000
_SIZES = {"phone": (21, 32), "status": (1, 4), "link": (8, 20), "n1v3": (0, 1)}
"""Octets of the fields that grew from 2.0 to 3.0."""


@dataclass(frozen=True, slots=True)
class Connect:
    """A login. timestamp: MMDDHHMMSS as a number."""

    command: ClassVar[int] = 1
    layout: ClassVar[str] = "s6 o16 n1 n4"
    source: str
    proof: bytes
    version: int
    timestamp: int


@dataclass(frozen=True, slots=True)
class ConnectResp:
    command: ClassVar[int] = _ANSWER | 1
    layout: ClassVar[str] = "status o16 n1"
    status: int
    proof: bytes = bytes(16)
    version: int = V3


@dataclass(frozen=True, slots=True)
class Terminate:
    command: ClassVar[int] = 2
    layout: ClassVar[str] = ""


@dataclass(frozen=True, slots=True)
class TerminateResp:
    command: ClassVar[int] = _ANSWER | 2
    layout: ClassVar[str] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submit:
    """A part to be sent to up to 255 numbers."""

    command: ClassVar[int] = 4
    layout: ClassVar[str] = (
        "n8 n1 n1 n1 n1 s10 n1 phone n1v3 n1 n1 n1 s6 s2 s6 s17 s17 s21 phones n1v3 content link"
    )
    name: int = 0
    total: int = 1
    number: int = 1
    wants_report: int = 1
    haste: int = 0
    service: str = ""
    payer_kind: int = 2
    payer: str = ""
    payer_type: int = 0
    protocol: int = 0
    has_header: int = 0
    coding: int = 8
    source: str = ""
    fee_kind: str = "01"
    fee: str = "0"
    valid_until: str = ""
    send_at: str = ""
    sender: str = ""
    to: tuple[str, ...] = ()
    to_type: int = 0
    content: bytes = b""
    link: str = ""


@dataclass(frozen=True, slots=True)
class SubmitResp:
    command: ClassVar[int] = _ANSWER | 4
    layout: ClassVar[str] = "n8 status"
    name: int
    status: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliver:
    """What a phone has written, or a status report; is_report: 1 for that."""

    command: ClassVar[int] = 5
    layout: ClassVar[str] = "n8 s21 s10 n1 n1 n1 phone n1v3 n1 content link"
    name: int
    to: str = ""
    service: str = ""
    protocol: int = 0
    has_header: int = 0
    coding: int = 8
    sender: str = ""
    sender_type: int = 0
    is_report: int = 0
    content: bytes = b""
    link: str = ""


@dataclass(frozen=True, slots=True)
class DeliverResp:
    command: ClassVar[int] = _ANSWER | 5
    layout: ClassVar[str] = "n8 status"
    name: int
    status: int = 0


@dataclass(frozen=True, slots=True)
class ActiveTest:
    command: ClassVar[int] = 8
    layout: ClassVar[str] = ""


@dataclass(frozen=True, slots=True)
class ActiveTestResp:
    command: ClassVar[int] = _ANSWER | 8
    layout: ClassVar[str] = "n1"
    reserved: int = 0


@dataclass(frozen=True, slots=True)
class StatusReport:
    """The content of a Deliver that is a report: no unit of its own."""

    layout: ClassVar[str] = "n8 s7 s10 s10 phone n4"
    name: int
    state: str
    submitted: str = ""
    done: str = ""
    to: str = ""
    sequence: int = 0


Pdu = (
    Connect | ConnectResp | Terminate | TerminateResp | Submit | SubmitResp | Deliver
    | DeliverResp | ActiveTest | ActiveTestResp
)  # fmt: skip
_KINDS: dict[int, type[Any]] = {
    one.command: one
    for one in (Connect, ConnectResp, Terminate, TerminateResp, Submit, SubmitResp, Deliver,
                DeliverResp, ActiveTest, ActiveTestResp)
}  # fmt: skip


def proof_of(source: str, secret: str, timestamp: int) -> bytes:
    """What proves a login: MD5 of the source, nine zeros, the secret and the moment."""
    told = source.encode() + bytes(9) + secret.encode() + f"{timestamp:010d}".encode()
    return hashlib.md5(told, usedforsecurity=False).digest()


def encode(sequence: int, pdu: Pdu, version: int) -> bytes:
    """The octets of a unit. Raises Malformed for a value that its field does not hold."""
    body = pack(pdu, version)
    return _HEADER.pack(_HEADER.size + len(body), pdu.command, sequence) + body


def decode(frame: bytes, version: int) -> tuple[int, Pdu]:
    """Sequence and unit of a whole frame. Raises Malformed for one that is none."""
    if len(frame) < _HEADER.size:
        raise Malformed("shorter than a header", where="cmpp")
    length, command, sequence = _HEADER.unpack_from(frame)
    kind = _KINDS.get(command)
    if length != len(frame) or kind is None:
        raise Malformed(f"no unit of CMPP: command {command:#x}, {length} octets", where="cmpp")
    pdu: Pdu = unpack(kind, frame[_HEADER.size :], version)
    return sequence, pdu


def pack(pdu: Pdu | StatusReport, version: int) -> bytes:
    """The octets of a body."""
    values = (getattr(pdu, one.name) for one in fields(pdu))
    codes = pdu.layout.split()
    return b"".join(_put(c, v, version) for c, v in zip(codes, values, strict=True))


def unpack(kind: type[Any], body: bytes, version: int) -> Any:
    """The value whose body this is. Raises Malformed where octets lack or are left over."""
    values: list[Any] = []
    at = 0
    for code in kind.layout.split():
        value, at = _take(code, body, at, version=version)
        values.append(value)
    if at != len(body):
        raise Malformed(f"{len(body) - at} octets too many", where=kind.__name__)
    return kind(**dict(zip((one.name for one in fields(kind)), values, strict=True)))


def _size(code: str, version: int) -> int:
    """Octets of a field that always has as many."""
    old, new = _SIZES[code] if code in _SIZES else (int(code[1:]),) * 2
    return old if version == V2 else new


def _put(code: str, value: Any, version: int) -> bytes:
    try:
        if code == "content":
            return len(value).to_bytes(1) + bytes(value)
        if code == "phones":
            size = _size("phone", version)
            return len(value).to_bytes(1) + b"".join(_text(one, size) for one in value)
        size = _size(code, version)
        if code[0] == "o":
            return _whole(bytes(value), size)
        if code[0] == "n" or code == "status":
            return int(value).to_bytes(size) if size else b""
        return _text(value, size)
    except (OverflowError, UnicodeEncodeError) as error:
        raise Malformed(f"not fit for a field of CMPP: {error}", where=code) from error


def _text(value: str, size: int) -> bytes:
    octets = value.encode("latin-1")
    return _whole(octets + bytes(max(0, size - len(octets))), size)


def _whole(octets: bytes, size: int) -> bytes:
    if len(octets) != size:
        raise OverflowError(f"{len(octets)} octets for {size}")
    return octets


def _take(code: str, body: bytes, at: int, *, version: int) -> tuple[Any, int]:
    if code in ("content", "phones"):
        count, at = _cut(body, at, 1)
        size = _size("phone", version) if code == "phones" else 1
        octets, end = _cut(body, at, count[0] * size)
        if code == "content":
            return octets, end
        return tuple(_read(octets[n : n + size]) for n in range(0, len(octets), size)), end
    octets, end = _cut(body, at, _size(code, version))
    if code[0] == "o":
        return octets, end
    if code[0] == "n" or code == "status":
        return int.from_bytes(octets), end
    return _read(octets), end


def _cut(body: bytes, at: int, size: int) -> tuple[bytes, int]:
    if at + size > len(body):
        raise Malformed(f"{at + size - len(body)} octets are missing", where="cmpp")
    return body[at : at + size], at + size


def _read(octets: bytes) -> str:
    return octets.rstrip(b"\0").decode("latin-1")

"""What is in a frame: its edition, its body in plain bytes, and what an envelope holds.

No head names its edition, and an encrypted body may be any bytes. Both are settled by what fits:
the body of a link's message to its last byte, or an envelope whose number and length are right.
"""

from collections.abc import Sequence
from struct import Struct
from typing import Any, NamedTuple

from anlan.connectors.jt809.cipher import Numbers, turned
from anlan.connectors.jt809.frame import Head, heads
from anlan.connectors.jt809.tables import is_envelope, is_whole, read_message
from anlan.connectors.jt809.tables.links import LINKS

_SUB, _SOURCE = Struct(">HI"), Struct(">HHII")
_WHOSE = 22
"""A plate and its colour, before what an envelope holds where it is about a vehicle."""

_PRINTED = frozenset(range(0x20, 0x7F)) | {0}


class Envelope(NamedTuple):
    """A message inside another. is_right: it fills the other, as its length says."""

    sub: int
    data: bytes
    plate: str = ""
    colour: int | None = None
    length: int = 0
    is_right: bool = True


class Opened(NamedTuple):
    """A frame's content. body: plain, or as it came where no numbers open it (is_closed)."""

    head: Head
    body: bytes
    envelope: Envelope | None = None
    is_closed: bool = False
    numbers: Numbers | None = None

    @property
    def number(self) -> int:
        """Of the message that says something: the inner one of an envelope."""
        return self.envelope.sub if self.envelope else self.head.id

    @property
    def data(self) -> bytes:
        return self.envelope.data if self.envelope else self.body


def opened(data: bytes, agreed: Sequence[Numbers], guessed: Sequence[Numbers]) -> Opened:
    """agreed: numbers of this platform, which are believed · guessed: believed where all fits."""
    ways = heads(data)
    found = [_opened(head, body, agreed, guessed) for head, body in ways]
    fitting = (one for one in found if one is not None and _fits(one))
    likely = (one for one in found if one is not None and not one.is_closed)
    head, body = ways[0]
    return next(fitting, None) or next(likely, None) or Opened(head, body, is_closed=True)


def _opened(
    head: Head, body: bytes, agreed: Sequence[Numbers], guessed: Sequence[Numbers]
) -> Opened | None:
    if not head.encryption or not body:
        return Opened(head, body, envelope_of(head.id, body))
    closed = None
    for numbers in (*agreed, *guessed):
        plain = turned(body, head.key, numbers)
        one = Opened(head, plain, envelope_of(head.id, plain), numbers=numbers)
        if _fits(one) and (numbers in agreed or _is_sure(one)):
            return one
        closed = closed or (one if numbers in agreed else None)
    return closed


def envelope_of(number: int, body: bytes) -> Envelope | None:
    """What an envelope holds, about a vehicle or not; None where it holds nothing known."""
    if not is_envelope(number):
        return None
    likely = None
    for at in (_WHOSE, 0):
        if body[at : at + 1] != number.to_bytes(2, "big")[:1] or len(body) < at + _SUB.size:
            continue
        found = _envelope(body, at)
        if found.is_right:
            return found
        likely = likely or found
    return likely


def _envelope(body: bytes, at: int) -> Envelope:
    sub, length = _SUB.unpack_from(body, at)
    start = at + _SUB.size
    is_right = length == len(body) - start
    data = body[start:]
    if not is_right and len(body) >= at + _SOURCE.size:
        # Since 2019 some answers name what they answer before their length.
        _, _, _, late = _SOURCE.unpack_from(body, at)
        if late == len(body) - at - _SOURCE.size:
            data, length, is_right = body[at + 2 : at + 8] + body[at + 12 :], late, True
    if not at:
        return Envelope(sub, data, length=length, is_right=is_right)
    return Envelope(sub, data, plate_of(body[: _WHOSE - 1]), body[_WHOSE - 1], length, is_right)


def plate_of(raw: bytes) -> str:
    """The plate that 21 bytes bear, as one reads it on a vehicle."""
    return raw.split(b"\0")[0].decode("gb18030", "replace").strip()


def _fits(one: Opened) -> bool:
    if one.envelope is not None:
        return one.envelope.is_right
    if one.head.id in LINKS:
        return is_whole(read_message(one.head.id, one.body, one.head.edition))
    return not is_envelope(one.head.id)


def _is_sure(one: Opened) -> bool:
    """Whether chance alone would hardly make it fit."""
    if one.envelope is not None:
        return True
    if one.head.id == 0x1001:
        fields = read_message(one.head.id, one.body, one.head.edition)
        texts = f"{fields.get('password', '')}{fields.get('downLinkIP', '')}".encode()
        return bool(texts) and _PRINTED.issuperset(texts)
    return False


def fields_of(one: Opened) -> dict[str, Any]:
    """The fields of a frame, and its body, plain as far as it could be opened."""
    fields: dict[str, Any] = {"body": one.body.hex()}
    if one.is_closed:
        return fields
    if (inner := one.envelope) is not None:
        if inner.colour is not None:
            fields |= {"plate": inner.plate, "colour": inner.colour}
        fields["inner_length"] = inner.length
        if not inner.is_right:
            fields["fault"] = f"the length says {inner.length}, there are {len(inner.data)}"
    return fields | read_message(one.number, one.data, one.head.edition)

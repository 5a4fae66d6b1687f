"""The data of a frame: type, number, cause, station, and objects with their addresses."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from anlan.connectors.iec104.apdu import ADDRESS_BYTES, CONTROL_BYTES, HEAD_BYTES
from anlan.connectors.iec104.kinds import CAUSES, KINDS, Kind
from anlan.connectors.iec104.parts import read_parts

_HEAD = 6


class Asdu(NamedTuple):
    """is_row: objects have addresses one after another · station: the common address."""

    kind: int
    number: int
    cause: int
    station: int
    is_row: int = 0
    is_negative: int = 0
    is_test: int = 0
    origin: int = 0

    def told(self) -> dict[str, Any]:
        kind = KINDS.get(self.kind)
        return {
            "type": self.kind, "name": kind.name if kind else None, "sq": self.is_row,
            "num": self.number, "cot": self.cause, "cot_word": CAUSES.get(self.cause),
            "pn": self.is_negative, "test": self.is_test, "oa": self.origin, "ca": self.station,
        }  # fmt: skip


class Piece(NamedTuple):
    """An object: its address and its bytes."""

    address: int
    raw: bytes


def asdu_of(raw: bytes) -> Asdu:
    """Of a frame of the form I."""
    kind, number, cause, origin, low, high = raw[CONTROL_BYTES:HEAD_BYTES]
    return Asdu(
        kind, number & 0x7F, cause & 0x3F, low | high << 8, is_row=number >> 7,
        is_negative=cause >> 6 & 1, is_test=cause >> 7, origin=origin,
    )  # fmt: skip


def write_asdu(asdu: Asdu, pieces: list[Piece]) -> bytes:
    """The inverse of asdu_of and pieces_of; the number is that of the pieces."""
    head = bytes(
        [
            asdu.kind,
            len(pieces) | asdu.is_row << 7,
            asdu.cause | asdu.is_negative << 6 | asdu.is_test << 7,
            asdu.origin,
        ]
    )
    body = b"".join(
        (b"" if asdu.is_row and n else one.address.to_bytes(ADDRESS_BYTES, "little")) + one.raw
        for n, one in enumerate(pieces)
    )
    return head + asdu.station.to_bytes(2, "little") + body


def pieces_of(raw: bytes, asdu: Asdu, kind: Kind) -> Iterator[Piece]:
    """The objects of a frame whose kind has a size."""
    size, at, address = kind.size, HEAD_BYTES, 0
    for n in range(asdu.number):
        if n and asdu.is_row:
            address += 1
        else:
            address = int.from_bytes(raw[at : at + ADDRESS_BYTES], "little")
            at += ADDRESS_BYTES
        yield Piece(address, raw[at : at + size])
        at += size


def object_of(piece: Piece, kind: Kind) -> dict[str, Any]:
    """What an object says; no quality where its kind has none."""
    return {"ioa": piece.address, "quality": None, **read_parts(kind.parts, piece.raw)}

"""A record of the ordered log and its checksum; damage is a value with a reason."""

import zlib
from dataclasses import dataclass
from enum import IntEnum
from typing import Any


class RecordKind(IntEnum):
    """What a record carries."""

    READINGS = 1
    REGISTRY = 2
    TICK = 3
    NOTE = 4  # free text or bytes of the writer, such as an operator's remark


@dataclass(frozen=True, slots=True)
class Record:
    """One entry of the log: a body and the changes it caused, durable together.

    at: ms UTC, when the writer took it in · seq: its place, from 1; given by the log.
    """

    kind: RecordKind
    at: int
    body: bytes
    changes: bytes = b""
    seq: int = 0

    @property
    def size(self) -> int:
        """Bytes of body and changes."""
        return len(self.body) + len(self.changes)


@dataclass(frozen=True, slots=True)
class Damage:
    """Something that cannot be read: where it stood, which records it cost, and why."""

    file: str
    first: int
    last: int
    reason: str

    def __str__(self) -> str:
        which = f"record {self.first}"
        if self.last != self.first:
            which = f"records {self.first} to {self.last}"
        return f"{self.file}: {which}: {self.reason}"


def checksum(record: Record, seq: int) -> int:
    """CRC-32 over place, kind, time, changes and body."""
    head = b"%d %d %d %d" % (seq, record.kind, record.at, len(record.changes))
    return zlib.crc32(record.body, zlib.crc32(record.changes, zlib.crc32(head)))


Row = tuple[int, int, int, int, bytes, bytes]
"""seq, kind, at, checksum, changes, body: a record as a row of a table."""


def row_of(record: Record, seq: int) -> Row:
    """A record as a row."""
    return (seq, int(record.kind), record.at, checksum(record, seq), record.changes, record.body)


def record_of(row: tuple[Any, ...]) -> Record | None:
    """The record of a row; None where the checksum is wrong or the row is not one."""
    try:
        seq, kind, at, total, changes, body = row
        record = Record(RecordKind(kind), at, body, changes, seq)
        return record if checksum(record, seq) == total else None
    except (TypeError, ValueError):  # a damaged column may come back as another type
        return None

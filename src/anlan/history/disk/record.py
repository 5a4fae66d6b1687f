"""A record of the ordered log and its checksum; damage is a value with a reason."""

import zlib
from dataclasses import dataclass
from enum import IntEnum


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

"""Where a follower of the changes stands, and the changes after it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Self

from anlan.history.codec import decode_changes
from anlan.history.log import Log
from anlan.history.parts.changes import sealed_changes
from anlan.history.parts.manifest import read_manifest
from anlan.terms.changes import Change
from anlan.terms.errors import Malformed

START = "start"
"""The word for a cursor before the first change."""


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """A place among the changes of one epoch: `seq` of a record and how many of its changes
    were taken; as text `epoch:seq:index`."""

    epoch: str
    seq: int = 0
    index: int = 0

    def __str__(self) -> str:
        return f"{self.epoch}:{self.seq}:{self.index}"

    @classmethod
    def parse(cls, text: str, *, epoch: str) -> Self:
        """The cursor of a text, `start` for the beginning, for a store of that epoch.

        Raises Malformed where it is no cursor, or one of another epoch: the store was restored
        since, or it is another store, and what follows cannot be told.
        """
        if text.strip() in (START, ""):
            return cls(epoch)
        of, *numbers = text.strip().split(":")
        if len(numbers) != 2 or not all(n.isascii() and n.isdigit() for n in numbers):
            raise Malformed(f"not a cursor: {text!r} (epoch:seq:index, or {START})")
        cursor = cls(of, int(numbers[0]), int(numbers[1]))
        cursor.check(epoch)
        return cursor

    def check(self, epoch: str) -> None:
        """Raises Malformed where the cursor is of another epoch."""
        if self.epoch != epoch:
            raise Malformed(
                f"cursor {self} is of epoch {self.epoch}, the store of {epoch}: it was restored "
                f"or is another store; take its changes anew from {START!r}"
            )


Told = tuple[Cursor, Change]
"""A change and the cursor that stands after it."""


def changes_since(log: Log, cursor: Cursor, limit: int = 1000) -> list[Told]:
    """The next changes after the cursor, in log order, at most `limit`; empty when there are none.

    Raises Malformed for a cursor of another epoch.
    """
    cursor.check(log.epoch)
    return list(islice(_following(log, cursor), limit))


def _following(log: Log, cursor: Cursor) -> Iterator[Told]:
    manifest = read_manifest(log.folder)
    if manifest.sealed_to >= cursor.seq:
        for seq, number, change in sealed_changes(log.folder, manifest, cursor.seq):
            if seq > cursor.seq or number >= cursor.index:
                yield Cursor(log.epoch, seq, number + 1), change
    for record in log.records(max(manifest.sealed_to, cursor.seq - 1)):
        if not record.changes:
            continue
        taken = cursor.index if record.seq == cursor.seq else 0
        for number, change in enumerate(decode_changes(record.changes)):
            if number >= taken:
                yield Cursor(log.epoch, record.seq, number + 1), change

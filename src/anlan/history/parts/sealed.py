"""Records given back from the seal: the log stays readable from its beginning.

Readings come back in their order and their record; bodies are encoded anew, so their bytes may
differ from the first ones while every value is the same. Raw readings that were aged out leave
records without readings.
"""

import tempfile
from collections.abc import Collection, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from anlan.history.codec import encode_changes, encode_readings
from anlan.history.parts.changes import sealed_changes
from anlan.history.parts.engine import connect, files_sql
from anlan.history.parts.layout import read_groups, rows_of
from anlan.history.parts.manifest import KEPT_KINDS, Kind, Manifest, Part, kept_records
from anlan.history.parts.rows import Rows
from anlan.history.segments.record import Record, RecordKind
from anlan.terms.changes import Change
from anlan.terms.errors import Malformed

_PIECE = 500_000


def sealed_records(
    folder: Path, manifest: Manifest, *, after: int, kinds: Collection[RecordKind]
) -> Iterator[Record]:
    """The sealed records after a place, of these kinds, in order."""
    kept = {record.seq: record for record in kept_records(folder, after, kinds)}
    if not set(kinds) - KEPT_KINDS:
        yield from kept.values()
        return
    changes = _Changes(folder, manifest, after + 1)
    for part in manifest.of(Kind.RECORDS):
        if part.last <= after:
            continue
        bodies = _Bodies(folder, manifest, part, after)
        for seq, kind, at in _heads(folder / part.file, after):
            told = encode_changes(changes.of(seq))
            if RecordKind(kind) not in kinds:
                continue
            if seq in kept:
                yield kept[seq]
            else:
                body = bodies.of(seq) if kind == RecordKind.READINGS else b""
                yield Record(RecordKind(kind), at, body, told, seq)


def _heads(path: Path, after: int) -> Iterator[tuple[int, int, int]]:
    for table in read_groups(path, ["seq", "kind", "at"]):
        columns = (table[name].to_pylist() for name in ("seq", "kind", "at"))
        yield from (head for head in zip(*columns, strict=True) if head[0] > after)


class _Changes:
    """The changes of one record after the other."""

    def __init__(self, folder: Path, manifest: Manifest, first: int) -> None:
        told = sealed_changes(folder, manifest, first)
        self._groups = groupby(told, key=lambda one: one.seq)
        self._next = self._take()

    def _take(self) -> tuple[int, list[Change]] | None:
        for seq, group in self._groups:
            return seq, [told.change for told in group]
        return None

    def of(self, seq: int) -> list[Change]:
        """The changes of a record; asked in order of place."""
        while self._next is not None and self._next[0] < seq:
            self._next = self._take()
        return self._next[1] if self._next is not None and self._next[0] == seq else []


class _Bodies:
    """The readings of one record after the other, of one part."""

    def __init__(self, folder: Path, manifest: Manifest, part: Part, after: int) -> None:
        files = [folder / p.file for p in manifest.of(Kind.READINGS) if p.first == part.first]
        self._pieces = _in_log_order(files, after) if files else iter(())
        self._rows = Rows.none()
        self._at = 0

    def of(self, seq: int) -> bytes:
        """The body of a record; asked in order of place."""
        found: list[Rows] = []
        while True:
            begin, end = self._at + np.searchsorted(self._rows.seq[self._at :], [seq, seq + 1])
            found.append(self._rows.at(slice(int(begin), int(end))))
            self._at = int(end)
            if self._at < len(self._rows.seq):
                break
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._rows, self._at = piece, 0
        return encode_readings(Rows.joined(found).batch())


def _in_log_order(files: list[Path], after: int) -> Iterator[Rows]:
    """The readings in the order they came, sorted outside memory where they are many."""
    sql = f"""SELECT * FROM {files_sql(files)} WHERE seq > {after:d}
        ORDER BY seq, coalesce(place, -1), time, sensor"""  # noqa: S608 - our own file names
    with tempfile.TemporaryDirectory(prefix="anlan-") as spill:
        try:
            with connect(Path(spill)) as engine:
                found: Any = engine.sql(sql).to_arrow_reader(_PIECE)
                yield from (rows_of(pa.Table.from_batches([batch])) for batch in found)
        except duckdb.Error as error:
            raise Malformed(f"cannot be read ({error})", where=str(files[0])) from error

"""A file of readings into a site: in pieces, through the running service or straight in."""

import contextlib
import io
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from anlan.live.decode.body import decode
from anlan.live.decode.plain import FIELDS
from anlan.live.loop.heart import Heart
from anlan.live.prepared import answer, prepare
from anlan.live.quarantine import Quarantine
from anlan.live.reach import Running, running
from anlan.live.replay.reading.files import kind_of, unreadable
from anlan.live.replay.reading.text import (
    OddRowsError,
    csv_tables,
    encoding_of,
    open_text,
    require_columns,
)
from anlan.live.shelved import open_heart
from anlan.live.view import OPERATOR, View
from anlan.terms.errors import Unavailable

NEEDED = FIELDS[:3]
_BLOCK = 4 << 20
_MOST_BYTES = 1 << 30
_TRIES = 60
_ARROW = "application/vnd.apache.arrow.stream"
_NDJSON = "application/x-ndjson"

Piece = tuple[bytes, str, int]
"""A body, its form, and how many rows of the file are read by then."""
Progress = Callable[[int, int | None], None]
"""Hears rows so far, and of how many, where that is known."""
Take = Callable[[bytes, str], dict[str, Any]]


def import_file(data: Path, file: Path, *, progress: Progress, rows: int) -> Counter[str]:
    """Stores a file's readings; how many were accepted, duplicates, and refused by code.

    Raises Malformed where the file cannot be read, Unavailable where the site cannot store.
    """
    service = running(data)
    if service is not None:
        with contextlib.closing(service):
            return _sent(file, lambda body, form: _post(service, body, form), progress, rows)
    heart = open_heart(data)
    try:
        return _sent(file, _Direct(heart, data).take, progress, rows)
    finally:
        heart.close()


def _sent(file: Path, take: Take, progress: Progress, rows: int) -> Counter[str]:
    try:
        return _each(file, take, progress, (rows, False))
    except OddRowsError:  # sent again from the start, row by row: what is stored already stays
        return _each(file, take, progress, (rows, True))
    except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
        raise unreadable(file, error) from error


def _each(file: Path, take: Take, progress: Progress, how: tuple[int, bool]) -> Counter[str]:
    rows, careful = how
    total = pq.ParquetFile(file).metadata.num_rows if kind_of(file) == "parquet" else None
    counts: Counter[str] = Counter()
    for body, form, so_far in pieces(file, rows, careful=careful):
        told = take(body, form)
        counts["accepted"] += told["accepted"]
        counts["duplicates"] += told["duplicates"]
        counts.update(told.get("refused_counts", {}))
        progress(so_far or counts.total(), total)
    return counts


def pieces(file: Path, rows: int, *, careful: bool = False) -> Iterator[Piece]:
    """Bodies that together are the file."""
    kind = kind_of(file)
    if kind == "ndjson":
        for block in _lines(file):
            yield block, _NDJSON, 0
        return
    tables = (
        _parquet(file, rows)
        if kind == "parquet"
        else csv_tables(file, FIELDS, NEEDED, careful=careful)
    )
    so_far = 0
    for table in tables:
        for start in range(0, len(table), rows):
            part = table.slice(start, rows)
            so_far += len(part)
            yield _arrow(part), _ARROW, so_far


def _parquet(file: Path, rows: int) -> Iterator[pa.Table]:
    with pq.ParquetFile(file, page_checksum_verification=True) as source:
        require_columns(file, source.schema_arrow.names, NEEDED)
        names = [name for name in FIELDS if name in source.schema_arrow.names]
        for batch in source.iter_batches(batch_size=rows, columns=names):
            yield pa.Table.from_batches([batch])


def _arrow(table: pa.Table) -> bytes:
    out = io.BytesIO()
    with pa.ipc.new_stream(out, table.schema) as stream:
        stream.write_table(table.combine_chunks())
    return out.getvalue()


def _lines(file: Path) -> Iterator[bytes]:
    rest = ""
    with open_text(file, encoding_of(file)) as text:
        while block := text.read(_BLOCK):
            block = rest + block
            end = block.rfind("\n") + 1
            rest = block[end:]
            if end:
                yield block[:end].encode(errors="replace")
    if rest.strip():
        yield rest.encode(errors="replace")


def _post(service: Running, body: bytes, kind: str) -> dict[str, Any]:
    """Sends a body; waits where the service is behind."""
    for _ in range(_TRIES):
        try:
            found: dict[str, Any] = service.ask(
                "POST", "/api/v1/readings?received=keep", body, kind=kind
            )
        except Unavailable as error:
            time.sleep(error.retry_after_s)
            last = error
        else:
            return found
    raise last


class _Direct:
    """Takes bodies as the only writer of the store."""

    def __init__(self, heart: Heart, data: Path) -> None:
        self._heart, self._quarantine = heart, Quarantine(data)
        self._view = View(heart.registry)

    def take(self, body: bytes, kind: str) -> dict[str, Any]:
        now = time.time_ns() // 1_000_000
        form = "arrow" if kind == _ARROW else "ndjson"
        decoded = decode(body, form, self._view.table, most_bytes=_MOST_BYTES)
        faults = decoded.faults
        if faults.counts:
            unseen = faults.counts.total() - len(faults.kept)
            self._quarantine.add(OPERATOR.source, faults.kept, at=now, unseen=unseen)
        prepared = prepare(decoded, self._view, OPERATOR, now=now, keeps_received=True)
        verdicts = self._heart.take(prepared.batch, at=now)
        self._heart.commit()
        return answer(prepared, verdicts, seq=self._heart.seq, view=self._view)

"""Arrow streams and CSV: columns as Arrow arrays → readings."""

import io
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from anlan.live.decode.arrow_sizes import check_unfolded
from anlan.live.decode.columnar import read_rows
from anlan.live.decode.decoded import UNKNOWN_SENSOR, UNREADABLE, Decoded, Fault, Faults, unknown
from anlan.live.decode.decoded import as_text as reading_text
from anlan.live.decode.keytable import ABSENT, KeyTable
from anlan.live.decode.kinds import plain_columns
from anlan.live.replay.reading.cells import Parsed, flat_of, times_of, values_of
from anlan.terms.errors import Malformed
from anlan.terms.quality import Quality
from anlan.terms.readings import Batch, Reading
from anlan.terms.rows import FIELDS, NEEDED
from anlan.terms.times import NEVER

_PER_MS = {"s": 1000, "ms": 1, "us": 1000, "ns": 1_000_000}
_WORDS = {quality.word: quality for quality in (Quality.GOOD, Quality.UNCERTAIN, Quality.BAD)}


class _OddError(Exception):
    """The columns are not of the plain types; each row is to be read by itself."""


def read_arrow(body: bytes, table: KeyTable, *, most_bytes: int) -> Decoded:
    """The readings of an Arrow IPC stream; Malformed where it cannot be read as one.

    most_bytes: what its decompressed columns may take; Malformed beyond.
    """
    try:
        check_unfolded(body, most_bytes)
        with pa.ipc.open_stream(pa.BufferReader(body)) as stream:
            _require(stream.schema.names, "the stream")
            batches = list(stream)
        columns = pa.Table.from_batches(batches, stream.schema).select(_present(stream.schema))
        columns.validate(full=True)
        columns = plain_columns(columns.combine_chunks(), most_bytes=most_bytes)
        return read_table(columns, table)
    except (pa.ArrowException, OSError, ValueError, KeyError, IndexError, EOFError) as error:
        raise Malformed(f"not an Arrow IPC stream ({_first_line(error)})") from error


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def _present(schema: pa.Schema) -> list[str]:
    return [name for name in FIELDS if name in schema.names]


def _require(names: list[str], what: str) -> None:
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise Malformed(f"{what} has no column {', '.join(missing)}")
    twice = [name for name in FIELDS if names.count(name) > 1]
    if twice:
        raise Malformed(f"{what} has column {twice[0]} twice")


def read_csv(body: bytes, table: KeyTable) -> Decoded:
    """The readings of CSV with a header row in UTF-8; Malformed where there is none."""
    text = body.removeprefix(b"\xef\xbb\xbf")
    faults: list[tuple[int | None, str]] = []

    def skip(row: Any) -> str:
        faults.append((row.number, row.text))
        return "skip"

    try:
        columns = pa_csv.read_csv(
            io.BytesIO(text),
            read_options=pa_csv.ReadOptions(use_threads=False, block_size=1 << 24),
            parse_options=pa_csv.ParseOptions(invalid_row_handler=skip),
            convert_options=pa_csv.ConvertOptions(  # as text: types that Arrow guesses differ
                column_types=dict.fromkeys(FIELDS, pa.string()),
                strings_can_be_null=True,
                null_values=[""],
            ),
        )
        present = columns.column_names
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise Malformed(f"not CSV in UTF-8 ({_first_line(error)})") from error
    _require(present, "the CSV")
    names = [name for name in FIELDS if name in present]
    return _with_skipped(read_table(columns.select(names).combine_chunks(), table), faults)


def _with_skipped(decoded: Decoded, skipped: list[tuple[int | None, str]]) -> Decoded:
    """Adds the rows that could not be cut into fields, at their places among the others."""
    if not skipped:
        return decoded
    # Arrow numbers the lines from the header, 1; without a number it stands behind the rest.
    total = decoded.rows + len(skipped)
    odd = [total - 1 if n is None else min(max(n - 2, 0), total - 1) for n, _ in skipped]
    free = np.setdiff1d(np.arange(total), np.array(odd))[: decoded.rows]
    places = np.arange(decoded.rows) if decoded.places is None else decoded.places
    faults = Faults()
    for fault in decoded.faults.kept:
        faults.add(fault._replace(row=int(free[fault.row])))
    for code, n in (decoded.faults.counts - faults.counts).items():
        faults.count(code, n)
    for row, (_, text) in zip(odd, skipped, strict=True):
        faults.add(
            Fault(row, UNREADABLE, "another number of fields than the header", text.encode())
        )
    faults.kept.sort()
    return Decoded(decoded.batch, free[places], total, faults)


def read_table(columns: pa.Table, table: KeyTable) -> Decoded:
    """The readings of columns with the names of the contract."""
    rows = len(columns)
    try:
        handles, keys = _handles(columns["sensor"], table)
        batch = Batch(
            sensor=handles,
            time=_times(columns["time"], None),
            value=_good(values_of(columns["value"])),
            quality=_qualities(columns, rows),
            received=_received(columns, rows),
        )
    except (_OddError, pa.ArrowException):
        return read_rows({n: _alone(columns[n]) for n in columns.column_names}, rows, table)
    missing = np.flatnonzero(handles == ABSENT)
    if not len(missing):
        return Decoded(batch, None, rows, Faults())
    return _parted(batch, missing, keys)


def _alone(column: pa.ChunkedArray) -> list[Any]:
    """The cells as Python values, words of a dictionary shared; timestamps as milliseconds."""
    if pa.types.is_dictionary(column.type):
        flat = flat_of(column)
        words = flat.dictionary.to_pylist()
        return [None if i is None else words[i] for i in flat.indices.to_pylist()]
    if not pa.types.is_timestamp(column.type):
        return column.to_pylist()  # type: ignore[no-any-return] # pyarrow is untyped
    scale = _PER_MS[column.type.unit]
    raw = column.cast(pa.int64()).to_pylist()
    seconds = column.type.unit == "s"
    return [x if x is None else x * scale if seconds else x // scale for x in raw]


def _parted(batch: Batch, missing: Any, keys: pa.Array) -> Decoded:
    faults = Faults()
    for row in missing.tolist():
        if not faults.has_room:
            faults.count(UNKNOWN_SENSOR, len(missing) - len(faults.kept))
            break
        reading = Reading(keys[row].as_py(), *(c[row].item() for c in batch[1:]))
        faults.add(unknown(row, reading.sensor, reading_text(reading)))
    places = np.flatnonzero(batch.sensor != ABSENT)
    taken = Batch(*(column[places] for column in batch))
    return Decoded(taken, places, len(batch.sensor), faults)


def _handles(column: pa.ChunkedArray, table: KeyTable) -> tuple[Any, pa.Array]:
    """Handles, ABSENT where unknown, and the keys; odd where any key is not plainly one."""
    flat = flat_of(column)
    if flat.null_count:
        raise _OddError
    if not pa.types.is_dictionary(flat.type):
        return _looked_up(flat, table), flat
    words = _looked_up(flat.dictionary, table)
    if flat.dictionary.null_count:
        raise _OddError
    return words[flat.indices.to_numpy(zero_copy_only=False)], flat


def _looked_up(words: pa.Array, table: KeyTable) -> Any:
    words = words.cast(pa.string())
    if not len(words):
        return np.zeros(0, np.int32)
    _, ends, text = words.buffers()
    spans = np.frombuffer(ends, np.int32)[words.offset : words.offset + len(words) + 1]
    content = np.frombuffer(text, np.uint8) if text is not None else np.zeros(1, np.uint8)
    found = table.find_spans(content, spans.astype(np.int64))
    strange = words.filter(pa.array(found == ABSENT))
    if len(strange) and not _are_keys(strange):
        raise _OddError
    return found


def _are_keys(words: pa.Array) -> bool:
    """Whether all are plain keys that need no second look."""
    plain = pc.match_substring_regex(words, "^[!-~]([ -~]{0,126}[!-~])?$")
    return bool(pc.all(plain).as_py())


def _good(parsed: Parsed) -> Any:
    """The values of a column that is good throughout; writable, as all compiled code takes them."""
    if parsed.good is not None and not parsed.good.all():
        raise _OddError
    return np.require(parsed.values, requirements="W")


def _times(column: pa.ChunkedArray, empty: int | None) -> Any:
    if column.null_count == 0:
        return _good(times_of(column))
    if empty is None:
        raise _OddError
    filled = np.full(len(column), empty, np.int64)
    there = column.is_valid().to_numpy()
    filled[there] = _good(times_of(column.drop_null()))
    return filled


def _qualities(columns: pa.Table, rows: int) -> Any:
    if "quality" not in columns.column_names or columns["quality"].null_count == rows:
        return np.zeros(rows, np.uint8)
    flat = flat_of(columns["quality"])
    if not pa.types.is_dictionary(flat.type):
        flat = flat.cast(pa.string()).dictionary_encode()
    words = [_WORDS.get(w) for w in flat.dictionary.to_pylist()]
    if flat.null_count or None in words:
        raise _OddError
    return np.array(words, np.uint8)[flat.indices.to_numpy(zero_copy_only=False)]


def _received(columns: pa.Table, rows: int) -> Any:
    if "received" not in columns.column_names or columns["received"].null_count == rows:
        return np.full(rows, NEVER, np.int64)
    return _times(columns["received"], NEVER)

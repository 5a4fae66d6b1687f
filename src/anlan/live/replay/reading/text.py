"""Text files as UTF-8: which encoding, and CSV cut into string columns."""

import codecs
import collections
import csv
import functools
import io
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from anlan.terms.errors import Malformed

_BLOCK = 16 << 20
_LINES = 1 << 16
_QUOTED_LINES = 20
_LINE_END = re.compile(r"\r\n|\r|\n")
REPLACED = "\ufffd"


class OddRowsError(Exception):
    """The fast path cannot be trusted on this file; read it line by line."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a file's bytes become text.

    lossy: neither UTF-8 nor GB18030 throughout; what cannot be decoded becomes U+FFFD ·
    quoted: has a quote somewhere.
    """

    name: str
    lossy: bool = False
    quoted: bool = False


def _decodes(path: Path, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                decoder.decode(block)
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return False
    return True


def _has_quote(path: Path) -> bool:
    with path.open("rb") as file:
        return any(b'"' in block for block in iter(lambda: file.read(_BLOCK), b""))


def encoding_of(path: Path) -> Encoding:
    """UTF-8 (with or without BOM) where the whole file is, else GB18030.

    A file that is neither throughout is read as UTF-8 and marked lossy, so that a damaged
    row costs only itself.
    """
    quoted = _has_quote(path)
    if _decodes(path, "utf-8"):
        return Encoding("utf-8", quoted=quoted)
    with path.open("rb") as file:
        has_bom = file.read(3) == codecs.BOM_UTF8
    if not has_bom and _decodes(path, "gb18030"):
        return Encoding("gb18030", quoted=quoted)
    return Encoding("utf-8", lossy=True, quoted=quoted)


def open_text(path: Path, encoding: Encoding) -> io.TextIOWrapper:
    """The file as text without a BOM, line ends kept."""
    errors = "replace" if encoding.lossy else "strict"
    text = path.open("r", encoding=encoding.name, errors=errors, newline="")
    if text.read(1) != "\ufeff":
        text.seek(0)
    return text


def header_of(path: Path, encoding: Encoding) -> tuple[list[str], int]:
    """Column names, trimmed, and how many lines the header takes with blank lines above it.

    Raises Malformed where there is none or a name stands twice.
    """
    with open_text(path, encoding) as text:
        head = _LINE_END.split(text.read(1 << 16))
    for skipped, line in enumerate(head):
        if line.strip():
            names = [name.strip() for name in next(csv.reader([line]))]
            return names, skipped + 1
    raise Malformed("is empty: a header row is needed", where=path.name)


def column_places(path: Path, names: list[str], wanted: tuple[str, ...]) -> dict[str, int]:
    """Where each wanted column stands in the header; Malformed where one stands twice."""
    places = {name: names.index(name) for name in wanted if name in names}
    for name in places:
        if names.count(name) > 1:
            raise Malformed(f"column {name} stands twice in the header", where=path.name)
    return places


def csv_tables(
    path: Path, wanted: tuple[str, ...], needed: tuple[str, ...], *, careful: bool
) -> Iterator[pa.Table]:
    """Tables of string columns, each with those of `wanted` that the header has.

    A row that cannot be cut into its fields is a row of nulls. Raises Malformed where a needed
    column is missing, and OddRowsError where a file has such rows or line ends in quotes:
    `careful` then reads it line by line.
    """
    encoding = encoding_of(path)
    names, head = header_of(path, encoding)
    require_columns(path, names, needed)
    shape = (len(names), head, column_places(path, names, wanted))
    if careful or encoding.lossy:
        for table in _careful_tables(path, encoding, shape):
            yield _without_damage(table) if encoding.lossy else table
    else:
        yield from _fast_tables(path, encoding, shape)


def require_columns(path: Path, names: list[str], needed: tuple[str, ...]) -> None:
    """Raises Malformed naming the columns that are missing."""
    missing = [name for name in needed if name not in names]
    if missing:
        raise Malformed(f"has no column {', '.join(missing)}", where=str(path))


_Shape = tuple[int, int, dict[str, int]]  # columns, header lines, place by name


def _fast_tables(path: Path, encoding: Encoding, shape: _Shape) -> Iterator[pa.Table]:
    width, head, places = shape
    names = [f"c{i}" for i in range(width)]
    wanted = [names[i] for i in places.values()]
    read = names if encoding.quoted else wanted  # a stray quote may stand in any column
    reading = pa_csv.ReadOptions(
        block_size=_BLOCK,
        skip_rows=head,
        column_names=names,
        encoding="utf8" if encoding.name == "utf-8" else encoding.name,
    )
    parsing = pa_csv.ParseOptions(newlines_in_values=encoding.quoted)
    converting = pa_csv.ConvertOptions(
        column_types=dict.fromkeys(read, pa.string()), include_columns=read
    )
    try:
        for batch in pa_csv.open_csv(
            path, read_options=reading, parse_options=parsing, convert_options=converting
        ):
            table = pa.Table.from_batches([batch])
            if encoding.quoted:
                _refuse_line_ends(table)
            yield table.select(wanted).rename_columns(list(places))
    except pa.ArrowException as error:
        raise OddRowsError from error


def _refuse_line_ends(table: pa.Table) -> None:
    """A line end in quotes may be a quote that nobody closed, with rows inside."""
    for column in table.columns:
        if pc.any(pc.match_substring_regex(column, r"[\r\n]")).as_py():
            raise OddRowsError


def _careful_tables(path: Path, encoding: Encoding, shape: _Shape) -> Iterator[pa.Table]:
    width, head, places = shape
    damaged = [None] * len(places)
    rows: list[Sequence[str | None]] = []
    with open_text(path, encoding) as text:
        lines = itertools.islice(_lines(text), head, None)
        for fields in _rows(lines, width, set(places.values())):
            rows.append(damaged if fields is None else [fields[i] for i in places.values()])
            if len(rows) == _LINES:
                yield _table(rows, list(places))
                rows = []
    yield _table(rows, list(places))


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    """Lines ended by CR, LF or both, and by nothing else."""
    rest = ""
    while block := text.read(1 << 20):
        parts = _LINE_END.split(rest + block)
        rest = parts.pop()
        if block.endswith("\r"):  # its LF may stand in the next block
            rest = parts.pop() + "\r"
        yield from parts
    yield from _LINE_END.split(rest)


def _rows(lines: Iterable[str], width: int, wanted: set[int]) -> Iterator[list[str] | None]:
    """Each row's fields; None for a row that cannot be cut into `width` fields."""
    waiting: collections.deque[str] = collections.deque()
    source = iter(lines)
    while True:
        line = waiting.popleft() if waiting else next(source, None)
        if line is None:
            return
        if not line:
            continue
        fields = _fields(line)
        if fields is None:
            while len(waiting) < _QUOTED_LINES and (more := next(source, None)) is not None:
                waiting.append(more)
            fields = _quoted_row(line, waiting, (width, wanted))
        yield fields if fields is not None and len(fields) == width else None


def _quoted_row(
    line: str, following: collections.deque[str], shape: tuple[int, set[int]]
) -> list[str] | None:
    """A row whose quoted field holds line ends; takes the lines it uses from `following`.

    None where the quote was left open: where a line inside would be a whole row itself, or
    the line end would stand in a key, time or value.
    """
    width, wanted = shape
    for used, more in enumerate(following, start=1):
        alone = _fields(more)
        if alone is not None and len(alone) == width and not any('"' in f for f in alone):
            return None
        line = f"{line}\n{more}"
        fields = _fields(line)
        if fields is None:
            continue
        if len(fields) != width or any("\n" in fields[i] for i in wanted):
            return None
        for _ in range(used):
            following.popleft()
        return fields
    return None


def _fields(line: str) -> list[str] | None:
    try:
        return next(csv.reader([line], strict=True), None)
    except csv.Error:
        return None


def _table(rows: list[Sequence[str | None]], names: list[str]) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else ([] for _ in names)
    return pa.table({n: pa.array(c, pa.string()) for n, c in zip(names, columns, strict=True)})


def _without_damage(table: pa.Table) -> pa.Table:
    """Rows of which a character was lost in decoding become rows of nulls."""
    hits = [pc.fill_null(pc.match_substring(c, REPLACED), True) for c in table.columns]
    damaged = functools.reduce(pc.or_, hits)
    columns = {n: pc.if_else(damaged, None, table[n]) for n in table.column_names}
    return pa.table(columns)

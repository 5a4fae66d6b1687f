"""CSV as readings."""

import io
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from anlan.live.decode.decoded import UNREADABLE, Decoded, Fault, Faults
from anlan.live.decode.keytable import KeyTable
from anlan.live.decode.tables.columns import first_line, read_table, require
from anlan.terms.errors import Malformed
from anlan.terms.rows import FIELDS


def read_csv(body: bytes, table: KeyTable) -> Decoded:
    """The readings of CSV with a header row in UTF-8; Malformed where there is none."""
    text = body.removeprefix(b"\xef\xbb\xbf")
    _check_text(text)
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
    except pa.ArrowException as error:
        raise Malformed(f"not CSV ({first_line(error)})") from error
    require(present, "the CSV")
    names = [name for name in FIELDS if name in present]
    return _with_skipped(read_table(columns.select(names).combine_chunks(), table), faults)


def _check_text(text: bytes) -> None:
    try:
        text.decode()
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        raise Malformed(f"not CSV in UTF-8: line {line} has other bytes") from error


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

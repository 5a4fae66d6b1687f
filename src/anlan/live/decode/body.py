"""A body by its content type: which decoder reads it."""

import re

import msgspec

from anlan.live.decode.columnar import read_columns
from anlan.live.decode.decoded import Decoded
from anlan.live.decode.keytable import KeyTable
from anlan.live.decode.ndjson import read_lines, read_list, read_objects
from anlan.live.decode.tables.arrow_body import read_arrow
from anlan.live.decode.tables.csv_body import read_csv
from anlan.terms.errors import Malformed

FORMATS = {
    "application/json": "json",
    "application/x-ndjson": "ndjson",
    "application/ndjson": "ndjson",
    "application/jsonl": "ndjson",
    "application/x-jsonlines": "ndjson",
    "text/csv": "csv",
    "application/vnd.apache.arrow.stream": "arrow",
}
"""Content types and the form they stand for."""

_READINGS = re.compile(rb'\s*\{\s*"readings"\s*:\s*(?=\[)')


def decode(body: bytes, form: str, table: KeyTable, *, most_bytes: int) -> Decoded:
    """The readings of a body; Malformed where the body as a whole cannot be read."""
    if form == "ndjson":
        return read_lines(body.removeprefix(b"\xef\xbb\xbf"), table)
    if form == "csv":
        return read_csv(body, table)
    if form == "arrow":
        return read_arrow(body, table, most_bytes=most_bytes)
    return _json(body.removeprefix(b"\xef\xbb\xbf"), table)


def _json(body: bytes, table: KeyTable) -> Decoded:
    """A list of objects, `{"readings": […]}`, or columns."""
    wrapped = _READINGS.match(body)
    head = body[:64].lstrip()
    if wrapped is None and not head.startswith(b"["):
        return read_columns(body, table)
    start = wrapped.end() if wrapped else body.index(b"[")
    found = read_list(body, table, start)
    if found is not None:
        decoded, stop = found
        if body[stop:].strip(b" \t\r\n") == (b"}" if wrapped else b""):
            return decoded
    return read_objects(_rows_of(body), table)


class _Wrapped(msgspec.Struct):
    readings: list[msgspec.Raw]


def _rows_of(body: bytes) -> list[msgspec.Raw]:
    try:
        if body.lstrip().startswith(b"{"):
            return msgspec.json.decode(body, type=_Wrapped).readings
        return msgspec.json.decode(body, type=list[msgspec.Raw])
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Malformed(f"the body is no JSON list of readings ({error})") from error

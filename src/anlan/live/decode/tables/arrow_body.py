"""Arrow IPC streams as readings."""

import pyarrow as pa

from anlan.live.decode.decoded import Decoded
from anlan.live.decode.keytable import KeyTable
from anlan.live.decode.tables.columns import first_line, read_table, require
from anlan.live.decode.tables.kinds import check_kinds, plain_columns
from anlan.live.decode.tables.sizes import check_unfolded
from anlan.terms.errors import Malformed
from anlan.terms.rows import FIELDS


def read_arrow(body: bytes, table: KeyTable, *, most_bytes: int) -> Decoded:
    """The readings of an Arrow IPC stream; Malformed where it cannot be read as one.

    most_bytes: what its columns may take once they are unfolded; Malformed beyond.
    """
    try:
        check_unfolded(body, most_bytes)
        with pa.ipc.open_stream(pa.BufferReader(body)) as stream:
            require(stream.schema.names, "the stream")
            check_kinds(stream.schema)
            batches = list(stream)
        columns = pa.Table.from_batches(batches, stream.schema)
        columns = columns.select([name for name in FIELDS if name in stream.schema.names])
        columns.validate(full=True)
        columns = plain_columns(columns.combine_chunks(), most_bytes=most_bytes)
        return read_table(columns, table)
    except (pa.ArrowException, OSError, ValueError, KeyError, IndexError, EOFError) as error:
        raise Malformed(f"not an Arrow IPC stream ({first_line(error)})") from error

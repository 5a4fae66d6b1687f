"""Compiles everything that a live site and a replay run, into Numba's cache (NUMBA_CACHE_DIR).

`python -m anlan.live.warming` does it in a process of its own, before anything listens.
"""

import io

import numpy as np
import pyarrow as pa

from anlan.engine import engine
from anlan.live.decode.body import decode
from anlan.live.decode.keytable import KeyTable
from anlan.live.loop.latest import Latest
from anlan.live.loop.repeats import Repeats
from anlan.live.replay import passes

_BODIES = (
    (b'{"sensor":"a","time":1,"value":1}\n', "ndjson"),
    (b'[{"sensor":"a","time":1,"value":1}]', "json"),
    (b'{"sensor":["a"],"time":[1],"value":[1],"quality":["good"],"received":[1]}', "json"),
)

_ROWS = 100  # enough for repeats to be looked for together


def warm() -> None:
    """Runs every compiled function once."""
    engine.warm()
    table = KeyTable([("a", 0)])
    for body, form in _BODIES:
        decode(body, form, table, most_bytes=1 << 20)
    batch = decode(_arrow(), "arrow", table, most_bytes=1 << 20).batch
    latest = Latest(1)
    latest.take(batch)
    repeats = Repeats(lambda handles, low, high: batch)
    repeats.note(batch)
    repeats.verdicts(batch, latest.time, 0)
    passes.warm()


def _arrow() -> bytes:
    columns = pa.table({"sensor": ["a"] * _ROWS, "time": np.arange(_ROWS), "value": np.ones(_ROWS)})
    out = io.BytesIO()
    with pa.ipc.new_stream(out, columns.schema) as stream:
        stream.write_table(columns)
    return out.getvalue()


if __name__ == "__main__":
    warm()

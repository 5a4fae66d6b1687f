"""The engine's state as bytes: a header of names and shapes, then the arrays."""

import hashlib
import json
from typing import Any

import numpy as np

from anlan.engine.changes import no_changes
from anlan.engine.kernel.tables import (
    CHANGE,
    CONDITION_STATE,
    HOT_STATE,
    INSTANCE_STATE,
    SENSOR_STATE,
    RingTables,
    StateTables,
    moved,
)
from anlan.engine.plan import Plan
from anlan.engine.work import Work
from anlan.terms.errors import Malformed

FORMAT = 2


def fingerprint(plan: Plan) -> str:
    """A digest of all that gives a plan's state its meaning."""
    digest = hashlib.sha256(repr([dtype.descr for dtype in DTYPES.values()]).encode())
    for sensor in plan.sensors:
        digest.update(f"{sensor.key}\x00{sensor.quantity}\x00{sensor.object}\n".encode())
    for instance in plan.instances:
        digest.update(
            f"{instance.pack}\x00{instance.rule.key}\x00{instance.rule.version}\n".encode()
        )
    for table in plan.tables:
        digest.update(np.ascontiguousarray(table).tobytes())
    return digest.hexdigest()


def pack(work: Work) -> bytes:
    """All that the engine must remember."""
    arrays: dict[str, Any] = {}
    arrays |= {f"state.{k}": v for k, v in work.state._asdict().items()}
    arrays |= {f"ring.{k}": v for k, v in work.rings._asdict().items()}
    arrays["said"] = np.concatenate([no_changes(), *work.memory.said])
    arrays["ticks"] = np.concatenate([np.zeros(0, np.int64), *work.memory.ticks])
    arrays["groups"] = work.promoter.said
    header = {
        "format": FORMAT,
        "plan": fingerprint(work.plan),
        "own_tick": work.own_tick,
        "newest_tick": work.memory.newest_tick,
        "arrays": [(k, v.shape) for k, v in arrays.items()],
    }
    head = json.dumps(header).encode()
    body = b"".join(np.ascontiguousarray(v).tobytes() for v in arrays.values())
    return len(head).to_bytes(8, "little") + head + body


def unpack(work: Work, blob: bytes) -> None:
    """Puts a packed state back; Malformed when it is another plan's or damaged."""
    try:
        size = int.from_bytes(blob[:8], "little")
        header = json.loads(blob[8 : 8 + size])
        arrays = _arrays(header["arrays"], blob, 8 + size)
    except (ValueError, KeyError, TypeError, MemoryError) as error:
        raise Malformed("the snapshot is damaged") from error
    if header["format"] != FORMAT or header["plan"] != fingerprint(work.plan):
        raise Malformed("the snapshot belongs to another plan")
    work.state = StateTables(*(moved(arrays[f"state.{k}"]) for k in StateTables._fields))
    work.rings = RingTables(*(moved(arrays[f"ring.{k}"]) for k in RingTables._fields))
    work.memory.said = [arrays["said"]]
    work.memory.ticks = []
    work.memory.note_ticks(np.unique(arrays["ticks"]))
    work.own_tick, work.memory.newest_tick = header["own_tick"], header["newest_tick"]
    work.settle()
    levels = work.levels()
    work.promoter.restore({m: int(x) for m, x in enumerate(levels) if x})
    work.promoter.said[:] = arrays["groups"]


DTYPES = {
    "state.hot": HOT_STATE,
    "state.sensor": SENSOR_STATE,
    "state.instance": INSTANCE_STATE,
    "state.condition": CONDITION_STATE,
    "state.stack": np.dtype(np.float64),
    "ring.value": np.dtype(np.float64),
    "said": CHANGE,
    "groups": np.dtype(np.uint8),
}


def _arrays(entries: list[tuple[str, list[int]]], blob: bytes, offset: int) -> dict[str, Any]:
    arrays = {}
    for name, shape in entries:
        dtype = DTYPES.get(name, np.dtype(np.int64))
        array = np.frombuffer(blob, dtype, int(np.prod(shape)), offset).reshape(shape)
        arrays[name] = array
        offset += array.nbytes
    return arrays

"""The engine's state as bytes: a header of names and shapes, then the arrays."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.changes import no_changes
from anlan.engine.plan import Plan
from anlan.engine.tables import (
    CHANGE,
    CONDITION_STATE,
    INSTANCE_STATE,
    SENSOR_STATE,
    RingTables,
    StateTables,
)
from anlan.terms.errors import Malformed

if TYPE_CHECKING:
    from anlan.engine.engine import Engine

FORMAT = 1


def fingerprint(plan: Plan) -> str:
    """A digest of all that gives a plan's state its meaning."""
    digest = hashlib.sha256()
    for sensor in plan.sensors:
        digest.update(f"{sensor.key}\x00{sensor.quantity}\x00{sensor.object}\n".encode())
    for instance in plan.instances:
        digest.update(
            f"{instance.pack}\x00{instance.rule.key}\x00{instance.rule.version}\n".encode()
        )
    for table in plan.tables:
        digest.update(np.ascontiguousarray(table).tobytes())
    return digest.hexdigest()


def pack(engine: Engine) -> bytes:
    """All that the engine must remember."""
    arrays: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]] = {}
    arrays |= {f"state.{k}": v for k, v in engine.state._asdict().items()}
    arrays |= {f"ring.{k}": v for k, v in engine.rings._asdict().items()}
    arrays["said"] = np.concatenate([no_changes(), *engine.late.said])
    arrays["ticks"] = np.concatenate([np.zeros(0, np.int64), *engine.late.ticks])
    arrays["groups"] = engine.promoter.said
    header = {
        "format": FORMAT,
        "plan": fingerprint(engine.plan),
        "own_tick": engine.own_tick,
        "arrays": [(k, v.shape) for k, v in arrays.items()],
    }
    head = json.dumps(header).encode()
    body = b"".join(np.ascontiguousarray(v).tobytes() for v in arrays.values())
    return len(head).to_bytes(8, "little") + head + body


def unpack(engine: Engine, blob: bytes) -> None:
    """Puts a packed state back; Malformed when it is another plan's or damaged."""
    try:
        size = int.from_bytes(blob[:8], "little")
        header = json.loads(blob[8 : 8 + size])
        arrays = _arrays(header["arrays"], blob, 8 + size)
    except (ValueError, KeyError, TypeError, MemoryError) as error:
        raise Malformed("the snapshot is damaged") from error
    if header["format"] != FORMAT or header["plan"] != fingerprint(engine.plan):
        raise Malformed("the snapshot belongs to another plan")
    engine.state = StateTables(*(arrays[f"state.{k}"] for k in StateTables._fields))
    engine.rings = RingTables(*(arrays[f"ring.{k}"] for k in RingTables._fields))
    engine.late.said = [arrays["said"]]
    engine.late.ticks = [arrays["ticks"]]
    engine.own_tick = header["own_tick"]
    engine.settle()
    levels = engine.levels()
    engine.promoter.restore({m: int(x) for m, x in enumerate(levels) if x})
    engine.promoter.said[:] = arrays["groups"]


DTYPES = {
    "state.sensor": SENSOR_STATE,
    "state.instance": INSTANCE_STATE,
    "state.condition": CONDITION_STATE,
    "state.stack": np.dtype(np.float64),
    "ring.value": np.dtype(np.float64),
    "said": CHANGE,
    "groups": np.dtype(np.uint8),
}


def _arrays(
    entries: list[tuple[str, list[int]]], blob: bytes, offset: int
) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]]:
    arrays = {}
    for name, shape in entries:
        dtype = DTYPES.get(name, np.dtype(np.int64))
        array = np.frombuffer(blob, dtype, int(np.prod(shape)), offset).reshape(shape).copy()
        arrays[name] = array
        offset += array.nbytes
    return arrays

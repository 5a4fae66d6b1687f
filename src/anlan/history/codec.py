"""What stands in a record: readings as one compressed Arrow batch, changes, registry entries.

A body of readings is a fixed head (the form and base of every column) and one Arrow IPC record
batch, LZ4-compressed; its schema follows from the head. Integers are offsets in the smallest
type, handles differences, decimals scaled integers: the same bits come back.
"""

import struct
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from anlan.history.disk.columns import (
    Column,
    Floats,
    Offsets,
    as_decimals,
    from_decimals,
    narrow,
    widen,
)
from anlan.terms.changes import Change
from anlan.terms.errors import Malformed
from anlan.terms.readings import Batch

_MAGIC = 0xA1
_HEAD = struct.Struct("<BBBBBBBxIIqqqqq")
_DOUBLES = 255  # instead of a number of decimal places
_FORMS: dict[str, int] = {"uint8": 1, "uint16": 2, "uint32": 3, "int64": 4, "float64": 5}
_TYPES = {1: pa.uint8(), 2: pa.uint16(), 3: pa.uint32(), 4: pa.int64(), 5: pa.float64()}
_LZ4 = pa.Codec("lz4_raw")
_schemas: dict[tuple[int, ...], pa.Schema] = {}

_CHANGES = b"\xa2"
_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(list[Change]).decode


def encode_readings(batch: Batch) -> bytes:
    """The readings as the body of a record."""
    rows = len(batch.sensor)
    places, values = _values(batch.value)
    columns = (
        narrow(_steps(batch.sensor)),
        narrow(batch.time),
        values,
        narrow(batch.quality),
        narrow(batch.received),
    )
    forms = tuple(0 if c.offset is None else _FORMS[c.offset.dtype.name] for c in columns)
    arrays = [pa.array(c.offset) for c in columns if c.offset is not None]
    plain = pa.RecordBatch.from_arrays(arrays, schema=_schema(forms)).serialize()
    head = _HEAD.pack(_MAGIC, places, *forms, rows, plain.size, *(c.base for c in columns))
    return head + _LZ4.compress(plain, asbytes=True)  # type: ignore[no-any-return] # pyarrow is untyped


def _steps(sensor: Column) -> Column:
    """Differences of the handles: many sources send their sensors in one order."""
    steps = np.empty(len(sensor), np.int32)
    steps[:1] = sensor[:1]
    np.subtract(sensor[1:], sensor[:-1], out=steps[1:])
    return steps


def _values(values: Floats) -> tuple[int, Offsets]:
    decimals = as_decimals(values)
    if decimals is None:
        return _DOUBLES, Offsets(0, values)
    return decimals.places, narrow(decimals.whole)


def decode_readings(body: bytes) -> Batch:
    """The readings of a record's body; Malformed when the bytes are not such a body."""
    try:
        magic, places, *forms, rows, size = _HEAD.unpack_from(body)[:9]
        bases = _HEAD.unpack_from(body)[9:]
        if magic != _MAGIC:
            raise Malformed("not a body of readings")
        columns = _columns(memoryview(body)[_HEAD.size :], size, tuple(forms))
    except (struct.error, pa.ArrowInvalid, OSError, KeyError, ValueError) as error:
        raise Malformed("a body of readings cannot be read") from error
    sensor, time, value, quality, received = map(Offsets, bases, columns)
    return Batch(
        sensor=np.cumsum(widen(sensor, rows)).astype(np.int32),
        time=widen(time, rows),
        value=value.offset if places == _DOUBLES else from_decimals(widen(value, rows), places),
        quality=widen(quality, rows).astype(np.uint8),
        received=widen(received, rows),
    )


def _columns(packed: memoryview, size: int, forms: tuple[int, ...]) -> list[Column | None]:
    message = _LZ4.decompress(packed, decompressed_size=size)
    stored = iter(pa.ipc.read_record_batch(message, _schema(forms)).columns)
    return [next(stored).to_numpy() if form else None for form in forms]


def _schema(forms: tuple[int, ...]) -> pa.Schema:
    found = _schemas.get(forms)
    if found is None:
        fields = [(f"c{i}", _TYPES[form]) for i, form in enumerate(forms) if form]
        found = _schemas[forms] = pa.schema(fields)
    return found


def encode_changes(changes: Sequence[Change]) -> bytes:
    """The changes of a record in their order, compressed; empty for none."""
    if not changes:
        return b""
    plain = _pack(changes)
    packed: bytes = _LZ4.compress(plain, asbytes=True)
    return _CHANGES + len(plain).to_bytes(4, "little") + packed


def decode_changes(body: bytes) -> list[Change]:
    """The changes of a record in their order; Malformed when the bytes are not such."""
    if not body:
        return []
    try:
        if body[:1] != _CHANGES:
            raise Malformed("not a body of changes")
        size = int.from_bytes(body[1:5], "little")
        return _unpack(_LZ4.decompress(memoryview(body)[5:], decompressed_size=size))
    except (pa.ArrowInvalid, OSError, ValueError, msgspec.DecodeError) as error:
        raise Malformed("a body of changes cannot be read") from error


def encode_registry(entries: Sequence[Mapping[str, Any]]) -> bytes:
    """Registry entries as the body of a REGISTRY record: a JSON list."""
    return msgspec.json.encode(entries)


def decode_registry(body: bytes) -> list[dict[str, Any]]:
    """The entries of a REGISTRY record; Malformed when they are not a list of objects."""
    try:
        return msgspec.json.decode(body, type=list[dict[str, Any]])
    except msgspec.DecodeError as error:
        raise Malformed(f"a registry record cannot be read ({error})") from error

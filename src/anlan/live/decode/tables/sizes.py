"""How large an Arrow stream is once its compressed buffers are unfolded, asked before reading.

Message metadata is a flatbuffer; only the fields that name buffers are followed here (format:
Arrow columnar format 1.5, Message.fbs).
"""

import struct
from collections.abc import Iterator

import pyarrow as pa

from anlan.terms.errors import Malformed

_HEADER_TYPE, _HEADER = 1, 2  # fields of Message
_DICTIONARY_BATCH, _RECORD_BATCH = 2, 3  # kinds of header
_DATA = 1  # field of DictionaryBatch
_BUFFERS, _COMPRESSION = 2, 3  # fields of RecordBatch


def check_unfolded(body: bytes, most_bytes: int) -> None:
    """Raises Malformed where the stream would take more than `most_bytes`."""
    total = 0
    reader = pa.ipc.MessageReader.open_stream(pa.BufferReader(body))
    for message in _messages(reader):
        total += _unfolded(message)
        if total > most_bytes:
            raise Malformed(f"the stream unfolds to more than {most_bytes:,} bytes")


def _messages(reader: pa.MessageReader) -> Iterator[pa.Message]:
    while True:
        try:
            yield reader.read_next_message()
        except StopIteration:
            return


def _unfolded(message: pa.Message) -> int:
    plain = 0 if message.body is None else int(message.body.size)
    try:
        buffers = _compressed_buffers(bytes(message.metadata))
        if message.body is None or buffers is None:
            return plain
        content = memoryview(message.body)
        sizes = (_size(content, offset, length) for offset, length in buffers)
        return plain + sum(sizes)
    except (struct.error, IndexError) as error:
        raise Malformed("not an Arrow IPC stream (damaged metadata)") from error


def _size(content: memoryview, offset: int, length: int) -> int:
    """The unfolded length that stands before a compressed buffer; −1 there means not compressed."""
    if length < 8:
        return 0
    return max(0, int(struct.unpack_from("<q", content, offset)[0]))


def _compressed_buffers(head: bytes) -> list[tuple[int, int]] | None:
    """Offset and length of each buffer of a compressed batch; None where nothing is compressed."""
    root = struct.unpack_from("<I", head, 0)[0]
    place, kind_at = _field(head, root, _HEADER), _field(head, root, _HEADER_TYPE)
    if not place or not kind_at or head[kind_at] not in (_DICTIONARY_BATCH, _RECORD_BATCH):
        return None
    batch = _follow(head, place)
    if head[kind_at] == _DICTIONARY_BATCH:
        place = _field(head, batch, _DATA)
        if not place:
            return None
        batch = _follow(head, place)
    buffers = _field(head, batch, _BUFFERS)
    if not _field(head, batch, _COMPRESSION) or not buffers:
        return None
    vector = _follow(head, buffers)
    count = struct.unpack_from("<I", head, vector)[0]
    return [struct.unpack_from("<qq", head, vector + 4 + 16 * i) for i in range(count)]


def _follow(head: bytes, place: int) -> int:
    return place + int(struct.unpack_from("<I", head, place)[0])


def _field(head: bytes, table: int, number: int) -> int:
    """Where a field of a table stands; 0 where it is not set."""
    vtable = table - int(struct.unpack_from("<i", head, table)[0])
    size = struct.unpack_from("<H", head, vtable)[0]
    if 4 + 2 * number >= size:
        return 0
    offset = struct.unpack_from("<H", head, vtable + 4 + 2 * number)[0]
    return table + int(offset) if offset else 0

"""Records taken from the pages of a damaged segment, without its tree.

Follows https://www.sqlite.org/fileformat2.html (leaf pages of a table, chains of overflow pages,
frames of the write-ahead log). Every record carries its own checksum, so whatever is found whole
is true, wherever it lay; what the damage hit is missing.
"""

import contextlib
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from anlan.history.segments.record import Record, record_of

_LEAF = 13
_WAL_HEAD, _FRAME_HEAD = 32, 24
_HEADER = 100  # of the file, at the front of the first page
_INTEGER_BYTES = {0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8, 8: 0, 9: 0}

Pages = dict[int, memoryview]


def carve(path: Path, page_bytes: int) -> dict[int, Record]:
    """All whole records of the segment and its write-ahead log, by place."""
    pages = _pages_of(path, page_bytes)
    found: dict[int, Record] = {}
    for number, page in pages.items():
        for row in _rows(pages, page, _HEADER if number == 1 else 0):
            record = record_of(row)
            if record is not None:
                found[record.seq] = record
    return dict(sorted(found.items()))


def _pages_of(path: Path, size: int) -> Pages:
    """The newest image of every page; a page cut short counts as filled up with zeros."""
    content = path.read_bytes()
    content += bytes(-len(content) % size)
    view = memoryview(content)
    pages = {i // size + 1: view[i : i + size] for i in range(0, len(content), size)}
    for number, _, image in frames(path, size):
        pages[number] = image
    return pages


def frames(path: Path, size: int) -> Iterator[tuple[int, bool, memoryview]]:
    """Page number, whether it ends a commit, and image of each frame of the current log."""
    journal = path.with_name(path.name + "-wal")
    content = memoryview(journal.read_bytes() if journal.exists() else b"")
    salts = _salts(content)
    for at in range(_WAL_HEAD, len(content) - _FRAME_HEAD - size + 1, _FRAME_HEAD + size):
        number, pages = struct.unpack_from(">II", content, at)
        if content[at + 8 : at + 16] == salts:
            yield number, pages != 0, content[at + _FRAME_HEAD : at + _FRAME_HEAD + size]


def _salts(content: memoryview) -> memoryview:
    """What marks the frames of the current log: said by its head, or its first frame."""
    if len(content) < _WAL_HEAD:
        return content
    order = ">" if content[3] & 1 else "<"
    s1 = s2 = 0
    for x, y in struct.iter_unpack(f"{order}II", content[:24]):
        s1 = (s1 + x + s2) & 0xFFFFFFFF
        s2 = (s2 + y + s1) & 0xFFFFFFFF
    is_whole = struct.unpack_from(">II", content, 24) == (s1, s2)
    return content[16:24] if is_whole else content[_WAL_HEAD + 8 : _WAL_HEAD + 16]


def _rows(pages: Pages, page: memoryview, at: int) -> Iterator[tuple[Any, ...]]:
    if page[at] != _LEAF:
        return
    (count,) = struct.unpack_from(">H", page, at + 3)
    for i in range(min(count, len(page) // 4)):
        with contextlib.suppress(struct.error, IndexError, KeyError, ValueError):
            (cell,) = struct.unpack_from(">H", page, at + 8 + 2 * i)
            yield _row(pages, page, cell)


def _row(pages: Pages, page: memoryview, at: int) -> tuple[Any, ...]:
    size, at = _varint(page, at)
    seq, at = _varint(page, at)
    payload = _payload(pages, page[at:], size, len(page))
    head, at = _varint(payload, 0)
    columns: list[Any] = []
    data = head
    while at < head:
        kind, at = _varint(payload, at)
        length = (kind - 12) // 2 if kind >= 12 else _INTEGER_BYTES[kind]
        columns.append(_value(kind, payload[data : data + length]))
        data += length
    return (seq, *columns[1:])


def _payload(pages: Pages, local: memoryview, size: int, page_bytes: int) -> memoryview:
    """A payload with what lies on its chain of overflow pages."""
    most = page_bytes - 35
    if size <= most:
        return local[:size]
    least = (page_bytes - 12) * 32 // 255 - 23
    here = least + (size - least) % (page_bytes - 4)
    here = here if here <= most else least
    parts, missing = [local[:here]], size - here
    (following,) = struct.unpack_from(">I", local, here)
    while missing > 0:
        page = pages[following]
        (following,) = struct.unpack_from(">I", page, 0)
        parts.append(page[4 : 4 + missing])
        missing -= len(parts[-1])
    return memoryview(b"".join(parts))


def _value(kind: int, content: memoryview) -> Any:
    if kind >= 12:
        return bytes(content)
    return kind - 8 if kind >= 8 else int.from_bytes(content, "big", signed=True)


def _varint(content: memoryview, at: int) -> tuple[int, int]:
    value = 0
    for i in range(8):
        byte = content[at + i]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + i + 1
    return value << 8 | content[at + 8], at + 9

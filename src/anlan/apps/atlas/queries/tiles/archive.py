"""A base map of pictures in one file of the site's own: PMTiles 3, read where it lies.

Source: https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md
"""

import bisect
import gzip
import struct
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from anlan.apps.atlas.queries.tiles.grid import Tile
from anlan.terms.errors import Malformed

_HEADER = 127
_PICTURES = {2: "image/png", 3: "image/jpeg", 4: "image/webp", 5: "image/avif"}
_DEEPEST_DIRECTORY, _MOST_BYTES = 4, 20_000_000


class _Entry(NamedTuple):
    """A run of tiles that look alike; run 0: a directory below."""

    first: int
    run: int
    length: int
    offset: int


class _Head(NamedTuple):
    """Where the parts of the file are."""

    root: tuple[int, int]
    leaves: int
    tiles: int
    packed: bool
    kind: str


def picture(path: Path, tile: Tile) -> tuple[bytes, str] | None:
    """A picture and its media type; None where the file has none of that tile.

    Raises Malformed where it is no such file, or one of vectors.
    """
    try:
        changed = path.stat().st_mtime_ns
        found = _place(path, changed, tile_id(tile))
        if found is None:
            return None
        head = _head(path, changed)
        return _read(path, head.tiles + found.offset, found.length), head.kind
    except (OSError, struct.error, EOFError, IndexError) as error:
        raise Malformed(str(error), where=path.name) from error


def tile_id(tile: Tile) -> int:
    """The place of a tile in the file's order: zoom by zoom, each along a Hilbert curve."""
    z, x, y = tile
    found = ((1 << (2 * z)) - 1) // 3
    for level in reversed(range(z)):
        side = 1 << level
        right, down = int(x & side > 0), int(y & side > 0)
        found += side * side * ((3 * right) ^ down)
        if not down:
            if right:
                x, y = side - 1 - x, side - 1 - y
            x, y = y, x
    return found


def _place(path: Path, changed: int, wanted: int) -> _Entry | None:
    head = _head(path, changed)
    at, length = head.root
    for _ in range(_DEEPEST_DIRECTORY):
        entries = _directory(path, changed, (at, length))
        i = bisect.bisect_right(entries, wanted, key=lambda one: one.first) - 1
        if i < 0:
            return None
        one = entries[i]
        if one.run:
            return one if wanted < one.first + one.run else None
        at, length = head.leaves + one.offset, one.length
    return None


@lru_cache(4)
def _head(path: Path, changed: int) -> _Head:
    raw = _read(path, 0, _HEADER)
    if raw[:8] != b"PMTiles\x03":
        raise Malformed("this is no PMTiles file of version 3", where=path.name)
    numbers = struct.unpack_from("<8Q", raw, 8)
    if raw[99] not in _PICTURES or raw[97] not in (1, 2):
        raise Malformed("only pictures, packed by gzip or not, can be shown", where=path.name)
    return _Head(numbers[:2], numbers[4], numbers[6], raw[97] == 2, _PICTURES[raw[99]])


@lru_cache(256)
def _directory(path: Path, changed: int, part: tuple[int, int]) -> list[_Entry]:
    raw = _read(path, *part)
    numbers = _numbers(gzip.decompress(raw) if _head(path, changed).packed else raw)
    count = numbers[0]
    steps, runs, lengths, offsets = (numbers[1 + i * count :][:count] for i in range(4))
    entries: list[_Entry] = []
    first = 0
    for i in range(count):
        first += steps[i]
        follows = entries[-1].offset + entries[-1].length if i else 0
        offset = offsets[i] - 1 if offsets[i] else follows
        entries.append(_Entry(first, runs[i], lengths[i], offset))
    return entries


def _numbers(raw: bytes) -> list[int]:
    found, value, shift = [], 0, 0
    for byte in raw:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            found.append(value)
            value = shift = 0
    return found


def _read(path: Path, offset: int, length: int) -> bytes:
    if length > _MOST_BYTES:
        raise Malformed("a part of the file is too long", where=path.name)
    with path.open("rb") as file:
        file.seek(offset)
        found = file.read(length)
    if len(found) < length:
        raise EOFError("the file ends too early")
    return found

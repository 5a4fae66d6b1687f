"""Vector tiles as bytes: the Mapbox Vector Tile format 2.1, written over arrays.

Source: https://github.com/mapbox/vector-tile-spec/tree/master/2.1
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import shapely

from anlan.apps.atlas.queries.tiles.grid import EXTENT

Value = str | int | float | bool
_MOVE, _CLOSE = 9, 15
_POINT, _LINE, _POLYGON = 1, 2, 3


class Layer(NamedTuple):
    """Features of one layer: simple shapes in units of the tile, and what is known of each."""

    name: str
    shapes: Any
    properties: Sequence[Mapping[str, Value]]


def encode(layers: Iterable[Layer]) -> bytes:
    """A tile; layers without a feature are left out."""
    out = bytearray()
    for layer in layers:
        body = _layer(layer)
        if body:
            _put(out, 3, body)
    return bytes(out)


def _layer(layer: Layer) -> bytes:
    keys: dict[str, int] = {}
    values: dict[tuple[type, Value], int] = {}
    features = bytearray()
    for i, kind, drawn in _drawn(np.asarray(layer.shapes, object)):
        tags = bytearray()
        for key, value in layer.properties[i].items():
            _varint(tags, keys.setdefault(key, len(keys)))
            _varint(tags, values.setdefault((type(value), value), len(values)))
        one = bytearray()
        _put(one, 2, tags)
        one += bytes((3 << 3, kind))
        _put(one, 4, drawn)
        _put(features, 2, one)
    return _dressed(layer.name, features, (keys, values)) if features else b""


def _dressed(name: str, features: bytearray, words: tuple[Any, Any]) -> bytes:
    out = bytearray((15 << 3, 2))
    _put(out, 1, name.encode())
    out += features
    for key in words[0]:
        _put(out, 3, key.encode())
    for kind, value in words[1]:
        _put(out, 4, _value(kind, value))
    out.append(5 << 3)
    _varint(out, EXTENT)
    return bytes(out)


def _value(kind: type, value: Any) -> bytes:
    out = bytearray()
    if kind is str:
        _put(out, 1, value.encode())
    elif kind is bool:
        out += bytes((7 << 3, value))
    elif kind is int:
        out.append(6 << 3)
        _varint(out, (value << 1) ^ (value >> 63))
    else:
        out.append(3 << 3 | 1)
        out += np.float64(value).tobytes()
    return bytes(out)


def _drawn(shapes: Any) -> Iterable[tuple[int, int, bytes]]:
    """(which feature, its kind, its drawing) of every shape that is still visible."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    kinds = shapely.get_type_id(parts)
    for ids, draw in ((0, _points), (1, _lines), (3, _polygons)):
        at = np.flatnonzero(kinds == ids)
        if len(at):
            for i, kind, drawn in draw(parts[at]):
                yield int(owner[at[i]]), kind, drawn


def _points(shapes: Any) -> Iterable[tuple[int, int, bytes]]:
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    stream = np.empty((len(xy), 3), np.int64)
    stream[:, 0] = _MOVE
    stream[:, 1:] = _zigzag(np.rint(xy).astype(np.int64))
    packed, starts = _varints(stream.ravel())
    for k, i in enumerate(owner.tolist()):
        yield i, _POINT, packed[starts[3 * k] : starts[3 * k + 3]]


def _lines(shapes: Any) -> Iterable[tuple[int, int, bytes]]:
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    path, part = _thinned(np.rint(xy).astype(np.int64), owner)
    enough = np.bincount(part, minlength=len(shapes)) >= 2
    kept = enough[part]
    yield from _strokes(path[kept], part[kept], part[kept], closes=False)


def _polygons(shapes: Any) -> Iterable[tuple[int, int, bytes]]:
    """Exteriors run so that their area is positive by the surveyor's formula, y downwards."""
    turned = shapely.orient_polygons(shapes, exterior_cw=False)
    rings, owner = shapely.get_rings(turned, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    path, part = _thinned(np.rint(xy).astype(np.int64), ring)
    last = np.append(part[1:] != part[:-1], True) if len(part) else np.zeros(0, bool)
    path, part = path[~last], part[~last]  # ClosePath leads back to the first
    visible = np.bincount(part, minlength=len(rings)) >= 3
    first = np.ones(len(owner), bool)
    first[1:] = owner[1:] != owner[:-1]
    visible &= visible[np.flatnonzero(first)[np.cumsum(first) - 1]]
    kept = visible[part]
    yield from _strokes(path[kept], part[kept], owner[part[kept]], closes=True)


def _thinned(xy: Any, part: Any) -> tuple[Any, Any]:
    """Without points that fall on the one before."""
    fresh = np.ones(len(xy), bool)
    fresh[1:] = (part[1:] != part[:-1]) | (xy[1:] != xy[:-1]).any(axis=1)
    return xy[fresh], part[fresh]


def _strokes(xy: Any, part: Any, owner: Any, *, closes: bool) -> Iterable[tuple[int, int, bytes]]:
    """The commands of lines or rings; the pen stays where it is between those of one owner."""
    if not len(xy):
        return
    first = np.append(True, part[1:] != part[:-1])
    begins = np.flatnonzero(first)
    counts = np.diff(np.append(begins, len(part)))
    lengths = 2 + 2 * counts + closes
    ends = np.cumsum(lengths)
    starts = ends - lengths
    stream = np.empty(int(ends[-1]), np.int64)
    stream[starts] = _MOVE
    stream[starts + 3] = (counts - 1) << 3 | 2
    if closes:
        stream[ends - 1] = _CLOSE
    step = np.arange(len(part)) - np.repeat(begins, counts)
    place = np.repeat(starts, counts) + np.where(step == 0, 1, 2 + 2 * step)
    delta = xy.copy()
    same = np.append(False, owner[1:] == owner[:-1])
    delta[same] -= xy[np.flatnonzero(same) - 1]
    stream[place], stream[place + 1] = _zigzag(delta).T
    packed, at = _varints(stream)
    new = np.flatnonzero(np.append(True, owner[begins][1:] != owner[begins][:-1]))
    edges = np.append(at[starts[new]], len(packed))
    kind = _POLYGON if closes else _LINE
    for k, i in enumerate(owner[begins][new].tolist()):
        yield i, kind, packed[edges[k] : edges[k + 1]]


def _zigzag(values: Any) -> Any:
    return (values << 1) ^ (values >> 63)


def _varints(values: Any) -> tuple[bytes, Any]:
    """Numbers of up to 35 bits as varints, and where each begins; the end is the last of them."""
    sizes = np.ones(len(values), np.int64)
    for bits in (7, 14, 21, 28):
        sizes += values >= 1 << bits
    ends = np.cumsum(sizes)
    starts = ends - sizes
    out = np.zeros(int(ends[-1]) if len(ends) else 0, np.uint8)
    for k in range(5):
        has = sizes > k
        if not has.any():
            break
        low = (values[has] >> (7 * k)) & 0x7F
        out[starts[has] + k] = low | np.where(sizes[has] > k + 1, 0x80, 0)
    return out.tobytes(), np.append(starts, len(out))


def _varint(out: bytearray, value: int) -> None:
    value &= 0xFFFFFFFFFFFFFFFF
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)


def _put(out: bytearray, number: int, body: bytes | bytearray) -> None:
    """A field of bytes."""
    out.append(number << 3 | 2)
    _varint(out, len(body))
    out += body

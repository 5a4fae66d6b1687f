"""Tiles of the base map: land, water, roads, buildings, names and borders; public.

Boxes and ranks stand in memory, so that a tile reads only the features it draws.
"""

import gzip
import threading
import time
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.db import connections, router
from django.db.models import Max

from anlan.apps.atlas.models import BaseFeature, Region
from anlan.apps.atlas.queries.tiles.encode import Layer, encode
from anlan.apps.atlas.queries.tiles.grid import EXTENT, Tile
from anlan.apps.atlas.queries.tiles.kept import Kept, on_disk
from anlan.apps.atlas.queries.tiles.things import fitted

_FRESH_S, _AT_ONCE, _MOST = 5.0, 50_000, 4000
_FROM_ZOOM = np.array([0, 0, 5, 7, 8, 9, 10, 11, 12, 14])
"""From which zoom on a rank is drawn."""
_BORDER_FROM = {2: 0, 4: 4, 6: 7, 9: 10}
"""From which zoom on the border of a level is drawn, by the length of its code."""
DEEPEST = 14
_KEPT = Kept(24_000_000)


@dataclass(frozen=True, slots=True)
class _Boxes:
    """The features by id: their boxes, layer and rank; and the borders of districts."""

    id: Any
    box: Any
    rank: Any
    layer: Any
    layers: list[str]
    borders: list[tuple[int, Any]]
    version: str


class _Index:
    """The boxes of this process."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._mark: Any = None
        self._boxes: _Boxes | None = None
        self._looked = float("-inf")

    def boxes(self) -> _Boxes:
        """The boxes as of some seconds ago at most."""
        with self._guard:
            if self._boxes is None or time.monotonic() - self._looked > _FRESH_S:
                mark = _mark()
                if self._boxes is None or mark != self._mark:
                    self._boxes, self._mark = _read(), mark
                self._looked = time.monotonic()
            return self._boxes

    def forget(self) -> None:
        """Reads everything anew when next asked."""
        self._boxes = None


INDEX = _Index()


def base_version() -> str:
    """Another one after every change of the base map."""
    return INDEX.boxes().version


def base_tile(tile: Tile) -> bytes:
    """A tile of the base map, compressed by gzip; deeper than 14 there is none."""
    boxes = INDEX.boxes()
    name = f"{boxes.version}/{tile.z}/{tile.x}/{tile.y}"

    def make() -> bytes:
        return gzip.compress(encode(_made(boxes, tile)), 4, mtime=0)

    return _KEPT.get(name, lambda: on_disk(name, make))


def _made(boxes: _Boxes, tile: Tile) -> list[Layer]:
    ids = boxes.id[_shown(boxes, tile)]
    rows = [row for start in range(0, len(ids), _AT_ONCE) for row in _fetch(ids[start:][:_AT_ONCE])]
    by_layer: dict[str, list[Any]] = {}
    for row in rows:
        by_layer.setdefault(row[0], []).append(row)
    found = [_layer(name, some, tile) for name, some in by_layer.items()]
    return [*found, _borders(boxes, tile)]


def _shown(boxes: _Boxes, tile: Tile) -> Any:
    """Which features are drawn: by box, rank and size; the first 4,000 by rank."""
    west, south, east, north = tile.widened(80)
    w, s, e, n = boxes.box
    kept = (w <= east) & (e >= west) & (s <= north) & (n >= south)
    kept &= _FROM_ZOOM[np.minimum(boxes.rank, 9)] <= tile.z
    if tile.z < DEEPEST:
        side = np.maximum(e - w, n - s)
        kept &= (side == 0) | (side * (1 << tile.z) / 360 * EXTENT >= 4)
    at = np.flatnonzero(kept)
    if len(at) > _MOST:
        at = np.sort(at[np.argsort(boxes.rank[at], kind="stable")[:_MOST]])
    return at


def _layer(name: str, rows: list[Any], tile: Tile) -> Layer:
    shapes = shapely.from_wkb(np.array([bytes(r[5]) if isinstance(r[5], memoryview) else r[5]
                                        for r in rows], object))  # fmt: skip
    known = [_told(row) for row in rows]
    return Layer(name, fitted(shapes, tile, tolerance=4.0 if tile.z < DEEPEST else 0.5), known)


def _told(row: Any) -> dict[str, Any]:
    _, kind, name, name_en, rank, _ = row
    told: dict[str, Any] = {"t": kind, "r": rank}
    if name:
        told |= {"n": name, "e": name_en or name}
    return told


def _borders(boxes: _Boxes, tile: Tile) -> Layer:
    drawn = [(size, line) for size, line in boxes.borders if _BORDER_FROM[size] <= tile.z]
    shapes = np.array([line for _, line in drawn], object)
    return Layer("border", fitted(shapes, tile, tolerance=4.0), [{"r": size} for size, _ in drawn])


def _fetch(ids: Any) -> list[Any]:
    table, listed = BaseFeature._meta.db_table, ",".join(map(str, ids.tolist()))
    with connections[router.db_for_read(BaseFeature)].cursor() as cursor:
        cursor.execute(
            f"SELECT layer, kind, name, name_en, rank, shape FROM {table}"  # noqa: S608 - our own names and numbers
            f" WHERE id IN ({listed or 'NULL'}) ORDER BY rank DESC, id"
        )
        return list(cursor.fetchall())


def _mark() -> Any:
    features = BaseFeature.objects.aggregate(last=Max("pk"))["last"]
    regions = Region.objects.filter(until__isnull=False).aggregate(last=Max("until"))["last"]
    return features, regions, Region.objects.aggregate(last=Max("pk"))["last"]


def _read() -> _Boxes:
    layers: dict[str, int] = {}
    parts: list[list[Any]] = [[] for _ in range(7)]
    table = BaseFeature._meta.db_table
    with connections[router.db_for_read(BaseFeature)].cursor() as cursor:
        cursor.execute(
            "SELECT id, layer, rank, shape_w, shape_s, shape_e, shape_n"  # noqa: S608 - our own names
            f" FROM {table} WHERE shape_w IS NOT NULL ORDER BY id"
        )
        while rows := cursor.fetchmany(_AT_ONCE):
            keys, names, *rest = zip(*rows, strict=True)
            numbers = [layers.setdefault(name, len(layers)) for name in names]
            for part, values in zip(parts, (keys, numbers, *rest), strict=True):
                part.append(np.array(values, np.float64))
    columns = [np.concatenate(part or [np.zeros(0)]) for part in parts]
    ids, layer, rank = columns[:3]
    box = columns[3:]
    borders = _border_lines()
    known = b"".join([*(one.tobytes() for one in box), *(shapely.to_wkb(b) for _, b in borders)])
    version = f"base-{len(ids)}-{zlib.crc32(known):08x}"
    return _Boxes(ids.astype(np.int64), tuple(box), rank.astype(np.uint8), layer.astype(np.uint8),
                  list(layers), borders, version)  # fmt: skip


def _border_lines() -> list[tuple[int, Any]]:
    rows = Region.objects.standing().filter(shape_w__isnull=False).order_by("key")
    return [
        (len(key), shapely.boundary(shape))
        for key, shape in rows.values_list("key", "shape")
        if len(key) in _BORDER_FROM
    ]

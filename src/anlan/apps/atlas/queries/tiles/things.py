"""Tiles of what stands in the asker's jurisdiction: counts from afar, clusters, then symbols.

What is counted together is counted of the asker's own rows only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import shapely
from django.db.models import F

from anlan.apps.atlas.queries.tiles.encode import Layer, encode
from anlan.apps.atlas.queries.tiles.grid import EXTENT, Tile, units_in
from anlan.apps.atlas.queries.tiles.kept import Kept
from anlan.apps.atlas.queries.tiles.layers import GROUPS, Source
from anlan.apps.atlas.queries.tiles.rows import INDEX, Rows
from anlan.apps.people.queries import within
from anlan.terms.places import Scope

_SINGLE_FROM, _MOST_SINGLE, _SHAPES_FROM = 12, 1500, 11
_MOST_SHAPES, _AT_ONCE = 3000, 5000
_KEPT = Kept()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What of the things: at a moment (seconds), and only some layers; None for all."""

    at: int
    layers: frozenset[str] | None = None


def thing_tile(scope: Scope, tile: Tile, wanted: Wanted) -> bytes:
    """A tile of the things within a scope, as bytes; equal scopes share it.

    Layers object, enterprise, target, facility, sensor: points with `c` (how many stand there
    together), or with `k` key, `n` name and `t` type · shape: outlines, with `k` and `t`.
    """
    rows = INDEX.rows()
    layers = None if wanted.layers is None else tuple(sorted(wanted.layers))
    # A day's map is the same until a row changes: now is told apart by the version only.
    key = (scope.key, tile, layers, wanted.at if wanted.at < rows.newest else None, rows.version)
    return _KEPT.get(key, lambda: encode(_made(rows, scope, tile, wanted)))


def _made(rows: Rows, scope: Scope, tile: Tile, wanted: Wanted) -> Iterator[Layer]:
    at = rows.seen(scope, rows.stretch(*tile.span), wanted.at)
    if wanted.layers is not None:
        shown = np.array([name in wanted.layers for name in rows.layers], bool)
        at = at[shown[rows.layer[at]]] if len(shown) else at[:0]
    if tile.z >= _SHAPES_FROM:
        yield _outlines(scope, tile, wanted)
    groups = np.array([list(GROUPS).index(n.partition("/")[0]) for n in rows.layers], int)
    for number, source in enumerate(GROUPS.values()):
        some = at[groups[rows.layer[at]] == number] if len(at) else at
        if len(some):
            yield _points(rows, some, tile, source=source, scope=scope)


def _points(rows: Rows, at: Any, tile: Tile, *, source: Source, scope: Scope) -> Layer:
    """One point for each cell of the tile in which several stand; else each for itself."""
    x, y = units_in(tile, rows.columns.x[at].astype(np.int64), rows.columns.y[at].astype(np.int64))
    if tile.z >= _SINGLE_FROM and len(at) <= _MOST_SINGLE:
        alone = np.ones(len(at), bool)
        sums: list[tuple[int, int, int]] = []
    else:
        alone, sums = _gathered(x, y, _cells(tile.z))
    found = _named(rows.columns.id[at[alone]], source, scope)
    shapes, known = [], []
    for row, px, py in zip(
        rows.columns.id[at[alone]].tolist(), x[alone].tolist(), y[alone].tolist(), strict=True
    ):
        if row in found:
            shapes.append((px, py))
            known.append(found[row])
    points = np.array([*shapes, *(one[:2] for one in sums)], float).reshape(-1, 2)
    counted: list[Any] = [{"c": one[2]} for one in sums]
    return Layer(source.group, shapely.points(points), [*known, *counted])


def _cells(z: int) -> int:
    """How many cells a side of the tile is cut into."""
    return 4 if z < 10 else 8 if z < _SINGLE_FROM else 16


def _gathered(x: Any, y: Any, side: int) -> tuple[Any, list[tuple[int, int, int]]]:
    """Who stands alone in its cell, and (x, y, how many) of the others, in their middle."""
    cell = (y * side // EXTENT) * side + x * side // EXTENT
    n = np.bincount(cell, minlength=side * side)
    sx = np.bincount(cell, weights=x, minlength=side * side)
    sy = np.bincount(cell, weights=y, minlength=side * side)
    many = np.flatnonzero(n > 1)
    sums = [(int(sx[i] / n[i]), int(sy[i] / n[i]), int(n[i])) for i in many.tolist()]
    return n[cell] == 1, sums


def _named(ids: Any, source: Source, scope: Scope) -> dict[int, dict[str, Any]]:
    """What a symbol tells, of the rows that are within the scope as the database has them now."""
    kind = "quantity" if source.group == "sensor" else "industry" if not source.kind else "kind"
    found: dict[int, dict[str, Any]] = {}
    ids = ids.tolist()
    for start in range(0, len(ids), _AT_ONCE):
        rows = source.model.objects.filter(within(scope), pk__in=ids[start : start + _AT_ONCE])
        for pk, key, name, word in rows.order_by().values_list("pk", "key", "name", kind):
            found[pk] = {"k": key, "n": name or key, "t": word}
    return found


def _outlines(scope: Scope, tile: Tile, wanted: Wanted) -> Layer:
    """The shapes of objects and facilities that are more than a point."""
    moment = datetime.fromtimestamp(wanted.at, UTC)
    shapes, known = [], []
    for source in (GROUPS["object"], GROUPS["facility"]):
        rows = source.model.objects.at(moment).filter(
            within(scope), shape__box=tile.widened(64), shape_w__lt=F("shape_e")
        )
        columns = ("key", source.kind, "shape")
        for key, kind, shape in rows.order_by().values_list(*columns)[:_MOST_SHAPES]:
            if wanted.layers is None or source.layer(kind) in wanted.layers:
                shapes.append(shape)
                known.append({"k": key, "t": kind, "g": source.group})
    return Layer("shape", fitted(np.array(shapes, object), tile), known)


def fitted(shapes: Any, tile: Tile, *, tolerance: float = 2.0) -> Any:
    """Shapes cut to a tile and a little beyond, in its units, without detail nobody sees."""
    if not len(shapes):
        return shapes
    box = tile.widened(80)
    try:
        cut = shapely.clip_by_rect(shapes, *box)
    except shapely.errors.GEOSException:
        cut = shapely.intersection(shapely.make_valid(shapes), shapely.box(*box))
    drawn = shapely.transform(cut, tile.units)
    return shapely.simplify(drawn, tolerance, preserve_topology=False)

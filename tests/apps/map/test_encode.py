"""What a browser reads out of a tile is what was put in."""

import itertools
import math

import numpy as np
import pytest
import shapely

from anlan.apps.atlas.queries.tiles.encode import Layer, Value, encode
from anlan.apps.atlas.queries.tiles.grid import Tile, curve, places, tile_named, units_in
from anlan.terms.errors import Malformed
from tests.apps.map.decode import Feature, decode


def _one(shape: object, **known: str) -> list[Feature]:
    tile = encode([Layer("a", np.array([shape], object), [known])])
    return decode(tile).get("a", [])


def test_points_lines_and_polygons_come_back() -> None:
    shapes = [
        shapely.Point(10, 20),
        shapely.LineString([(0, 0), (100, 50), (100, 50), (-30, 4096)]),
        shapely.Polygon([(0, 0), (0, 90), (90, 90), (90, 0)], [[(10, 10), (20, 10), (20, 20)]]),
        shapely.MultiPoint([(1, 2), (3, 4)]),
    ]
    known: list[dict[str, Value]] = [
        {"n": f"名{i}", "c": i, "x": -1.5, "on": i == 1} for i in range(4)
    ]
    found = decode(encode([Layer("things", np.array(shapes, object), known)]))["things"]
    by_kind = {kind: [f for f in found if f.kind == kind] for kind in (1, 2, 3)}
    assert [f.paths for f in by_kind[1]] == [[[(10, 20)]], [[(1, 2)]], [[(3, 4)]]]
    assert by_kind[2][0].paths == [[(0, 0), (100, 50), (-30, 4096)]]
    assert by_kind[2][0].properties == {"n": "名1", "c": 1, "x": -1.5, "on": True}
    outer, inner = by_kind[3][0].paths
    assert set(outer) == {(0, 0), (0, 90), (90, 90), (90, 0)}
    assert set(inner) == {(10, 10), (20, 10), (20, 20)}


def test_outer_rings_are_positive_and_holes_negative() -> None:
    """By the surveyor's formula, whichever way they were drawn."""
    for ring in ([(0, 0), (0, 90), (90, 90)], [(0, 0), (90, 90), (0, 90)]):
        hole = [(5, 40), (5, 60), (15, 60)]
        found = _one(shapely.Polygon(ring, [hole]))
        outer, inner = found[0].paths
        assert _area(outer) > 0 > _area(inner)


def _area(ring: list[tuple[int, int]]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in itertools.pairwise(ring)) / 2


def test_what_is_smaller_than_a_unit_is_left_out() -> None:
    assert _one(shapely.Polygon([(1, 1), (1.1, 1), (1.1, 1.1)])) == []
    assert _one(shapely.LineString([(1, 1), (1.1, 1)])) == []
    assert encode([Layer("a", np.array([], object), [])]) == b""
    for nothing in (shapely.Polygon(), shapely.LineString(), shapely.GeometryCollection()):
        assert _one(nothing) == []


def test_a_feature_of_many_parts_keeps_its_pen() -> None:
    """Deltas run on between rings, so a long city of rings is where it was."""
    chance = np.random.default_rng(3)
    shapes = np.array([shapely.box(x, y, x + 40, y + 30) for x, y in
                       chance.integers(0, 4000, (500, 2))], object)  # fmt: skip
    found = decode(encode([Layer("b", shapes, [{"i": i} for i in range(500)])]))["b"]
    assert len(found) == 500
    for feature in found:
        assert set(feature.paths[0]) == {
            (int(x), int(y)) for x, y in shapes[feature.properties["i"]].exterior.coords
        }


def test_a_place_lies_in_its_tile_and_nowhere_else() -> None:
    lon, lat = np.array([160.62, -73.5, 0.0001]), np.array([30.33, 44.2, -12.0])
    x, y = places(lon, lat)
    at = curve(x, y)
    for z in (0, 3, 9, 16):
        n = 1 << z
        for i in range(3):
            tx = int((lon[i] + 180) / 360 * n)
            ty = int((1 - math.asinh(math.tan(math.radians(lat[i]))) / math.pi) / 2 * n)
            tile = Tile(z, tx, ty)
            low, high = tile.span
            assert [low <= int(one) < high for one in at] == [
                tile.box[0] <= lon[k] < tile.box[2] and tile.box[1] < lat[k] <= tile.box[3]
                for k in range(3)
            ]
            ux, uy = units_in(tile, x, y)
            exact = tile.units(np.array([[lon[i], lat[i]]]))[0]
            assert abs(ux[i] - exact[0]) <= 1
            assert abs(uy[i] - exact[1]) <= 1


@pytest.mark.parametrize("name", [(3, 8, 0), (3, 0, -1), (17, 0, 0), (-1, 0, 0)])
def test_a_tile_beyond_the_grid_is_refused(name: tuple[int, int, int]) -> None:
    with pytest.raises(Malformed):
        tile_named(*name)

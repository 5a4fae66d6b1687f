"""Vector tiles of the map: the public base, and the things of the asker's jurisdiction."""

from anlan.apps.atlas.queries.tiles.archive import picture
from anlan.apps.atlas.queries.tiles.grid import Tile, tile_named
from anlan.apps.atlas.queries.tiles.ground import base_tile, base_version
from anlan.apps.atlas.queries.tiles.moment import moment_of
from anlan.apps.atlas.queries.tiles.rows import INDEX, forget, layer_counts
from anlan.apps.atlas.queries.tiles.things import Wanted, thing_tile

__all__ = [
    "INDEX",
    "Tile",
    "Wanted",
    "base_tile",
    "base_version",
    "forget",
    "layer_counts",
    "moment_of",
    "picture",
    "thing_tile",
    "tile_named",
]

"""What may be asked of a shape: `box`, `intersects`, `near`; the same answers on both databases."""

import math
from typing import Any

import shapely
from django.db.backends.signals import connection_created
from django.db.models import Lookup

from anlan.desk.geometry.field import SRID, ShapeField
from anlan.desk.geometry.index import index_table

Box = tuple[float, float, float, float]
Sql = tuple[str, tuple[Any, ...]]
_M_PER_DEGREE = 111_320.0


@ShapeField.register_lookup
class InBox(Lookup):
    """`shape__box=(west, south, east, north)`: the bounding boxes meet."""

    lookup_name = "box"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        """R*Tree on SQLite."""
        return _in_index(self, connection, tuple(map(float, self.rhs)))

    def as_postgresql(self, compiler: Any, connection: Any) -> Sql:
        """The && operator of PostGIS."""
        column, params = self.process_lhs(compiler, connection)
        return f"{column} && ST_MakeEnvelope(%s, %s, %s, %s, {SRID})", (*params, *self.rhs)


@ShapeField.register_lookup
class Intersects(Lookup):
    """`shape__intersects=a shape`: they have a point in common."""

    lookup_name = "intersects"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        """R*Tree, then the exact answer."""
        within, box = _in_index(self, connection, self.rhs.bounds)
        column, params = self.process_lhs(compiler, connection)
        exact = f"an_intersects({column}, %s)"
        return f"({within} AND {exact})", (*box, *params, shapely.to_wkb(self.rhs))

    def as_postgresql(self, compiler: Any, connection: Any) -> Sql:
        """ST_Intersects, by its index."""
        column, params = self.process_lhs(compiler, connection)
        shape = shapely.to_wkb(shapely.set_srid(self.rhs, SRID), hex=True, include_srid=True)
        return f"ST_Intersects({column}, %s::geometry)", (*params, shape)


@ShapeField.register_lookup
class Near(Lookup):
    """`shape__near=(longitude, latitude, metres)`: on the ground, within 0.5 % up to 100 km."""

    lookup_name = "near"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        """R*Tree, then the distance on a plane at that latitude."""
        lon, lat, metres = map(float, self.rhs)
        within, box = _in_index(self, connection, box_around(lon, lat, metres))
        column, params = self.process_lhs(compiler, connection)
        exact = f"an_distance({column}, %s, %s) <= %s"
        return f"({within} AND {exact})", (*box, *params, lon, lat, metres)

    def as_postgresql(self, compiler: Any, connection: Any) -> Sql:
        """The geography of PostGIS, after the box by its index."""
        lon, lat, metres = map(float, self.rhs)
        column, params = self.process_lhs(compiler, connection)
        point = f"ST_SetSRID(ST_MakePoint(%s, %s), {SRID})"
        return (
            f"({column} && ST_MakeEnvelope(%s, %s, %s, %s, {SRID})"
            f" AND ST_DWithin({column}::geography, {point}::geography, %s))",
            (*params, *box_around(lon, lat, metres), *params, lon, lat, metres),
        )


def box_around(lon: float, lat: float, metres: float) -> Box:
    """The box in degrees that holds a circle, with a little to spare."""
    north = metres * 1.01 / _M_PER_DEGREE
    east = north / max(0.01, math.cos(math.radians(lat)))
    return lon - east, lat - north, lon + east, lat + north


def distance_m(shape: Any, lon: float, lat: float) -> float:
    """Metres from a shape to a point, on a plane at that latitude."""
    scale = math.cos(math.radians(lat))
    flat = shapely.transform(
        shape, lambda xy: (xy - [lon, lat]) * [scale * _M_PER_DEGREE, _M_PER_DEGREE]
    )
    return float(shapely.distance(flat, shapely.Point(0, 0)))


def _in_index(lookup: Any, connection: Any, box: Any) -> Sql:
    west, south, east, north = box
    field = lookup.lhs.target
    quote = connection.ops.quote_name
    table, row = quote(index_table(field)), quote(lookup.lhs.alias)
    key = quote(field.model._meta.pk.column)
    return (
        f"{row}.{key} IN (SELECT id FROM {table}"  # noqa: S608 - names are the model's own, quoted
        " WHERE w <= %s AND e >= %s AND s <= %s AND n >= %s)",
        (east, west, north, south),
    )


def _teach_sqlite(connection: Any, **_: Any) -> None:
    if connection.vendor != "sqlite":
        return

    def intersects(one: bytes | None, other: bytes) -> bool:
        return one is not None and bool(
            shapely.intersects(shapely.from_wkb(one), shapely.from_wkb(other))
        )

    def distance(one: bytes | None, lon: float, lat: float) -> float | None:
        return None if one is None else distance_m(shapely.from_wkb(one), lon, lat)

    connection.connection.create_function("an_intersects", 2, intersects, deterministic=True)
    connection.connection.create_function("an_distance", 3, distance, deterministic=True)


connection_created.connect(_teach_sqlite, dispatch_uid="anlan.desk.geometry")

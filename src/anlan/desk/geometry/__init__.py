"""Shapes in the database: Shapely values, PostGIS on PostgreSQL, WKB with an R*Tree on SQLite."""

from anlan.desk.geometry.field import ShapeField
from anlan.desk.geometry.index import build_indexes, count_indexed

__all__ = ["ShapeField", "build_indexes", "count_indexed"]

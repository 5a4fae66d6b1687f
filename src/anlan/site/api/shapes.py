"""Places on the wire: a point for lists, whole shapes as GeoJSON for maps."""

import json
from collections.abc import Callable
from typing import Any

import shapely
from django.http import HttpRequest, HttpResponse
from ninja import Schema
from pydantic import Field

from anlan.site.api.paging import Page, told
from anlan.terms.errors import Malformed

GEOJSON = "application/geo+json"
Show = Callable[[Any], dict[str, Any]]


class Form(Schema):
    """As what it is answered."""

    f: str = Field("", pattern="^(json|geojson)?$", description="`geojson`, also by `Accept`.")


class Boxed(Schema):
    """Where it lies."""

    bbox: str = Field("", max_length=100, description="west,south,east,north in degrees (WGS 84).")


def place_of(row: Any) -> dict[str, float | None]:
    """A point that lies in a row's shape."""
    shape = row.shape
    if shape is None or shape.is_empty:
        return {"lon": None, "lat": None}
    point = shape.representative_point()
    return {"lon": round(point.x, 7), "lat": round(point.y, 7)}


def box_of(text: str) -> tuple[float, float, float, float] | None:
    """A bounding box; None where none is asked for. Raises Malformed where it is none."""
    if not text:
        return None
    try:
        west, south, east, north = map(float, text.split(","))
    except ValueError as error:
        raise Malformed("bbox is west,south,east,north.", where="bbox") from error
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise Malformed("bbox lies outside of the world, or is turned.", where="bbox")
    return west, south, east, north


def is_geojson(request: HttpRequest, form: str) -> bool:
    """Whether GeoJSON is asked for."""
    return form == "geojson" or (not form and GEOJSON in request.headers.get("Accept", ""))


def listed(request: HttpRequest, found: Page, show: Show, *, form: str) -> Any:
    """A page, as it was asked for."""
    if not is_geojson(request, form):
        return told(found, show)
    features = [_feature(row, show) for row in found.rows]
    return _sent({"type": "FeatureCollection", "features": features, "next": found.next})


def one(request: HttpRequest, row: Any, show: Show, *, form: str) -> Any:
    """A single thing, as it was asked for."""
    return _sent(_feature(row, show)) if is_geojson(request, form) else show(row)


def _feature(row: Any, show: Show) -> dict[str, Any]:
    shape = row.shape
    known = shape is not None and not shape.is_empty
    return {
        "type": "Feature",
        "id": row.key,
        "geometry": json.loads(shapely.to_geojson(shape)) if known else None,
        "properties": show(row),
    }


def _sent(body: dict[str, Any]) -> HttpResponse:
    text = json.dumps(body, ensure_ascii=False, default=lambda at: at.isoformat())
    return HttpResponse(text, content_type=GEOJSON)

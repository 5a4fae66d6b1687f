"""Values as JSON has them."""

import json
from datetime import date, datetime
from typing import Any

import shapely
from django.http import HttpResponse

from anlan.site.api.things.ask.moments import Interval

JSON = "application/json"


def plain(value: Any) -> Any:
    """A value as JSON has it: times in ISO 8601, places as GeoJSON."""
    if isinstance(value, Interval):
        return f"{plain(value.start)}/{plain(value.end)}"
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, shapely.Geometry):
        return json.loads(shapely.to_geojson(value))
    return value


def sent(body: Any, status: int = 200) -> HttpResponse:
    """An answer."""
    text = json.dumps(body, ensure_ascii=False, default=str, allow_nan=False)
    return HttpResponse(text, content_type=JSON, status=status)

"""What the map is asked: what lies within an area, what is called so, how it stood then."""

import math
import re
from datetime import UTC, datetime
from typing import Any

import shapely
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from anlan.apps.atlas.history import STORE
from anlan.apps.atlas.meaning import amount_of, quantity_title
from anlan.apps.atlas.meaning import kind_title as object_kind
from anlan.apps.atlas.queries import around, object_for, region_path, sensors_of
from anlan.apps.atlas.queries.tiles import moment_of
from anlan.apps.watch.queries.map import found_things, marks_at, nearest_teams
from anlan.apps.watch.views.map_layers import kind_title
from anlan.desk.asker import Asker
from anlan.desk.doors import asker_of, signed_in
from anlan.terms.errors import AnlanError, Malformed

_MOST_METRES, _MOST_POINTS, _LONGEST_SHAPE = 100_000.0, 2000, 200_000
_NUMBER = r"(-?\d{1,3}(?:\.\d+)?)\s*°?\s*([NSEWnsew东西南北])?"
_LONGEST_PAIR = 60
_PAIR = re.compile(
    rf"\s*([NSEWnsew东西南北]?)\s*{_NUMBER}[\s,，;]+([NSEWnsew东西南北]?)\s*{_NUMBER}\s*"
)


@signed_in
def map_inside(request: HttpRequest) -> HttpResponse:
    """What an area holds: drawn, or so many metres about a place or an object."""
    asker = asker_of(request)
    try:
        shape, metres = _area(asker, request.POST)
        found = around(asker, shape, metres=metres)
    except Malformed as error:
        return render(request, "watch/map/fault.html", {"told": str(error)}, status=422)
    facts = {
        "found": found,
        "area": shapely.to_geojson(found.area),
        "metres": round(metres),
        "targets": _kinds("target", found.targets.kinds),
        "facilities": _kinds("facility", found.facilities.kinds),
        "objects": [(one, object_kind(one.pack, one.kind)) for one in found.objects.rows[:40]],
        "headed": ("school", "hospital"),
    }
    return render(request, "watch/map/inside.html", facts)


def _kinds(group: str, kinds: dict[str, int]) -> list[tuple[str, str, int]]:
    """(kind, title, how many): schools and hospitals first, also when there are none."""
    first = {"school": 0, "hospital": 0} if group == "target" else {}
    return [(kind, kind_title(group, kind), n) for kind, n in (first | kinds).items()]


def _area(asker: Asker, asked: Any) -> tuple[Any, float]:
    metres = _number(asked.get("metres") or "0", _MOST_METRES)
    if asked.get("object"):
        one = object_for(asker, asked["object"])
        if one.shape is None or one.shape.is_empty:
            raise Malformed(_("Its place is not known."))
        return shapely.Point(one.shape.representative_point()), metres
    text = asked.get("shape", "")
    try:
        shape = shapely.from_geojson(text[:_LONGEST_SHAPE])
    except (shapely.errors.GEOSException, TypeError) as error:
        raise Malformed(_("This is not a shape.")) from error
    return _checked(shape), metres


def _checked(shape: Any) -> Any:
    """A drawn shape that can be asked about: within the world, closed, not too long a line."""
    if shape is None or shape.is_empty or shapely.get_num_coordinates(shape) > _MOST_POINTS:
        raise Malformed(_("This is not a shape."))
    west, south, east, north = shape.bounds
    if not (-180 <= west <= east <= 180 and -85 <= south <= north <= 85):
        raise Malformed(_("The place lies outside of the map."))
    return shape if shape.is_valid else shapely.make_valid(shape)


def _number(text: str, most: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= most:
        raise Malformed(_("The distance is 0 to %(most)d m.") % {"most": most}, where="metres")
    return value


@signed_in
def map_search(request: HttpRequest) -> HttpResponse:
    """What a text finds in the jurisdiction: by name, code or address; or a coordinate."""
    asker, text = asker_of(request), request.GET.get("q", "").strip()[:100]
    place = coordinate_of(text)
    rows = [] if place else [_hit(name, row) for name, row in found_things(asker, text)]
    facts = {"text": text, "place": place, "hits": rows}
    return render(request, "watch/map/hits.html", facts)


def coordinate_of(text: str) -> tuple[float, float] | None:
    """(longitude, latitude) of 「160.62, 30.33」 in either order; None where it is none."""
    # Short and with single blanks: the pattern may not be made to go back and forth.
    found = _PAIR.fullmatch(" ".join(text[:_LONGEST_PAIR].split()))
    if not found:
        return None
    one, other = float(found[2]), float(found[5])
    signs = [(found[1] or found[3] or "").upper(), (found[4] or found[6] or "").upper()]
    if signs[0] in ("N", "S", "北", "南") or (not any(signs) and abs(one) <= 90 < abs(other)):
        one, other, signs = other, one, signs[::-1]
    lon = -abs(one) if signs[0] in ("W", "西") else one
    lat = -abs(other) if signs[1] in ("S", "南") else other
    return (lon, lat) if abs(lon) <= 180 and abs(lat) <= 85 else None


def _hit(name: str, row: Any) -> dict[str, Any]:
    point = row.shape.representative_point()
    kind = object_kind(row.pack, row.kind) if name == "object" else (
        row.industry if name == "enterprise" else kind_title(name, getattr(row, "kind", ""))
    )  # fmt: skip
    return {
        "row": row, "what": name, "kind": kind, "where": region_path(row.region),
        "lon": f"{point.x:.6f}", "lat": f"{point.y:.6f}",
    }  # fmt: skip


@signed_in
def map_then(request: HttpRequest) -> HttpResponse:
    """Which alarms stood at a past moment, and what the chosen object's sensors said then."""
    asker = asker_of(request)
    try:
        moment = moment_of(request.GET.get("at", ""), asker.now)
    except Malformed as error:
        return render(request, "watch/map/fault.html", {"told": str(error)}, status=422)
    key = request.GET.get("object", "")
    one = object_for(asker, key) if key else None
    _marks, stood = marks_at(asker, moment)
    facts = {
        "moment": moment,
        "object": one,
        "values": _values(asker, key, moment) if one else [],
        "stood": stood[:100],
        "total": len(stood),
    }
    return render(request, "watch/map/stood.html", facts)


def _values(asker: Asker, key: str, moment: datetime) -> list[dict[str, Any]]:
    """What each sensor of an object last said before a moment, and when."""
    found = []
    for sensor in sensors_of(asker, key)[:30]:
        try:
            last = STORE.value_at(sensor.handle, int(moment.timestamp() * 1000))
        except AnlanError:
            last = None
        found.append({
            "title": sensor.name or quantity_title(sensor.quantity),
            "quantity": quantity_title(sensor.quantity),
            "value": amount_of(last.value if last else None, sensor.quantity),
            "at": datetime.fromtimestamp(last.time / 1000, UTC) if last else None,
        })  # fmt: skip
    return found


@signed_in
def map_teams(request: HttpRequest) -> HttpResponse:
    """The nearest teams to a place, with their telephones."""
    asker = asker_of(request)
    place = coordinate_of(f"{request.GET.get('lon', '')}, {request.GET.get('lat', '')}")
    if place is None:
        told = _("The place lies outside of the map.")
        return render(request, "watch/map/fault.html", {"told": told}, status=422)
    teams = [{"row": row, "metres": round(metres)} for metres, row in nearest_teams(asker, *place)]
    return render(request, "watch/map/teams.html", {"teams": teams})

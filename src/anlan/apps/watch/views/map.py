"""The one map 一张图: the page, its live marks, and what it is asked."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.apps.atlas.queries import object_for
from anlan.apps.atlas.queries.tiles import base_version, moment_of
from anlan.apps.watch.queries.map import bounds, marks, marks_at
from anlan.apps.watch.views.map_layers import tree
from anlan.desk.asker import Asker
from anlan.desk.doors import asker_of, signed_in
from anlan.desk.offers import offers
from anlan.terms.errors import Malformed

_LONGEST_BACK_H = 24


@signed_in
def map_page(request: HttpRequest) -> HttpResponse:
    """The page; what it shows comes by itself."""
    asker = asker_of(request)
    facts = {
        "tree": tree(asker),
        "levels": (4, 3, 2, 1),
        "moments": _moments(asker.now),
        "now": timezone.localtime(asker.now),
        "span": _LONGEST_BACK_H * 60,
        "areas": offers("map", asker),
        "opening": json.dumps(_opening(asker)),
    }
    return render(request, "watch/map/page.html", facts)


@signed_in
def map_alarms(request: HttpRequest) -> HttpResponse:
    """The marks as GeoJSON; the box of the jurisdiction and the base map go with them."""
    asker = asker_of(request)
    try:
        moment = moment_of(request.GET.get("at", ""), asker.now)
    except Malformed as error:
        return HttpResponse(str(error), status=422, content_type="text/plain; charset=utf-8")
    found = marks(asker) if moment == asker.now else marks_at(asker, moment)[0]
    told = {"type": "FeatureCollection", "features": found, **_opening(asker)}
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    mark = '"' + hashlib.blake2s(asker.key.encode() + body, digest_size=12).hexdigest() + '"'
    is_known = request.headers.get("If-None-Match") == mark
    response = HttpResponse(
        b"" if is_known else body, status=304 if is_known else 200,
        content_type="application/geo+json",
    )  # fmt: skip
    for name, value in (("ETag", mark), ("Cache-Control", "private, no-cache"), ("Vary", "Cookie")):
        response.headers[name] = value
    return response


@signed_in
def map_place(request: HttpRequest) -> HttpResponse:
    """Where an object stands: `{"at": [longitude, latitude]}`, or null where nobody knows."""
    one = object_for(asker_of(request), request.GET.get("object", ""))
    if one.shape is None or one.shape.is_empty:
        return JsonResponse({"at": None})
    point = one.shape.representative_point()
    return JsonResponse({"at": [round(point.x, 6), round(point.y, 6)]})


def _opening(asker: Asker) -> dict[str, Any]:
    """What a map opens on: the box of the jurisdiction, and the base map."""
    return {"bbox": bounds(asker), "base": _base()}


def _base() -> dict[str, Any]:
    """Which base map is drawn: the site's own tiles, and a provider's where one is set."""
    options = settings.PLACE.options
    is_file = options.basemap.endswith(".pmtiles")
    url = "/atlas/tiles/file/{z}/{x}/{y}" if is_file else options.basemap
    return {"v": base_version(), "url": url, "gcj02": options.basemap_gcj02}


def _moments(now: datetime) -> list[tuple[str, str]]:
    """Past moments for one press: (local moment, what it is called)."""
    local = timezone.localtime(now)
    night = local.replace(hour=2, minute=0, second=0, microsecond=0)
    name = _("today 02:00")
    if night > local:
        night, name = night - timedelta(days=1), _("yesterday 02:00")
    return [(f"{night:%Y-%m-%dT%H:%M}", name)]
